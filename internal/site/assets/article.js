// Shows an article's photos large, copies its address, and prints it. Without this a photo leads to its file.
(() => {
  'use strict';
  const box = document.querySelector('dialog.lightbox');
  const links = [...document.querySelectorAll('.prose a.zoom')];

  if (box && box.showModal && links.length) {
    const [figure, count] = [box.querySelector('figure'), box.querySelector('.count')];
    let at = 0;
    let opener = null;

    const show = (n) => {
      at = (n + links.length) % links.length;
      const link = links[at];
      const picture = link.firstElementChild.cloneNode(true);
      const img = picture.matches('img') ? picture : picture.querySelector('img');
      for (const small of picture.querySelectorAll('source[media]')) small.remove(); // one may be looked at closely here
      for (const each of [img, ...picture.querySelectorAll('source')]) each.sizes = '100vw';
      img.removeAttribute('loading');
      const caption = link.parentNode.querySelector('figcaption');
      figure.replaceChildren(picture, ...(caption ? [caption.cloneNode(true)] : []));
      count.textContent = links.length > 1 ? `${at + 1} / ${links.length}` : '';
    };

    // Whoever goes back wants to leave the photo, not the article; so showing one is a step of its own.
    const open = (event, n) => {
      if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      opener = links[n];
      show(n);
      box.showModal();
      figure.focus(); // not a button, on which the same press of Enter would act again
      history.pushState({photo: true}, '');
    };

    box.classList.toggle('single', links.length < 2);
    links.forEach((link, n) => link.addEventListener('click', (event) => open(event, n)));
    addEventListener('popstate', () => box.close());
    box.addEventListener('close', () => {
      if (box.open) return; // a quick finger was here before this news
      figure.replaceChildren();
      if (history.state && history.state.photo) history.back();
      opener.focus({preventScroll: true});
    });
    box.addEventListener('click', (event) => {
      if (!event.target.closest('button, figcaption')) box.close(); // as in WeChat, a tap on the photo too
    });
    box.querySelector('.back').addEventListener('click', () => show(at - 1));
    box.querySelector('.forth').addEventListener('click', () => show(at + 1));
    box.addEventListener('keydown', (event) => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      if (step) show(at + step);
    });

    // A finger across turns to the next; two fingers, or one on what was enlarged, are the browser's.
    let from = null;
    const enlarged = () => window.visualViewport && visualViewport.scale > 1.01;
    box.addEventListener('touchstart', (event) => {
      from = event.touches.length === 1 && !enlarged() ? event.touches[0] : null;
    }, {passive: true});
    box.addEventListener('touchend', (event) => {
      const to = event.changedTouches[0];
      const across = from ? to.clientX - from.clientX : 0;
      if (links.length > 1 && Math.abs(across) > 48 && Math.abs(across) > 2 * Math.abs(to.clientY - from.clientY)) show(at - Math.sign(across));
      from = null;
    }, {passive: true});
  }

  const copy = document.querySelector('button.copy');
  if (copy) {
    const label = copy.textContent;
    const copied = () => {
      copy.textContent = copy.dataset.done;
      setTimeout(() => { copy.textContent = label; }, 3000);
    };
    // Sites without TLS have no clipboard; there the old command does it.
    const byHand = () => {
      const field = document.createElement('textarea');
      field.value = copy.dataset.copy;
      copy.after(field);
      field.select();
      const done = document.execCommand('copy');
      field.remove();
      copy.focus();
      if (done) copied();
    };
    copy.addEventListener('click', () => {
      if (navigator.clipboard) navigator.clipboard.writeText(copy.dataset.copy).then(copied, byHand);
      else byHand();
    });
    copy.classList.add('ready');
  }

  const scan = document.querySelector('button.scan');
  if (scan && copy) {
    let box = null;
    scan.addEventListener('click', async () => {
      if (!box) {
        const {draw} = await import(scan.dataset.code);
        const drawing = draw(copy.dataset.copy);
        if (box || !drawing) return; // clicked twice; too long an address
        drawing.setAttribute('aria-label', scan.dataset.label);
        box = document.createElement('div');
        box.className = 'code';
        box.hidden = true;
        box.append(drawing, scan.dataset.hint);
        scan.closest('.rights').after(box);
      }
      box.hidden = !box.hidden;
      scan.setAttribute('aria-expanded', String(!box.hidden));
    });
    scan.classList.add('ready');
  }

  const print = document.querySelector('button.print');
  if (print) {
    print.addEventListener('click', () => window.print());
    print.classList.add('ready');
  }
})();
