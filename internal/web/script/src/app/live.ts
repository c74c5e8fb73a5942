// Parts of a page that stay true by themselves:
//
//	<section id="…" data-live="delivery:01J…" data-live-src="/deliveries/01J…/state">…</section>
//
// One stream tells which topics have changed; the part is then fetched again and put in the place of the old one. Several
// topics are separated by spaces. Where the stream cannot be had, parts are fetched every few seconds instead.

import htmx from 'htmx.org';
import { debounce, parse } from '../lib/dom';
import { markup, Refusal } from '../lib/http';
import { toast } from '../lib/toast';
import { t } from '../lib/words';

const POLL = 5000; // milliseconds
const AGAIN = 15000; // until the stream is tried again

let stream: EventSource | undefined;
let listening = ''; // the topics of the stream
let polling = 0;
let retry = 0;
const fetching = new WeakMap<Element, AbortController>();
const shown = new WeakMap<Element, string>(); // markup as it came, to leave alone what has not changed

export function live(): void {
  connect();
  new MutationObserver(debounce(50, connect)).observe(document.body, { childList: true, subtree: true });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && stream?.readyState !== EventSource.OPEN) {
      refresh();
    }
  });
  document.addEventListener('close', () => refresh(), true); // a question was asked about what was shown then
  addEventListener('pagehide', () => stream?.close());
  addEventListener('pageshow', (event) => {
    if (event.persisted) {
      listening = '';
      connect();
    }
  });
}

function parts(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-live]')];
}

function topics(element: HTMLElement): string[] {
  return (element.dataset.live ?? '').split(/\s+/).filter(Boolean);
}

function connect(): void {
  if (left) {
    return;
  }
  const all = parts(); // of which some have no stream made for them: a browser has few connections to spare
  const wanted = all.some((part) => part.dataset.liveJoins === undefined) ? [...new Set(all.flatMap(topics))].sort() : [];
  const key = wanted.join(' ');
  if (key === listening) {
    return;
  }
  listening = key;
  stream?.close();
  stop();
  if (wanted.length > 0) {
    open(wanted);
  }
}

function open(wanted: string[]): void {
  const query = new URLSearchParams(wanted.map((topic) => ['topic', topic]));
  let opened = false;
  stream = new EventSource(`/live?${query}`);
  stream.onopen = () => {
    stop();
    if (opened) {
      refresh(); // what happened in between was not heard
    }
    opened = true;
  };
  stream.onmessage = (event) => refresh(String(event.data));
  stream.onerror = () => {
    poll();
    if (stream?.readyState === EventSource.CLOSED) {
      refresh(); // refused: also where nobody is signed in any more
      retry = window.setTimeout(() => { listening = ''; connect(); }, AGAIN);
    }
  };
}

function poll(): void {
  if (!polling) {
    polling = window.setInterval(() => document.hidden || refresh(), POLL);
  }
}

function stop(): void {
  clearInterval(polling);
  clearTimeout(retry);
  polling = 0;
}

let left = false;

/** Nobody is signed in any more: the page stays as it is, says so once, and asks for nothing again. */
function leave(why: string): void {
  if (left) {
    return;
  }
  left = true;
  stop();
  stream?.close();
  toast(why, 'bad', { label: t('live.sign_in'), run: () => location.reload() });
}

/** Fetches the parts of a topic again, or all of them. */
function refresh(topic?: string): void {
  for (const part of parts()) {
    if (part.dataset.liveSrc && (topic === undefined || topics(part).includes(topic))) {
      void renew(part, part.dataset.liveSrc);
    }
  }
}

async function renew(part: HTMLElement, src: string): Promise<void> {
  fetching.get(part)?.abort();
  const controller = new AbortController();
  fetching.set(part, controller);
  try {
    const text = await markup(src, controller.signal);
    if (part.isConnected && shown.get(part) !== text && !busy(part)) {
      swap(part, text);
    }
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) {
      leave(error.message);
    } // otherwise the next change, or the next round, brings it
  }
}

/** What somebody is typing in or has a dialog open over is left until the next change. */
function busy(part: HTMLElement): boolean {
  return document.querySelector('dialog[open]') !== null || part.querySelector('form[data-busy], .is-dragging, .is-held') !== null || part.querySelector(':is(input:not([type=hidden]), textarea, select):focus') !== null;
}

function swap(part: HTMLElement, text: string): void {
  const fresh = parse(text).firstElementChild;
  if (!(fresh instanceof HTMLElement)) {
    return;
  }
  const focused = document.activeElement?.id;
  const unfolded = [...part.querySelectorAll('details[open][id]')].map((details) => details.id);
  part.replaceWith(fresh);
  shown.set(fresh, text);
  for (const id of unfolded) {
    document.getElementById(id)?.setAttribute('open', '');
  }
  if (focused && document.activeElement === document.body) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
  htmx.process(fresh);
  fresh.dispatchEvent(new CustomEvent('newsdesk:swapped', { bubbles: true }));
}
