// Lists that people put in order, by dragging or by keyboard:
//
//	<ol data-sortable> <li data-sort-id="…"> <button type="button" data-sort-handle aria-label="…">⠿</button> … </li> </ol>
//
// The order is that of the elements, so the inputs in them are sent in it. On every change the list gets the event
// "newsdesk:sorted" ({id, from, to, order}); with data-sort-url the change is also sent there (id, parent, index, order…),
// with data-sort-submit the form around is sent. Lists with the same data-sort-group exchange items; data-sort-parent says
// what such a list belongs to. Space takes an item, arrows move it (left and right from list to list), Space or Enter puts
// it down, Escape takes it back. data-sort-name on an item is what it is called aloud.

import { calm } from '../lib/dom';
import { refusalOf, sentence } from '../lib/http';
import { announce, toast } from '../lib/toast';
import { t } from '../lib/words';

const START = 5; // pixels before a press is a drag

interface Taken {
  item: HTMLElement;
  list: HTMLElement;
  next: Element | null;
  moved: boolean;
}

let held: Taken | undefined; // by keyboard

export function sortables(): void {
  document.addEventListener('pointerdown', press);
  document.addEventListener('keydown', key);
  document.addEventListener('focusout', (event) => {
    // Moving an element takes the focus from it for a moment; leaving it for good puts it down where it is.
    if (held && event.relatedTarget instanceof Node && !held.item.contains(event.relatedTarget)) {
      drop();
    }
  });
}

function listOf(item: Element): HTMLElement | null {
  return item.parentElement?.closest<HTMLElement>('[data-sortable]') ?? null;
}

function itemsOf(list: Element): HTMLElement[] {
  return [...list.children].filter((child): child is HTMLElement => child instanceof HTMLElement && child.dataset.sortId !== undefined);
}

function nameOf(item: HTMLElement): string {
  return item.dataset.sortName ?? item.innerText.trim().split('\n')[0] ?? '';
}

function take(item: HTMLElement): Taken | undefined {
  const list = listOf(item);
  return list ? { item, list, next: item.nextElementSibling, moved: false } : undefined;
}

/** Puts an item before another (null: at the end) and lets the others glide to where they now are. */
function put(item: HTMLElement, list: HTMLElement, before: Element | null): void {
  const others = [...new Set([...itemsOf(list), ...itemsOf(item.parentElement!)])];
  const tops = new Map(others.map((other) => [other, other.getBoundingClientRect()]));
  list.insertBefore(item, before);
  if (calm()) {
    return;
  }
  for (const [other, old] of tops) {
    const now = other.getBoundingClientRect();
    const [x, y] = [old.left - now.left, old.top - now.top];
    if (other !== item && (x || y)) {
      other.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }], { duration: 140, easing: 'ease-out' });
    }
  }
}

function back(taken: Taken): void {
  put(taken.item, taken.list, taken.next);
}

// By pointer

function press(event: PointerEvent): void {
  const target = event.target as Element;
  const item = target.closest<HTMLElement>('[data-sort-id]');
  const handle = target.closest('[data-sort-handle]');
  if (!item || event.button !== 0 || !listOf(item) || (!handle && !draggable(item, target, event))) {
    return;
  }
  const taken = take(item);
  if (!taken) {
    return;
  }
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const from = { x: event.clientX, y: event.clientY };
  let dragging = false;
  const end = (): void => {
    controller.abort();
    item.classList.remove('is-dragging');
    document.documentElement.classList.remove('is-sorting');
  };
  document.addEventListener('pointermove', (move) => {
    if (move.pointerId !== event.pointerId) {
      return;
    }
    if (!dragging && Math.hypot(move.clientX - from.x, move.clientY - from.y) < START) {
      return;
    }
    if (!dragging) {
      dragging = true;
      item.classList.add('is-dragging');
      document.documentElement.classList.add('is-sorting');
      getSelection()?.removeAllRanges();
    }
    move.preventDefault();
    scrollAtEdge(move.clientY);
    over(taken, move.clientX, move.clientY);
  }, options);
  document.addEventListener('pointerup', () => {
    end();
    if (dragging) {
      swallowClick();
      done(taken);
    }
  }, options);
  document.addEventListener('pointercancel', () => { end(); back(taken); }, options);
  document.addEventListener('keydown', (k) => {
    if (k.key === 'Escape') {
      end();
      back(taken);
    }
  }, options);
  if (handle) {
    handle.addEventListener('touchmove', (touch) => touch.preventDefault(), { signal: controller.signal, passive: false });
  }
}

/** Without a handle the whole item is one, for a mouse; a finger on it scrolls. */
function draggable(item: HTMLElement, target: Element, event: PointerEvent): boolean {
  return event.pointerType === 'mouse' && !item.querySelector('[data-sort-handle]') && !target.closest('a, button, input, select, textarea, summary, label');
}

