// How long ago: <time datetime="…" data-relative>12 November 2026, 9:30</time> reads “5 minutes ago” for a day, and keeps
// what it said as its title.

import { language } from '../lib/words';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function times(): void {
  tell();
  setInterval(tell, 30_000);
  for (const name of ['htmx:after:swap', 'newsdesk:swapped']) {
    document.addEventListener(name, tell);
  }
}

function tell(): void {
  for (const element of document.querySelectorAll<HTMLTimeElement>('time[data-relative][datetime]')) {
    element.title ||= element.textContent ?? '';
    element.textContent = relative(new Date(element.dateTime)) ?? element.title;
  }
}

function relative(at: Date): string | undefined {
  const seconds = Math.round((at.getTime() - Date.now()) / 1000);
  const distance = Math.abs(seconds);
  const words = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  if (distance < MINUTE) {
    return words.format(0, 'second');
  }
  if (distance < HOUR) {
    return words.format(Math.trunc(seconds / MINUTE), 'minute');
  }
  return distance < DAY ? words.format(Math.trunc(seconds / HOUR), 'hour') : undefined;
}
