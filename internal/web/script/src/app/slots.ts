// Where a thing that is being dragged cannot be put: while it is carried, the slots that its data-move-slots address refuses
// are marked, each with the reason. The place around, [data-cal-from] and [data-cal-until], says which days are shown.

interface Refused {
  days: Record<string, string>;
  hours: Record<string, string>;
}

let asked = 0;

export function closedSlots(): void {
  document.addEventListener('newsdesk:lifted', (event) => {
    const thing = event.target as HTMLElement;
    const place = thing.closest<HTMLElement>('[data-cal-from]');
    if (thing.dataset.moveSlots && place) {
      void mark(thing.dataset.moveSlots, place, ++asked);
    }
  });
  document.addEventListener('newsdesk:put', () => {
    asked++;
    for (const slot of document.querySelectorAll<HTMLElement>('.is-closed')) {
      slot.classList.remove('is-closed');
      delete slot.dataset.why;
    }
  });
}

async function mark(address: string, place: HTMLElement, turn: number): Promise<void> {
  const query = new URLSearchParams({ from: place.dataset.calFrom!, until: place.dataset.calUntil! });
  const answer = await fetch(`${address}?${query}`, { headers: { Accept: 'application/json' } }).catch(() => undefined);
  if (!answer?.ok) {
    return; // then it is refused when it is dropped
  }
  const { days, hours } = (await answer.json()) as Refused;
  if (turn !== asked) {
    return; // put down already
  }
  for (const slot of place.querySelectorAll<HTMLElement>('[data-move-slot]')) {
    const at = slot.dataset.moveSlot!;
    const why = hours[at] ?? days[at.slice(0, 10)];
    if (why) {
      slot.classList.add('is-closed');
      slot.dataset.why = why;
    }
  }
}
