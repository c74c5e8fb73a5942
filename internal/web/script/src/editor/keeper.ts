// Saving by itself. Every change is kept in this browser first and sent to the server soon after; the server's working copy
// is what other computers continue from. What is not at one of the two is the only thing that leaving the page would lose.

import { debounce } from '../lib/dom';
import { cancelled, json, Refusal, refusalOf } from '../lib/http';
import { LocalCopy } from './localcopy';
import type { Addresses, Content, Draft, Finding, Newer } from './model';

const PAUSE = 800; // milliseconds after the last change
const WHILE_TYPING = 5000;
const KEEP = 150;
const KEEPALIVE = 60_000; // bytes that a browser still sends for a page that ends

export type State =
  | { kind: 'clean' } // nothing typed since it was opened or saved as a revision
  | { kind: 'saved'; at: Date }
  | { kind: 'saving' }
  | { kind: 'typing' }
  | { kind: 'offline' }
  | { kind: 'signed_out' }
  | { kind: 'refused'; text: string };

interface Saved { saved_at: string; current?: Newer; findings?: Finding[] | null }

interface Events {
  state(state: State): void;
  newer(newer: Newer): void;
  findings(findings: Finding[]): void;
}

export class Keeper {
  private typed = 0; // counts changes
  private kept = 0; // how many of them are in this browser
  private sent = 0; // how many the server has
  private running: Promise<void> | undefined;
  private tries = 0;
  private waiting = 0;
  private since = 0; // when the first unsent change was made
  private stopped = false;
  private readonly soon = debounce(PAUSE, () => void this.send());
  private readonly keepSoon = debounce(KEEP, () => void this.keep());

  constructor(
    private readonly draft: Draft,
    readonly local: LocalCopy,
    private readonly urls: Addresses,
    public base: number,
    private readonly events: Events,
  ) {
    draft.listen(() => this.changed());
    addEventListener('online', () => void this.send());
    addEventListener('pagehide', () => this.last());
    document.addEventListener('visibilitychange', () => document.hidden && this.last());
    addEventListener('beforeunload', (event) => {
      if (this.unsafe) {
        event.preventDefault();
      }
    });
    setInterval(() => {
      if (this.sent < this.typed && Date.now() - this.since >= WHILE_TYPING) {
        void this.send();
      }
    }, 1000);
  }

  /** Whether something is neither at the server nor in this browser; last() usually mends that. */
  get unsafe(): boolean {
    if (this.kept < this.typed && this.sent < this.typed) {
      this.last();
    }
    return this.kept < this.typed && this.sent < this.typed;
  }

  private changed(): void {
    if (this.stopped) {
      return;
    }
    if (this.sent === this.typed) {
      this.since = Date.now();
    }
    this.typed++;
    this.keepSoon();
    this.soon();
    if (!this.waiting) {
      this.events.state({ kind: 'typing' });
    }
  }

  private copy(): { base: number; content: Content; at: number } {
    return { base: this.base, content: this.draft.content, at: Date.now() };
  }

  private async keep(): Promise<void> {
    const now = this.typed;
    try {
      await this.local.keep(this.copy());
      this.kept = Math.max(this.kept, now);
    } catch {
      // no room in this browser: leaving the page asks first
    }
  }

  /** The page may end any moment: keep what is not kept, and try to send it. */
  private last(): void {
    if (this.stopped || this.sent === this.typed) {
      return;
    }
    try {
      this.local.keepNow(this.copy());
      this.kept = this.typed;
    } catch {
      // no room in this browser: beforeunload asks
    }
    const body = JSON.stringify({ base: this.base, content: this.draft.content });
    if (new Blob([body]).size < KEEPALIVE) {
      void fetch(this.urls.working, { method: 'PUT', body, keepalive: true, headers: { 'Content-Type': 'application/json', Accept: 'application/json' } })
        .catch(() => undefined);
    }
  }

  /** Sends the working copy now, one at a time; what is typed meanwhile goes with the next. */
  async send(): Promise<void> {
    if (this.stopped || this.sent === this.typed) {
      return;
    }
    if (!this.running) {
      this.running = this.put().finally(() => { this.running = undefined; });
    }
    await this.running;
  }

  private async put(): Promise<void> {
    clearTimeout(this.waiting);
    this.soon.cancel();
    const [now, base] = [this.typed, this.base];
    const content = this.draft.content;
    if (!this.waiting) {
      this.events.state({ kind: 'saving' });
    }
    try {
      const saved = await json<Saved>(this.urls.working, { method: 'PUT', body: { base, content } });
      this.waiting = this.tries = 0;
      this.arrived(now, saved);
    } catch (error) {
      this.failed(error);
    }
  }

  private arrived(now: number, saved: Saved): void {
    if (this.stopped) {
      return;
    }
    this.sent = Math.max(this.sent, now);
    this.since = Date.now();
    if (this.sent === this.typed) {
      this.keepSoon.cancel();
      void this.local.drop();
      this.events.state({ kind: 'saved', at: new Date(saved.saved_at) });
    } else {
      this.soon();
    }
    this.events.findings(saved.findings ?? []);
    if (saved.current && saved.current.revision > this.base) {
      this.events.newer(saved.current);
    }
  }

  private failed(error: unknown): void {
    if (this.stopped || cancelled(error)) {
      return;
    }
    const refusal = error instanceof Refusal ? error : refusalOf(0, '');
    const door = refusal.status === 401;
    this.events.state(door ? { kind: 'signed_out' } : refusal.passing ? { kind: 'offline' } : { kind: 'refused', text: refusal.message });
    void this.keep();
    if (refusal.passing || door) {
      this.tries++;
      this.waiting = window.setTimeout(() => void this.send(), Math.min(30_000, 1000 * 2 ** Math.min(this.tries, 5)));
    }
  }

  /** Everything is in a revision now: the working copy is done with. */
  async settled(base: number): Promise<void> {
    this.base = base;
    this.typed++;
    this.sent = this.kept = this.typed;
    this.soon.cancel();
    this.keepSoon.cancel();
    clearTimeout(this.waiting);
    this.waiting = this.tries = 0;
    await this.local.drop();
    this.events.state({ kind: 'clean' });
  }

  /** Waits for what is under way, so that nothing arrives after what is sent next. */
  async quiet(): Promise<void> {
    this.soon.cancel();
    await this.running;
  }

  /** The page is being left on purpose and everything is where it should be. */
  stop(): void {
    this.stopped = true;
  }
}
