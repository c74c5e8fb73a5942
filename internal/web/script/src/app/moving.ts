// Things that are dragged to another place, such as editions to another time on the calendar:
//
//	<article data-move="/editions/01J…/time" data-move-name="…"> <button data-move-handle> … </article>
//	<td data-move-slot="2026-11-23T09:00" data-move-label="Monday 09:00">
//
// Dropped on a slot, "at=<slot>" is posted to the address. The answer {location} is followed; a refusal is shown and the
// thing goes back. data-move-confirm on the thing asks first; {{slot}} in it is the slot's label. By keyboard: Space or M
// takes it, arrows choose the slot, Enter puts it down, Escape leaves it.

import { ask } from '../lib/dialog';
import { refusalOf, sentence } from '../lib/http';
import { announce, toast } from '../lib/toast';
import { t } from '../lib/words';

const START = 5; // pixels before a press is a drag

interface Carried {
  thing: HTMLElement;
  slot: HTMLElement | null;
}

let carried: Carried | undefined; // by keyboard

export function movings(): void {
  document.addEventListener('pointerdown', press);
  document.addEventListener('keydown', key, true);
  document.addEventListener('dragstart', (event) => {
    if ((event.target as Element).closest?.('[data-move]')) {
      event.preventDefault(); // the browser's own drag of a link or a picture
    }
  });
}

function slots(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-move-slot]')];
}

function label(slot: HTMLElement): string {
  const name = slot.dataset.moveLabel ?? slot.dataset.moveSlot ?? '';
  return slot.dataset.why ? `${name}: ${slot.dataset.why}` : name; // see slots.ts
}

/** Says that a thing is carried from here on (lifted), or not any more (put). */
function say(thing: HTMLElement, what: 'lifted' | 'put'): void {
  thing.dispatchEvent(new CustomEvent(`newsdesk:${what}`, { bubbles: true }));
}

function choose(next: HTMLElement | null, old: HTMLElement | null): void {
  if (next !== old) {
    old?.classList.remove('is-target');
    next?.classList.add('is-target');
  }
}

function press(event: PointerEvent): void {
  const thing = (event.target as Element).closest<HTMLElement>('[data-move]');
  const handle = (event.target as Element).closest('[data-move-handle]');
  if (!thing?.dataset.move || event.button !== 0 || (event.pointerType !== 'mouse' && !handle)) {
    return;
  }
  const controller = new AbortController();
  const options = { signal: controller.signal };
  let ghost: HTMLElement | undefined;
  let slot: HTMLElement | null = null;
  const end = (): void => {
    controller.abort();
    ghost?.remove();
    say(thing, 'put');
    thing.classList.remove('is-dragging');
    document.documentElement.classList.remove('is-sorting');
    choose(null, slot);
  };
  document.addEventListener('pointermove', (move) => {
    if (!ghost && Math.hypot(move.clientX - event.clientX, move.clientY - event.clientY) < START) {
      return;
    }
    ghost ??= lift(thing);
    ghost.style.transform = `translate(${move.clientX + 8}px, ${move.clientY + 8}px)`;
    const under = document.elementFromPoint(move.clientX, move.clientY)?.closest<HTMLElement>('[data-move-slot]') ?? null;
    choose(under, slot);
    slot = under;
    move.preventDefault();
  }, options);
  document.addEventListener('pointerup', () => {
    const target = slot;
    const dragged = ghost !== undefined;
    end();
    if (dragged) {
      swallowClick();
    }
    if (dragged && target && !target.contains(thing)) {
      void move(thing, target);
    }
  }, options);
  document.addEventListener('pointercancel', end, options);
  document.addEventListener('keydown', (k) => { if (k.key === 'Escape') { end(); } }, options);
  handle?.addEventListener('touchmove', (touch) => touch.preventDefault(), { signal: controller.signal, passive: false });
}

