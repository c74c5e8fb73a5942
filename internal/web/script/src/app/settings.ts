// The administrators' pages: a theme's sample that follows what is typed, colours that can be picked or written, and a tree
// that is read anew when a column was moved.

import { debounce } from '../lib/dom';
import { cancelled, refusalOf, sentence } from '../lib/http';

const PAUSE = 350; // milliseconds after the last change

export function settings(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-sample]');
  if (form) {
    samples(form);
    pickers(form);
  }
  document.addEventListener('newsdesk:saved', (event) => {
    const list = (event.target as Element).closest<HTMLElement>('[data-sort-reload]');
    if (list) {
      void again(list.dataset.sortReload!);
    }
  });
}

/** <form data-sample="/address"> is sent there while it is typed in; what comes back is put into every data-sample-frame. */
function samples(form: HTMLFormElement): void {
  let request: AbortController | undefined;
  const show = async (): Promise<void> => {
    request?.abort();
    request = new AbortController();
    const status = document.querySelector('[data-sample-status]');
    try {
      const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
      const answer = await fetch(form.dataset.sample!, { method: 'POST', body, signal: request.signal, headers: { Accept: 'application/json' } });
      const text = await answer.text();
      if (!answer.ok) {
        throw refusalOf(answer.status, text);
      }
      put((JSON.parse(text) as { html: string }).html);
      status?.replaceChildren();
    } catch (error) {
      if (!cancelled(error)) {
        status?.replaceChildren(sentence(error));
      }
    }
  };
  const later = debounce(PAUSE, () => void show());
  form.addEventListener('input', () => later());
}

function put(html: string): void {
  for (const frame of document.querySelectorAll<HTMLIFrameElement>('[data-sample-frame]')) {
    const content = frame.contentDocument?.getElementById('js_content');
    if (content) {
      content.innerHTML = html; // written by the server's renderer, in a frame whose policy allows no script
    }
  }
}

/** A picker and the field beside it say the same; a field that says no colour leaves the picker pale. */
function pickers(form: HTMLFormElement): void {
  for (const picker of form.querySelectorAll<HTMLInputElement>('[data-colour-for]')) {
    const field = document.getElementById(picker.dataset.colourFor!) as HTMLInputElement;
    const follow = (): void => {
      const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(field.value);
      const colour = short ? `#${short[1]}${short[1]}${short[2]}${short[2]}${short[3]}${short[3]}` : field.value;
      const known = /^#[0-9a-f]{6}$/i.test(colour);
      picker.classList.toggle('is-none', !known);
      if (known) {
        picker.value = colour;
      }
    };
    picker.addEventListener('input', () => {
      field.value = picker.value;
      follow();
    });
    field.addEventListener('input', follow);
    follow();
  }
}

/** Reads a part of the page anew and gives the focus back to where it was. */
async function again(id: string): Promise<void> {
  const focused = document.activeElement?.closest<HTMLElement>('[data-sort-id]');
  const name = focused?.dataset.sortName;
  const parent = focused?.parentElement?.dataset.sortParent;
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(id);
  if (!answer.ok || !fresh) {
    location.reload();
    return;
  }
  document.getElementById(id)?.replaceWith(fresh);
  if (name) {
    const items = [...fresh.querySelectorAll<HTMLElement>('[data-sort-id]')];
    const item = items.find((other) => other.dataset.sortName === name && other.parentElement?.dataset.sortParent === parent);
    item?.querySelector<HTMLElement>('[data-sort-handle]')?.focus();
  }
}
