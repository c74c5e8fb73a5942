// Filters that answer while they are chosen: <form data-filter="results" method="get">. What has the id named by the
// attribute is replaced by the same of the answer, and the address says what is shown. Without scripts there is a button.

import htmx from 'htmx.org';
import { debounce } from '../lib/dom';
import { sentence } from '../lib/http';
import { toast } from '../lib/toast';

const PAUSE = 300; // milliseconds after the last character

let running: AbortController | undefined;

export function filters(): void {
  const typed = debounce(PAUSE, (form: HTMLFormElement) => void apply(form));
  document.addEventListener('input', (event) => {
    const field = event.target as HTMLInputElement;
    // What is being composed (pinyin) is no word yet.
    if (field.matches?.('form[data-filter] :is(input[type=search], input[type=text])') && !(event as InputEvent).isComposing) {
      typed(field.form!);
    }
  });
  document.addEventListener('compositionend', (event) => {
    const field = event.target as HTMLInputElement;
    if (field.matches?.('form[data-filter] input')) {
      typed(field.form!);
    }
  });
  document.addEventListener('change', (event) => {
    const field = event.target as HTMLInputElement;
    const form = field.form;
    if (form?.dataset.filter && !field.matches('[type=search], [type=text]')) {
      void apply(form);
    }
  });
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.filter && document.getElementById(form.dataset.filter)) {
      event.preventDefault();
      typed.cancel();
      void apply(form);
    }
  });
  addEventListener('popstate', () => {
    if (document.querySelector('form[data-filter]')) {
      location.reload();
    }
  });
}

function address(form: HTMLFormElement): URL {
  const url = new URL(form.action, location.href);
  url.search = '';
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && value !== '') {
      url.searchParams.append(name, value);
    }
  }
  return url;
}

async function apply(form: HTMLFormElement): Promise<void> {
  const url = address(form);
  const target = document.getElementById(form.dataset.filter ?? '');
  if (!target) {
    return;
  }
  running?.abort();
  const controller = (running = new AbortController());
  target.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(url, { signal: controller.signal, headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById(target.id);
    if (!answer.ok || !fresh) {
      location.assign(url);
      return;
    }
    target.replaceWith(fresh);
    htmx.process(fresh);
    fresh.dispatchEvent(new CustomEvent('newsdesk:swapped', { bubbles: true }));
    history.replaceState(null, '', url);
  } catch (error) {
    if (!controller.signal.aborted) {
      target.removeAttribute('aria-busy');
      toast(sentence(error), 'bad');
    }
  }
}
