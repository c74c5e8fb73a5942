// A small menu beside a button: arrows, Home and End, letters are not needed for so few entries; Escape and leaving close it.

import { h } from '../lib/dom';
import { icon } from './icons';

export interface Entry {
  label: string;
  icon?: string;
  className?: string;
  checked?: boolean;
  disabled?: boolean;
  run(): void;
}

let open: { close(back: boolean): void; anchor: HTMLElement } | undefined;

/** Opens a menu at a button; a second press closes it. Entries that are null are lines between. */
export function popup(anchor: HTMLElement, label: string, entries: (Entry | null)[]): void {
  if (open) {
    const again = open.anchor === anchor;
    open.close(again);
    if (again) {
      return;
    }
  }
  const menu = h('div', { class: 'popup', role: 'menu', 'aria-label': label, tabindex: '-1' });
  const close = (back: boolean): void => {
    controller.abort();
    menu.remove();
    anchor.setAttribute('aria-expanded', 'false');
    open = undefined;
    if (back) {
      anchor.focus();
    }
  };
  for (const entry of entries) {
    menu.append(entry ? item(entry, close) : h('div', { class: 'popup-line', role: 'separator' }));
  }
  const controller = new AbortController();
  menu.addEventListener('keydown', (event) => keys(menu, event, close));
  document.addEventListener('pointerdown', (event) => {
    const target = event.target as Node;
    if (!menu.contains(target) && !anchor.contains(target)) {
      close(false);
    }
  }, { signal: controller.signal, capture: true });
  addEventListener('resize', () => close(false), { signal: controller.signal });
  (anchor.closest('dialog') ?? anchor.closest('main') ?? document.body).append(menu);
  place(menu, anchor);
  anchor.setAttribute('aria-expanded', 'true');
  open = { close, anchor };
  items(menu)[0]?.focus({ preventScroll: true });
}

function item(entry: Entry, close: (back: boolean) => void): HTMLElement {
  const button = h('button', {
    type: 'button', class: `popup-item ${entry.className ?? ''}`, tabindex: '-1', disabled: entry.disabled,
    role: entry.checked === undefined ? 'menuitem' : 'menuitemradio', 'aria-checked': entry.checked === undefined ? null : String(entry.checked),
    onclick: () => { close(true); entry.run(); },
  }, entry.icon ? icon(entry.icon) : null, h('span', {}, entry.label));
  return button;
}

function items(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('button:not(:disabled)')];
}

function keys(menu: HTMLElement, event: KeyboardEvent, close: (back: boolean) => void): void {
  const all = items(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const go: Record<string, number> = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 };
  if (event.key in go) {
    all[go[event.key]!]?.focus();
  } else if (event.key === 'Escape' || event.key === 'Tab') {
    close(true);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/** Below the button, or above it where there is no room; never outside the window. */
function place(menu: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 4 + height <= innerHeight || at.top < height + 4;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  menu.style.top = `${below ? at.bottom + 4 : at.top - height - 4}px`;
}
