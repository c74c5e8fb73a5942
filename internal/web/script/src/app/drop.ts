// Handing in by dropping files or folders anywhere on the page:
//
//	<form data-drop-url="/hand-in" method="post" enctype="multipart/form-data"> <input type="file" name="files" multiple>
//	<body data-drop-url="/hand-in">                 where a page has no such form: the same in a dialog
//
// Every file goes as "files", and its path within the folder that was dropped as "paths", in the same order; the other
// fields of the form go too. While the server reads them it says how far it is, see reading.ts; the location at the end is
// followed. A refusal is shown and the files stay, to be sent again.
// data-drop-wait on the form: nothing is sent before its button is pressed.

import { openDialog } from '../lib/dialog';
import { fill, h } from '../lib/dom';
import { cancelled, Refusal, sentence, watched, type Upload } from '../lib/http';
import { announce } from '../lib/toast';
import { number, size, t } from '../lib/words';
import { Reading, type Step } from './reading';

const MOST = 1000; // files; the server's own bound is lower and speaks for itself
const SECOND_CLICK = 700; // milliseconds in which a press on what took the button's place is the other half of a double click

interface Piece {
  file: File;
  path: string;
}

/** What is being handed in, and what shows it. */
class HandIn {
  private pieces: Piece[] = [];
  private running: Upload<Step> | undefined;
  private reached = false; // all is sent, the server works
  private begun = 0;
  private readonly list = h('ul', { class: 'drop-files' });
  private readonly bar = h('progress', { class: 'drop-bar', max: 1, value: 0, 'aria-label': t('drop.progress') });
  private readonly status = h('p', { class: 'drop-status', 'aria-live': 'polite' });
  private readonly refusal = h('div', { class: 'alert bad', role: 'alert', hidden: true });
  private readonly send = h('button', { type: 'button', class: 'button primary', onclick: () => this.start() }, t('drop.send'));
  private readonly stop = h('button', { type: 'button', class: 'button', onclick: () => this.halt() }, t('drop.cancel'));
  private readonly reading = new Reading();
  readonly view = h('div', { class: 'drop', hidden: true },
    this.refusal, this.status, this.bar, this.reading.view, this.list, h('div', { class: 'drop-actions' }, this.send, this.stop));
  private readonly bars: HTMLProgressElement[] = [];

  constructor(private readonly url: string, private readonly form: HTMLFormElement | null) {}

  add(pieces: Piece[], now: boolean): void {
    const known = new Set(this.pieces.map(({ path, file }) => `${path}\n${file.size}`));
    this.pieces.push(...pieces.filter(({ path, file }) => !known.has(`${path}\n${file.size}`)));
    this.pieces = this.pieces.slice(0, MOST);
    this.show();
    if (now && this.pieces.length > 0) {
      this.start();
    }
  }

  get empty(): boolean {
    return this.pieces.length === 0;
  }

  private show(): void {
    this.view.hidden = false;
    this.bars.length = 0;
    fill(this.list, ...this.pieces.map((piece) => this.row(piece)));
    this.idle();
  }

  private row(piece: Piece): HTMLElement {
    const bar = h('progress', { max: 1, value: 0, 'aria-label': piece.path });
    this.bars.push(bar);
    const shown = h('img', { class: 'drop-thumb', alt: '', width: 48, height: 36, loading: 'lazy' });
    if (/^image\/(jpeg|png|webp|gif|avif|bmp)$/.test(piece.file.type)) {
      const address = URL.createObjectURL(piece.file);
      shown.onload = shown.onerror = () => { URL.revokeObjectURL(address); };
      shown.src = address;
    }
    const remove = h('button', {
      type: 'button', class: 'drop-remove', 'aria-label': t('drop.remove', { name: piece.path }),
      onclick: () => { this.pieces = this.pieces.filter((other) => other !== piece); this.show(); },
    }, '×');
    return h('li', { class: 'drop-file' },
      shown, h('span', { class: 'drop-name' }, piece.path), h('span', { class: 'drop-size' }, size(piece.file.size)), bar, remove);
  }

  private idle(): void {
    const bytes = this.pieces.reduce((sum, { file }) => sum + file.size, 0);
    this.status.textContent = t('drop.ready', { n: this.pieces.length, size: size(bytes) });
    this.bar.hidden = this.stop.hidden = true;
    this.reading.clear();
    this.status.hidden = this.list.hidden = false;
    this.send.hidden = this.pieces.length === 0;
    this.view.classList.remove('is-sending');
  }

  start(): void {
    if (this.running || this.empty) {
      return;
    }
    this.refusal.hidden = this.send.hidden = true;
    this.bar.hidden = this.stop.hidden = false;
    this.view.classList.add('is-sending');
    this.begun = performance.now();
    this.reached = false;
    this.running = watched<Step>(this.url, this.data(), (sent, total) => this.progress(sent, total), (step) => this.step(step));
    this.running.done.then((last) => {
      if (last.location === undefined) {
        this.failed(last.refused ? new Refusal(422, last.refused.code, last.refused.text) : new Refusal(0, '', t('drop.lost')));
        return;
      }
      location.assign(last.location);
    }, (error: unknown) => {
      this.failed(this.reached && error instanceof Refusal && error.status === 0 ? new Refusal(0, '', t('drop.lost')) : error);
    }).finally(() => { this.running = undefined; });
  }

