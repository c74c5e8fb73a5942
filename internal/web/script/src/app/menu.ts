// Menus that open from a button (<details data-menu><summary>…</summary> … </details>) and dialogs of the page
// (<button data-opens="id">, <dialog id>, <button data-closes>).

import { closeBeside } from '../lib/dialog';

export function menus(): void {
  document.addEventListener('click', (event) => {
    const target = event.target as Element;
    closeMenus(target.closest('details[data-menu]'));
    if (target.closest('details[data-menu] :is(a, button)')) {
      closeMenus(null);
    }
    openOrClose(target);
  });
  document.addEventListener('keydown', (event) => {
    const menu = (event.target as Element).closest<HTMLDetailsElement>('details[data-menu][open]');
    if (menu) {
      keys(menu, event);
    }
  });
  document.addEventListener('focusout', (event) => {
    const menu = (event.target as Element).closest<HTMLDetailsElement>('details[data-menu][open]');
    if (menu && event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) {
      menu.open = false;
    }
  });
}

function closeMenus(except: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details[data-menu][open]')) {
    if (menu !== except) {
      menu.open = false;
    }
  }
}

function openOrClose(target: Element): void {
  const opener = target.closest<HTMLElement>('[data-opens]');
  const dialog = opener && document.getElementById(opener.dataset.opens ?? '');
  if (dialog instanceof HTMLDialogElement) {
    if (dialog.dataset.ready === undefined) {
      dialog.dataset.ready = '';
      closeBeside(dialog);
    }
    dialog.showModal();
  }
  if (target.closest('[data-closes]')) {
    target.closest('dialog')?.close();
  }
}

function keys(menu: HTMLDetailsElement, event: KeyboardEvent): void {
  const items = [...menu.querySelectorAll<HTMLElement>(':scope > :not(summary) :is(a[href], button:not(:disabled))')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const go: Record<string, number> = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 };
  if (event.key === 'Escape') {
    menu.open = false;
    menu.querySelector('summary')?.focus();
  } else if (event.key in go && !(document.activeElement instanceof HTMLInputElement)) {
    items[go[event.key]!]?.focus();
  } else {
    return;
  }
  event.preventDefault();
}
