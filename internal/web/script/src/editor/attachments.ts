// Files that readers of the website can fetch under the article: uploaded one after another, renamed, put in order, taken out.

import { fill, h, uid } from '../lib/dom';
import { cancelled, sentence, upload, type Upload } from '../lib/http';
import { announce } from '../lib/toast';
import { t } from '../lib/words';
import { icon } from './icons';
import type { Attachment, AttachLimits, Draft } from './model';

interface Job { file: File; row: HTMLElement; error?: string; transfer?: Upload<Attachment> }

/** A size as readers of the website are told it. */
export function size(bytes: number): string {
  if (bytes < 1024) {
    return `${bytes} B`;
  }
  return bytes < 2 ** 20 - 512 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1).replace(/\.0$/, '')} MB`;
}

export class Attachments {
  readonly element: HTMLElement;
  private readonly list = h('ol', { class: 'attached', 'data-sortable': true, 'aria-label': t('attach.title') });
  private readonly coming = h('ul', { class: 'attached', 'aria-label': t('attach.coming') });
  private readonly input: HTMLInputElement;
  private jobs: Job[] = [];
  private running = false;
  private own = false; // a change that the list shows already

  constructor(private readonly draft: Draft, private readonly url: string, private readonly link: (file: string) => string, private readonly limits: AttachLimits) {
    this.input = h('input', { type: 'file', multiple: true, class: 'aloud', tabindex: '-1', accept: this.limits.endings.join(), 'aria-label': t('attach.add'), onchange: () => this.chosen() });
    this.element = h('section', { class: 'card attachments', 'aria-label': t('attach.title') },
      h('h2', {}, t('attach.title')),
      h('p', { class: 'hint' }, t('attach.hint', { most: this.limits.most, size: size(this.limits.bytes) })),
      this.list, this.coming, this.input,
      h('button', { type: 'button', class: 'button small', 'data-where': 'attachments', onclick: () => this.input.click() }, icon('plus'), h('span', {}, t('attach.add'))));
    this.element.addEventListener('dragover', (event) => event.dataTransfer?.types.includes('Files') && event.preventDefault());
    this.element.addEventListener('drop', (event) => {
      if (event.dataTransfer?.types.includes('Files')) {
        event.preventDefault(); // else it would be taken for photos of the body
        this.add([...event.dataTransfer.files]);
      }
    });
    this.list.addEventListener('newsdesk:sorted', (event) => this.sorted((event as CustomEvent<{ order: string[] }>).detail.order));
    draft.listen((what) => (what === 'attachments' || what === 'all') && !this.own && this.show());
    this.show();
  }

  /** Whether a file is still on its way. */
  get busy(): boolean {
    return this.jobs.some((job) => job.error === undefined);
  }

  private get now(): Attachment[] {
    return this.draft.get('attachments') ?? [];
  }

  /** Changes the list without drawing it anew: what has the focus keeps it. */
  private quietly(list: Attachment[]): void {
    this.own = true;
    this.draft.set('attachments', list.length > 0 ? list : undefined);
    this.own = false;
  }

  private show(): void {
    fill(this.list, ...this.now.map((attachment) => this.row(attachment)));
    this.list.hidden = this.now.length === 0;
  }

  private row(attachment: Attachment): HTMLElement {
    const dot = attachment.name.lastIndexOf('.');
    const ending = dot < 0 ? '' : attachment.name.slice(dot);
    const stem = dot < 0 ? attachment.name : attachment.name.slice(0, dot);
    const id = uid('attached');
    const input = h('input', {
      class: 'input', id, autocomplete: 'off', maxlength: this.limits.name - [...ending].length, 'aria-describedby': `${id}-size`, 'aria-label': t('attach.name', { name: attachment.name }),
      oninput: () => rename(),
      onchange: () => {
        if (!input.value.trim()) {
          input.value = stem; // a file without a name is none
          rename();
        }
      },
    });
    input.value = stem;
    const item = h('li', { class: 'attached-item', 'data-sort-id': attachment.file, 'data-sort-name': attachment.name },
      h('button', { type: 'button', class: 'attached-handle', 'data-sort-handle': true, 'aria-label': t('attach.move', { name: attachment.name }) }, icon('drag')),
      h('span', { class: 'attached-name' }, input, h('span', { class: 'attached-ending' }, ending)),
      h('span', { class: 'attached-size muted small', id: `${id}-size` }, size(attachment.size)),
      h('a', { class: 'button quiet small icon-only', href: this.link(attachment.file), 'aria-label': t('attach.fetch', { name: attachment.name }) }, icon('download')),
      h('button', { type: 'button', class: 'button quiet small icon-only', 'aria-label': t('attach.remove', { name: attachment.name }), onclick: () => this.remove(attachment.file) }, icon('trash')));
    const rename = (): void => {
      const name = input.value.trim() + ending;
      item.dataset.sortName = name;
      this.quietly(this.now.map((other) => (other.file === attachment.file ? { ...other, name } : other)));
    };
    return item;
  }

  private sorted(order: string[]): void {
    const place = new Map(order.map((file, at) => [file, at]));
    this.quietly([...this.now].sort((a, b) => (place.get(a.file) ?? 0) - (place.get(b.file) ?? 0)));
  }

  private remove(file: string): void {
    const at = this.now.findIndex((other) => other.file === file);
    const name = this.now[at]?.name ?? '';
    this.draft.set('attachments', this.now.length > 1 ? this.now.filter((other) => other.file !== file) : undefined);
    announce(t('attach.removed', { name }));
    const rows = this.list.querySelectorAll<HTMLElement>('.attached-item');
    (rows[Math.min(at, rows.length - 1)]?.querySelector('input') ?? this.element.querySelector<HTMLElement>('[data-where]'))?.focus();
  }

  // Uploading

  private chosen(): void {
    this.add([...(this.input.files ?? [])]);
    this.input.value = ''; // the same file can be chosen again
  }

  private add(files: File[]): void {
    for (const file of files) {
      const job: Job = { file, row: h('li', { class: 'attached-item' }) };
      this.jobs.push(job);
      this.coming.append(job.row);
      const refusal = this.refusal(file);
      if (refusal) {
        this.failed(job, refusal);
      } else {
        this.draw(job, 0);
      }
    }
    void this.next();
  }

  /** What is wrong with a file, as far as can be said before it is sent. */
  private refusal(file: File): string | undefined {
    const { most, bytes, endings } = this.limits;
    const there = this.now.length + this.jobs.filter((job) => job.error === undefined).length; // this one among them
    if (endings.length > 0 && !endings.some((ending) => file.name.toLowerCase().endsWith(ending))) {
      return t('attach.kind');
    }
    if (file.size === 0) {
      return t('attach.empty');
    }
    if (file.size > bytes) {
      return t('attach.large', { size: size(file.size), most: size(bytes) });
    }
    return there > most ? t('attach.many', { most }) : undefined;
  }

  private async next(): Promise<void> {
    const job = this.jobs.find((waiting) => waiting.error === undefined);
    if (this.running || !job) {
      return;
    }
    this.running = true;
    const form = new FormData();
    form.append('file', job.file, job.file.name);
    job.transfer = upload<Attachment>(this.url, form, (sent, total) => this.draw(job, (0.95 * sent) / Math.max(1, total)));
    try {
      this.arrived(job, await job.transfer.done);
    } catch (error) {
      if (!cancelled(error)) {
        this.failed(job, sentence(error));
      }
    }
    this.running = false;
    void this.next();
  }

  private arrived(job: Job, { file, name, size: bytes }: Attachment): void {
    this.drop(job);
    const other = this.now.find((there) => there.file === file);
    if (other) {
      announce(t('attach.twice', { name: other.name }));
      return;
    }
    const attachment = { file, name, size: bytes };
    this.quietly([...this.now, attachment]);
    this.list.append(this.row(attachment));
    this.list.hidden = false;
    announce(t('attach.added', { name }));
  }

  private draw(job: Job, progress: number): void {
    const bar = job.row.querySelector('progress');
    if (bar) {
      bar.value = progress;
      return;
    }
    fill(job.row, h('span', { class: 'attached-name' }, job.file.name),
      h('progress', { max: 1, value: progress, 'aria-label': t('attach.progress', { name: job.file.name }) }),
      h('button', { type: 'button', class: 'button quiet small icon-only', 'aria-label': t('attach.stop', { name: job.file.name }), onclick: () => { job.transfer?.cancel(); this.drop(job); } }, icon('close')));
  }

  private failed(job: Job, error: string): void {
    job.error = error;
    announce(`${job.file.name}: ${error}`);
    job.row.classList.add('is-failed');
    const again = (): void => { this.drop(job); this.add([job.file]); };
    fill(job.row, icon('alert'),
      h('span', { class: 'attached-name' }, h('b', {}, job.file.name), h('span', { class: 'small' }, error)),
      job.transfer ? h('button', { type: 'button', class: 'button small', onclick: again }, t('upload.again')) : null,
      h('button', { type: 'button', class: 'button quiet small icon-only', 'aria-label': t('attach.forget', { name: job.file.name }), onclick: () => this.drop(job) }, icon('close')));
  }

  private drop(job: Job): void {
    this.jobs = this.jobs.filter((other) => other !== job);
    job.row.remove();
  }
}