  /** The server says how far it is: what it reads takes the place of what was sent. */
  private step(step: Step): void {
    this.reached = true;
    this.status.hidden = this.bar.hidden = this.list.hidden = true;
    this.reading.step(step);
  }

  private halt(): void {
    if (performance.now() - this.begun > SECOND_CLICK) {
      this.running?.cancel();
    }
  }

  private data(): FormData {
    const data = new FormData(this.form ?? undefined);
    for (const input of this.form?.querySelectorAll<HTMLInputElement>('input[type=file]') ?? []) {
      data.delete(input.name);
    }
    for (const { path } of this.pieces) {
      data.append('paths', path);
    }
    for (const { file, path } of this.pieces) {
      data.append('files', file, path.split('/').pop());
    }
    return data;
  }

  /** The whole is what was sent; the files go one after the other, so each one's part follows from the sum before it. */
  private progress(sent: number, total: number): void {
    this.bar.max = total;
    this.bar.value = sent;
    if (sent >= total) {
      this.bar.removeAttribute('value'); // the server works now, for as long as it takes
    }
    let before = 0;
    this.pieces.forEach(({ file }, i) => {
      this.bars[i]!.value = Math.max(0, Math.min(1, (sent - before) / Math.max(1, file.size)));
      before += file.size;
    });
    const part = new Intl.NumberFormat(document.documentElement.lang, { style: 'percent' }).format(sent / Math.max(1, total));
    this.status.textContent = sent >= total ? t('drop.reading') : t('drop.sending', { part, n: this.pieces.length });
  }

  private failed(error: unknown): void {
    this.idle();
    this.bars.forEach((bar) => { bar.value = 0; });
    if (cancelled(error)) {
      announce(t('drop.cancelled'));
      return;
    }
    this.refusal.textContent = sentence(error);
    this.refusal.hidden = false;
    this.send.textContent = t('drop.again');
    this.refusal.scrollIntoView({ block: 'nearest' });
  }
}

export function drops(): void {
  const place = document.querySelector<HTMLElement>('[data-drop-url]');
  if (!place?.dataset.dropUrl) {
    return;
  }
  const form = place instanceof HTMLFormElement ? place : null;
  const handIn = new HandIn(place.dataset.dropUrl, form);
  if (form) {
    (form.querySelector('[data-drop-list]') ?? form).append(handIn.view);
    fromForm(form, handIn);
  }
  wholePage((pieces) => {
    if (!form && !handIn.view.isConnected) {
      openDialog({ title: t('drop.title'), body: [handIn.view], actions: [], wide: true });
    }
    handIn.add(pieces, form?.dataset.dropWait === undefined);
  });
}

function fromForm(form: HTMLFormElement, handIn: HandIn): void {
  form.addEventListener('change', (event) => {
    const input = event.target as HTMLInputElement;
    if (input.type === 'file' && input.files) {
      handIn.add([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })), form.dataset.dropWait === undefined);
      input.value = '';
    }
  });
  form.addEventListener('submit', (event) => {
    if (!handIn.empty) {
      event.preventDefault();
      event.stopPropagation();
      handIn.start();
    }
  });
}

/** Calls found with what is dropped anywhere, and says so while something hovers. */
function wholePage(found: (pieces: Piece[]) => void): void {
  let depth = 0;
  const veil = h('div', { class: 'drop-veil', hidden: true, 'aria-hidden': 'true' }, h('p', {}, t('drop.here')));
  document.body.append(veil);
  const show = (on: boolean): void => {
    veil.hidden = !on;
    depth = on ? depth : 0;
  };
  document.addEventListener('dragenter', (event) => {
    if (files(event)) {
      depth++;
      show(true);
    }
  });
  document.addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    show(depth > 0);
  });
  document.addEventListener('dragover', (event) => {
    if (files(event)) {
      event.preventDefault();
    }
  });
  document.addEventListener('drop', (event) => {
    show(false);
    if (files(event) && !event.defaultPrevented) {
      event.preventDefault();
      void gather(event.dataTransfer!).then((pieces) => {
        if (pieces.length > 0) {
          announce(t('drop.taken', { n: pieces.length, count: number(pieces.length) }));
          found(pieces);
        }
      });
    }
  });
}

function files(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** Reads what was dropped, folders with everything in them. Entries must be asked for before anything is awaited. */
async function gather(transfer: DataTransfer): Promise<Piece[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry !== null && entry !== undefined);
  if (entries.length === 0) {
    return [...transfer.files].map((file) => ({ file, path: file.name }));
  }
  const out: Piece[] = [];
  for (const entry of entries) {
    await walk(entry, out);
  }
  return out;
}

async function walk(entry: FileSystemEntry, out: Piece[]): Promise<void> {
  if (out.length >= MOST || /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i.test(entry.name)) {
    return; // what file managers leave behind
  }
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    out.push({ file, path: entry.fullPath.replace(/^\//, '') });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) { // a reader gives a hundred at a time
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) {
      return;
    }
    for (const inner of some) {
      await walk(inner, out);
    }
  }
}
