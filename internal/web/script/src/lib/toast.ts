// Short messages at the edge of the page, read aloud as they come.

import { h } from './dom';
import { t } from './words';

export type Kind = 'info' | 'good' | 'bad';

const STAYS = 6000; // milliseconds; what went wrong stays until it is closed

function region(): HTMLElement {
  let found = document.getElementById('toasts');
  if (!found) {
    found = h('div', { id: 'toasts', class: 'toasts', role: 'status', 'aria-live': 'polite' });
    document.body.append(found);
  }
  return found;
}

interface Action {
  label: string;
  run(): void;
}

/** Shows a message, with something to do about it if there is. */
export function toast(text: string, kind: Kind = 'info', action?: Action): void {
  const close = h('button', { type: 'button', class: 'toast-close', 'aria-label': t('close'), onclick: () => gone() }, '×');
  const note = h('div', { class: `toast ${kind}`, role: kind === 'bad' ? 'alert' : null }, h('span', { class: 'toast-text' }, text));
  if (action) {
    note.append(h('button', { type: 'button', class: 'button small', onclick: () => { gone(); action.run(); } }, action.label));
  }
  note.append(close);
  const gone = (): void => note.remove();
  region().append(note);
  // A dialog that is open covers everything else, so the region moves into it for as long as it is there.
  const dialog = document.querySelector<HTMLDialogElement>('dialog:modal');
  if (dialog && !dialog.contains(region())) {
    dialog.append(region());
    dialog.addEventListener('close', () => document.body.append(region()), { once: true });
  }
  if (kind !== 'bad') {
    let timer = window.setTimeout(gone, action ? 2 * STAYS : STAYS);
    note.addEventListener('mouseenter', () => clearTimeout(timer));
    note.addEventListener('mouseleave', () => { timer = window.setTimeout(gone, STAYS); });
  }
}

/** Says something to those who listen instead of looking. */
export function announce(text: string): void {
  let voice = document.getElementById('voice');
  if (!voice) {
    voice = h('div', { id: 'voice', class: 'aloud', 'aria-live': 'assertive' });
    document.body.append(voice);
  }
  voice.textContent = '';
  requestAnimationFrame(() => { voice.textContent = text; });
}

/** Lets what the server put on the page as a message behave as one. */
export function flashes(root: ParentNode): void {
  for (const flash of root.querySelectorAll<HTMLElement>('[data-flash]')) {
    if (flash.dataset.ready !== undefined) {
      continue;
    }
    flash.dataset.ready = '';
    flash.querySelector('[data-flash-close]')?.addEventListener('click', () => flash.remove());
    if (flash.dataset.flash !== 'bad') {
      setTimeout(() => flash.remove(), 2 * STAYS);
    }
  }
}
