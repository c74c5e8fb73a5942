// Composing an edition: <form data-compose="/editions/new"> with two sortable lists, [data-pick=chosen] and [data-pick=free],
// whose items each hold a select with their place. The selects are what is sent; here they follow the lists. After every
// change the page is fetched with what is chosen, and each [data-fresh] is put in the place of the old one: the card as
// followers will see it, whether the time is open, what is left of the allowances.

import { debounce } from '../lib/dom';
import { announce, toast } from '../lib/toast';
import { t } from '../lib/words';

const MOST = 8; // articles, as many as WeChat takes
const PAUSE = 200; // milliseconds

let running: AbortController | undefined;

export function composing(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-compose]');
  if (!form) {
    return;
  }
  const later = debounce(PAUSE, () => void refresh(form));
  const changed = (): void => { number(form); later(); };
  number(form);
  form.addEventListener('newsdesk:sorted', (event) => {
    const { to, id } = (event as CustomEvent<{ to: HTMLElement; id: string }>).detail;
    if (to.dataset.pick === 'chosen' && to.children.length > MOST) {
      toggle(form, form.querySelector<HTMLElement>(`[data-sort-id="${CSS.escape(id)}"]`)!);
      toast(t('compose.full', { n: MOST }), 'bad');
    }
    changed();
  });
  form.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>('button');
    if (button?.dataset.pickToggle !== undefined) {
      const item = button.closest<HTMLElement>('[data-sort-id]')!;
      const chosen = item.closest<HTMLElement>('[data-pick]')!.dataset.pick === 'chosen';
      if (!chosen && list(form, 'chosen').children.length >= MOST) {
        toast(t('compose.full', { n: MOST }), 'bad');
        return;
      }
      toggle(form, item);
      changed();
    } else if (button?.dataset.when !== undefined) {
      event.preventDefault();
      const [day, clock] = button.value.split('T');
      form.querySelector<HTMLInputElement>('[name=day]')!.value = day ?? '';
      form.querySelector<HTMLInputElement>('[name=clock]')!.value = clock ?? '';
      changed();
    }
  });
  form.addEventListener('change', (event) => {
    if (!(event.target as Element).matches('[name=q]')) {
      later();
    }
  });
}

function list(form: HTMLElement, name: string): HTMLElement {
  return form.querySelector<HTMLElement>(`[data-pick="${name}"]`)!;
}

/** Moves an article into the edition, or out of it. */
function toggle(form: HTMLElement, item: HTMLElement): void {
  const chosen = item.closest<HTMLElement>('[data-pick]')!.dataset.pick === 'chosen';
  const next = item.nextElementSibling ?? item.previousElementSibling;
  if (chosen) {
    list(form, 'free').prepend(item);
  } else {
    list(form, 'chosen').append(item);
  }
  announce(t(chosen ? 'compose.removed' : 'compose.added', { name: item.dataset.sortName ?? '' }));
  next?.querySelector<HTMLElement>(chosen ? '.pick-remove' : '.pick-add')?.focus({ preventScroll: true });
}

/** Lets the selects say where the items stand. */
function number(form: HTMLElement): void {
  for (const name of ['chosen', 'free']) {
    [...list(form, name).children].forEach((item, i) => {
      const select = item.querySelector('select');
      if (select) {
        select.value = name === 'chosen' ? String(i + 1) : '';
      }
    });
  }
}

async function refresh(form: HTMLFormElement): Promise<void> {
  running?.abort();
  const controller = (running = new AbortController());
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && (value !== '' || !name.startsWith('place.'))) {
      query.append(name, value);
    }
  }
  try {
    const answer = await fetch(`${form.dataset.compose}?${query}`, { signal: controller.signal, headers: { Accept: 'text/html' } });
    if (!answer.ok) {
      return; // what is wrong is said when it is sent
    }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const old of form.querySelectorAll<HTMLElement>('[data-fresh]')) {
      const fresh = page.getElementById(old.id);
      if (fresh && fresh.innerHTML !== old.innerHTML) {
        old.className = fresh.className;
        old.replaceChildren(...fresh.childNodes);
      }
    }
  } catch {
    // the next change brings it
  }
}