function swallowClick(): void {
  const stop = (event: Event): void => { event.stopPropagation(); event.preventDefault(); };
  addEventListener('click', stop, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', stop, { capture: true }), 0);
}

function scrollAtEdge(y: number): void {
  const edge = 60;
  if (y < edge) {
    scrollBy(0, y - edge);
  } else if (y > innerHeight - edge) {
    scrollBy(0, y - innerHeight + edge);
  }
}

function over(taken: Taken, x: number, y: number): void {
  const under = document.elementFromPoint(x, y);
  const list = under?.closest<HTMLElement>('[data-sortable]');
  if (!list || taken.item.contains(list) || !exchange(taken.item, list)) {
    return;
  }
  const other = itemsOf(list).find((item) => item !== taken.item && within(item.getBoundingClientRect(), x, y));
  if (!other) {
    if (itemsOf(list).length === 0) {
      put(taken.item, list, null);
    }
    return;
  }
  const box = other.getBoundingClientRect();
  const side = columns(list) ? x > box.left + box.width / 2 : y > box.top + Math.min(box.height, 80) / 2;
  const before = side ? other.nextElementSibling : other;
  if (before !== taken.item && taken.item.nextElementSibling !== before) {
    put(taken.item, list, before);
  }
}

function within(box: DOMRect, x: number, y: number): boolean {
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

/** Whether items stand beside each other rather than below. */
function columns(list: HTMLElement): boolean {
  const [first, second] = itemsOf(list);
  return Boolean(first && second && Math.abs(first.getBoundingClientRect().top - second.getBoundingClientRect().top) < 4);
}

function exchange(item: HTMLElement, list: HTMLElement): boolean {
  const own = listOf(item);
  return list === own || Boolean(own?.dataset.sortGroup && own.dataset.sortGroup === list.dataset.sortGroup);
}

// By keyboard

function key(event: KeyboardEvent): void {
  const handle = (event.target as Element).closest?.('[data-sort-handle]');
  const item = handle?.closest<HTMLElement>('[data-sort-id]');
  if (!item) {
    return;
  }
  if (!held) {
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      grab(item);
    }
    return;
  }
  const actions: Record<string, () => void> = {
    ArrowUp: () => shift(-1), ArrowDown: () => shift(1), ArrowLeft: () => sideways(-1), ArrowRight: () => sideways(1),
    Home: () => shift(-Infinity), End: () => shift(Infinity), ' ': drop, Enter: drop, Escape: release,
  };
  const action = actions[event.key];
  if (action) {
    event.preventDefault();
    action();
    (handle as HTMLElement).focus();
  }
}

function grab(item: HTMLElement): void {
  held = take(item);
  item.classList.add('is-held');
  announce(t('sort.taken', { name: nameOf(item), ...place(item) }));
}

function place(item: HTMLElement): { at: number; of: number } {
  const items = itemsOf(item.parentElement!);
  return { at: items.indexOf(item) + 1, of: items.length };
}

function shift(by: number): void {
  const { item } = held!;
  const list = item.parentElement!;
  const items = itemsOf(list);
  const at = items.indexOf(item);
  const to = Math.max(0, Math.min(items.length - 1, at + by));
  if (to !== at) {
    put(item, list, to > at ? items[to]!.nextElementSibling : items[to]!);
  }
  announce(t('sort.at', place(item)));
}

/** In a grid left and right are before and after; in groups they lead to the list before or behind, or out and in. */
function sideways(by: -1 | 1): void {
  const { item } = held!;
  const own = listOf(item)!;
  if (!own.dataset.sortGroup) {
    shift(by);
    return;
  }
  const target = nextList(item, own, by);
  if (target) {
    put(item, target.list, target.before);
    announce(t('sort.into', { name: target.list.dataset.sortListName ?? '', ...place(item) }));
  }
}

function nextList(item: HTMLElement, own: HTMLElement, by: -1 | 1): { list: HTMLElement; before: Element | null } | undefined {
  const parent = own.closest<HTMLElement>('[data-sort-id]');
  if (by < 0 && parent && listOf(parent)) { // out of the list that it is nested in
    return { list: listOf(parent)!, before: parent.nextElementSibling };
  }
  const previous = item.previousElementSibling?.querySelector<HTMLElement>('[data-sortable]');
  if (by > 0 && previous && exchange(item, previous)) { // into the list of the item before
    return { list: previous, before: null };
  }
  const lists = [...document.querySelectorAll<HTMLElement>('[data-sortable]')].filter((list) => exchange(item, list) && !item.contains(list));
  const list = parent || previous ? undefined : lists[lists.indexOf(own) + by];
  return list && !list.closest('[data-sort-id]') ? { list, before: null } : undefined;
}

function drop(): void {
  const taken = held!;
  held = undefined;
  taken.item.classList.remove('is-held');
  announce(t('sort.dropped', { name: nameOf(taken.item), ...place(taken.item) }));
  done(taken);
}

function release(): void {
  const taken = held!;
  held = undefined;
  back(taken);
  taken.item.classList.remove('is-held');
  announce(t('sort.back', { name: nameOf(taken.item) }));
}

// What comes of it

function done(taken: Taken): void {
  const list = listOf(taken.item)!;
  if (list === taken.list && taken.item.nextElementSibling === taken.next) {
    return;
  }
  const order = itemsOf(list).map((item) => item.dataset.sortId!);
  const id = taken.item.dataset.sortId!;
  const detail = { id, from: taken.list, to: list, index: order.indexOf(id), order };
  list.dispatchEvent(new CustomEvent('newsdesk:sorted', { bubbles: true, detail }));
  if (list.dataset.sortUrl) {
    void send(taken, list, detail);
  }
  if (list.dataset.sortSubmit !== undefined) {
    list.closest('form')?.requestSubmit();
  }
}

async function send(taken: Taken, list: HTMLElement, { id, index, order }: { id: string; index: number; order: string[] }): Promise<void> {
  const body = new URLSearchParams({ id, index: String(index), parent: list.dataset.sortParent ?? '' });
  order.forEach((other) => body.append('order', other));
  try {
    const answer = await fetch(list.dataset.sortUrl!, { method: 'POST', body, headers: { Accept: 'application/json' } });
    const text = await answer.text();
    if (!answer.ok) {
      throw refusalOf(answer.status, text);
    }
    list.dispatchEvent(new CustomEvent('newsdesk:saved', { bubbles: true }));
    toast(t('sort.saved'), 'good');
  } catch (error) {
    back(taken);
    toast(sentence(error), 'bad');
  }
}