/** A small copy that goes with the pointer. */
function lift(thing: HTMLElement): HTMLElement {
  const ghost = thing.cloneNode(true) as HTMLElement;
  ghost.removeAttribute('id');
  ghost.removeAttribute('data-move');
  ghost.setAttribute('aria-hidden', 'true');
  ghost.classList.add('moving-ghost');
  ghost.style.width = `${Math.min(thing.offsetWidth, 260)}px`;
  document.body.append(ghost);
  thing.classList.add('is-dragging');
  say(thing, 'lifted');
  document.documentElement.classList.add('is-sorting');
  getSelection()?.removeAllRanges();
  return ghost;
}

function swallowClick(): void {
  const stop = (event: Event): void => { event.stopPropagation(); event.preventDefault(); };
  addEventListener('click', stop, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', stop, { capture: true }), 0);
}

function key(event: KeyboardEvent): void {
  const thing = (event.target as Element).closest?.<HTMLElement>('[data-move]');
  if (!carried) {
    const handle = (event.target as Element).closest?.('[data-move-handle]');
    if (thing && ((handle && event.key === ' ') || (event.key === 'm' && !event.ctrlKey && !event.metaKey && !(event.target as Element).matches('input, textarea, select')))) {
      event.preventDefault();
      carried = { thing, slot: thing.closest<HTMLElement>('[data-move-slot]') };
      thing.classList.add('is-held');
      say(thing, 'lifted');
      announce(t('move.taken', { name: thing.dataset.moveName ?? '' }));
    }
    return;
  }
  const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const step = steps[event.key];
  if (step) {
    walk(step);
  } else if (event.key === 'Enter' || event.key === ' ') {
    const { thing: moved, slot } = carried;
    leave();
    if (slot && !slot.contains(moved)) {
      void move(moved, slot);
    }
  } else if (event.key === 'Escape' || event.key === 'Tab') {
    leave();
    announce(t('move.back'));
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function leave(): void {
  choose(null, carried!.slot);
  carried!.thing.classList.remove('is-held');
  say(carried!.thing, 'put');
  carried = undefined;
}

/** Goes to the nearest slot in a direction. */
function walk([x, y]: [number, number]): void {
  const from = (carried!.slot ?? carried!.thing).getBoundingClientRect();
  const middle = (box: DOMRect): [number, number] => [box.left + box.width / 2, box.top + box.height / 2];
  const [fx, fy] = middle(from);
  let best: HTMLElement | null = null;
  let nearest = Infinity;
  for (const slot of slots()) {
    const [sx, sy] = middle(slot.getBoundingClientRect());
    const along = (sx - fx) * x + (sy - fy) * y;
    const aside = Math.abs((sx - fx) * y) + Math.abs((sy - fy) * x);
    if (along > 2 && along + 4 * aside < nearest) {
      nearest = along + 4 * aside;
      best = slot;
    }
  }
  if (best) {
    choose(best, carried!.slot);
    carried!.slot = best;
    best.scrollIntoView({ block: 'nearest' });
    announce(label(best));
  }
}

async function move(thing: HTMLElement, slot: HTMLElement): Promise<void> {
  const question = thing.dataset.moveConfirm?.replace('{{slot}}', label(slot));
  if (question && !(await ask({ text: question, yes: t('move.yes') }))) {
    return;
  }
  const home = thing.parentElement!;
  const next = thing.nextSibling;
  (slot.querySelector('[data-move-into]') ?? slot).append(thing);
  thing.setAttribute('aria-busy', 'true');
  try {
    const answer = await post(thing.dataset.move!, slot.dataset.moveSlot!);
    location.assign(answer.location || location.href);
  } catch (error) {
    home.insertBefore(thing, next);
    thing.removeAttribute('aria-busy');
    toast(sentence(error), 'bad');
  }
}

async function post(url: string, at: string): Promise<{ location?: string }> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ at }), headers: { Accept: 'application/json' } })
    .catch(() => { throw refusalOf(0, ''); });
  const text = await answer.text();
  if (!answer.ok) {
    throw refusalOf(answer.status, text);
  }
  return text.startsWith('{') ? (JSON.parse(text) as { location?: string }) : {};
}
