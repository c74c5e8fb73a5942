// Talking with the server. A refusal is an exception that holds the server's own sentence.

import { t } from './words';

/** What the server says when it refuses, or what we say when it does not answer. */
export class Refusal extends Error {
  constructor(
    readonly status: number, // 0: no answer
    readonly code: string,
    text: string,
    readonly body: Record<string, unknown> = {},
  ) {
    super(text);
  }

  /** Whether trying again later may help without anybody doing anything. */
  get passing(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

/** Makes a refusal of an answer that is not a success. */
export function refusalOf(status: number, text: string): Refusal {
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    if (typeof body.text === 'string' && body.text) {
      return new Refusal(status, String(body.code ?? ''), body.text, body);
    }
  } catch {
    // no problem document: a proxy or a fault answered
  }
  return new Refusal(status, '', t(status === 0 ? 'http.unreachable' : status === 413 ? 'http.large' : 'http.failed', { status }));
}

interface Options {
  method?: string;
  body?: unknown; // sent as JSON
  signal?: AbortSignal;
  keepalive?: boolean;
}

/** Asks for JSON. */
export async function json<T>(url: string, { method = 'GET', body, signal, keepalive }: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  const init: RequestInit = { method, headers, signal, keepalive, credentials: 'same-origin' };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  const answer = await ask(url, init);
  const text = await answer.text();
  if (!answer.ok) {
    throw refusalOf(answer.status, text);
  }
  // Whoever was signed out is led to the door, which is a page and no data.
  if (text && !/json/.test(answer.headers.get('Content-Type') ?? '')) {
    throw new Refusal(401, 'session.none', t('http.signed_out'));
  }
  return (text ? JSON.parse(text) : undefined) as T;
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      throw error;
    }
    throw refusalOf(0, '');
  }
}

/** Asks for a piece of a page. */
export async function markup(url: string, signal?: AbortSignal): Promise<string> {
  const answer = await ask(url, { headers: { Accept: 'text/html', 'HX-Request': 'true' }, credentials: 'same-origin', signal });
  const text = await answer.text();
  if (!answer.ok) {
    throw refusalOf(answer.status, '');
  }
  if (answer.headers.has('HX-Redirect')) { // to the door: nobody is signed in any more
    throw new Refusal(401, 'session.none', t('live.signed_out'));
  }
  return text;
}

/** Something on its way to the server. */
export interface Upload<T> {
  done: Promise<T>;
  cancel(): void;
}

/** Sends a form with progress, which fetch cannot tell. */
export function upload<T>(url: string, form: FormData, progress: (sent: number, total: number) => void): Upload<T> {
  return send(url, form, 'application/json', progress, (request) => {
    try {
      return JSON.parse(request.responseText) as T;
    } catch {
      throw new Refusal(401, 'session.none', t('http.signed_out'));
    }
  });
}

/** The type of an answer in lines of JSON, which come while the server works. */
const LINES = 'application/x-ndjson';

/** Sends a form as upload does, and calls line with each line of the answer as it comes. The last one is what done gives. */
export function watched<T>(url: string, form: FormData, progress: (sent: number, total: number) => void, line: (line: T) => void): Upload<T> {
  let read = 0;
  let last: T | undefined;
  const take = (request: XMLHttpRequest): void => {
    if (request.status !== 200 || !request.getResponseHeader('Content-Type')?.startsWith(LINES)) {
      return;
    }
    const text = request.responseText;
    for (let end = text.indexOf('\n', read); end >= 0; end = text.indexOf('\n', read)) {
      last = JSON.parse(text.slice(read, end)) as T;
      read = end + 1;
      line(last);
    }
  };
  return send(url, form, `application/json, ${LINES}`, progress, (request) => {
    take(request);
    if (last === undefined) {
      throw new Refusal(401, 'session.none', t('http.signed_out'));
    }
    return last;
  }, take);
}

function send<T>(url: string, form: FormData, accept: string, progress: (sent: number, total: number) => void,
  result: (request: XMLHttpRequest) => T, some?: (request: XMLHttpRequest) => void): Upload<T> {
  const request = new XMLHttpRequest();
  const done = new Promise<T>((resolve, reject) => {
    request.open('POST', url);
    request.setRequestHeader('Accept', accept);
    request.upload.onprogress = (event) => progress(event.loaded, event.total);
    request.onprogress = () => some?.(request);
    request.onload = () => {
      if (request.status < 200 || request.status >= 300) {
        reject(refusalOf(request.status, request.responseText));
        return;
      }
      try {
        resolve(result(request));
      } catch (error) {
        reject(error);
      }
    };
    request.onerror = () => reject(refusalOf(0, ''));
    request.ontimeout = request.onerror;
    request.onabort = () => reject(new DOMException('cancelled', 'AbortError'));
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

/** Whether an exception only says that somebody cancelled. */
export function cancelled(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** The sentence of an exception. */
export function sentence(error: unknown): string {
  return error instanceof Refusal ? error.message : t('http.broken');
}
