// The editor's page: puts its parts together, says how saving stands, and settles what two people do at the same time.

import { data, fill, h } from './lib/dom';
import { ask } from './lib/dialog';
import { json, Refusal, sentence } from './lib/http';
import { announce, toast } from './lib/toast';
import { clock, moment, t } from './lib/words';
import { Attachments } from './editor/attachments';
import { pictures as placedPictures } from './editor/body';
import { compareDialog } from './editor/compare';
import { coverPanel, setCover } from './editor/cover';
import { column, correction, credits, digest, titles } from './editor/fields';
import { findingsView, type FindingsView } from './editor/findings';
import { icon } from './editor/icons';
import { Keeper, type State } from './editor/keeper';
import { LocalCopy, type Copy } from './editor/localcopy';
import { Addresses, canonical, Draft, rendition, type Content, type EditorData, type Newer, type Photo } from './editor/model';
import * as photos from './editor/photos';
import { Preview } from './editor/preview';
import { toolbar } from './editor/toolbar';
import { Uploads } from './editor/uploads';
import { flash, pictures, Writing } from './editor/writing';

class Page {
  private readonly urls: Addresses;
  private readonly draft: Draft;
  private readonly uploads: Uploads;
  private readonly keeper: Keeper;
  private readonly writing: Writing;
  private readonly findings: FindingsView;
  private readonly local: LocalCopy;
  private readonly attachments: Attachments;
  private newer: Newer | undefined;

  private readonly status = h('p', { class: 'save-state', role: 'status' });
  private readonly banners = h('div', { class: 'banners' });
  private readonly uploading = h('div', { class: 'upload-sum', role: 'status', hidden: true });
  private readonly tray = h('section', { class: 'card tray', hidden: true });
  private readonly findingsButton: HTMLButtonElement;
  private readonly side: HTMLElement;
  private readonly buttons: HTMLButtonElement[] = [];

  constructor(private readonly data: EditorData, private readonly root: HTMLElement) {
    this.urls = new Addresses(data.article.id);
    this.uploads = new Uploads('/photos', data.max_photo || Infinity);
    this.local = new LocalCopy(data.me ?? '', data.article.id);
    const start = data.working?.content ?? data.content;
    this.draft = new Draft(canonical(start), { ...data.photos });
    this.findings = findingsView((where) => this.goTo(where), () => this.tellFindings());
    this.findingsButton = h('button', { type: 'button', class: 'button small findings-button', onclick: () => this.sheet('findings') });

    const field = h('div', { class: 'body-field' });
    this.writing = new Writing({
      element: field, draft: this.draft, uploads: this.uploads,
      makeCover: (photo) => setCover(this.draft, photo),
      choose: (multiple) => this.chooseFiles(multiple),
    });
    this.keeper = new Keeper(this.draft, this.local, this.urls, data.working?.base ?? data.revision, {
      state: (state) => this.tellState(state),
      newer: (newer) => this.tellNewer(newer),
      findings: (findings) => this.findings.show(findings),
    });
    this.attachments = new Attachments(this.draft, this.urls.attachments, (file) => this.urls.attachment(file), data.attach);
    const cover = coverPanel(this.draft, { placed: () => this.choices(), upload: () => this.uploadCover() });
    const preview = new Preview(this.draft, this.urls, data);
    this.side = h('aside', { class: 'editor-side', 'aria-label': t('side.title') },
      h('div', { class: 'sheet-head' }, h('h2', {}, t('side.title')), h('button', { type: 'button', class: 'button quiet small icon-only', 'aria-label': t('close'), onclick: () => this.closeSheet() }, icon('close'))),
      preview.element,
      h('section', { class: 'findings-section', id: 'findings', tabindex: '-1', 'aria-label': t('findings.title') }, h('h2', {}, t('findings.title')), this.findings.element));
    const bar = toolbar(this.writing.editor, () => void this.chooseFiles(true).then((files) => this.writing.addFiles(files)));
    root.append(
      this.head(),
      h('div', { class: 'editor-grid' },
        h('div', { class: 'editor-main' },
          this.banners,
          h('div', { class: 'sheet-paper' },
            titles(this.draft, data, () => this.writing.editor.commands.focus('start')),
            correction(this.draft, data), bar, field),
          this.uploading, this.tray,
          h('section', { class: 'card', 'aria-label': t('cover.title') }, h('h2', {}, t('cover.title')),
            h('div', { class: 'cover-and-digest' }, cover.element, digest(this.draft, data))),
          h('section', { class: 'card', 'aria-label': t('field.about') }, h('h2', {}, t('field.about')),
            h('div', { class: 'about' }, column(this.draft, data), credits(this.draft))),
          this.attachments.element),
        this.side));
    this.findings.show(data.findings ?? []);
    this.tellFindings();
    this.tellState(data.working ? { kind: 'saved', at: new Date(data.working.saved_at) } : { kind: 'clean' });
    this.uploads.listen(() => this.tellUploads());
    this.draft.listen((what) => (what === 'body' || what === 'all' || what === 'cover') && this.tellTray());
    this.tellTray();
    this.listen();
    void this.restore();
  }

  private head(): HTMLElement {
    const save = h('button', { type: 'button', class: 'button', title: 'Ctrl+S', onclick: () => void this.save(false) }, t('save.version'));
    const submit = h('button', { type: 'button', class: 'button primary', onclick: () => void this.save(true) }, icon('send'), h('span', {}, t('save.submit')));
    this.buttons.push(save, submit);
    return h('div', { class: 'editor-head' },
      h('a', { class: 'button quiet small icon-only', href: this.data.leave ?? this.urls.article, 'aria-label': t('leave') }, icon('left')),
      h('h1', { class: 'aloud' }, t('page.title')),
      h('div', { class: 'editor-about' },
        h('span', { class: `badge state-${this.data.article.state}` }, this.data.article.state_name ?? ''),
        h('span', { class: 'hint revision', id: 'revision' }, t('revision.at', { revision: this.data.revision })), this.status),
      h('div', { class: 'editor-actions' },
        h('button', { type: 'button', class: 'button small preview-button', onclick: () => this.sheet('preview') }, icon('phone'), h('span', {}, t('preview.title'))),
        this.findingsButton, save, submit));
  }

  private listen(): void {
    document.addEventListener('keydown', (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 's') {
        event.preventDefault();
        void this.save(false);
      }
      if (event.key === 'Escape' && this.root.classList.contains('has-sheet') && !document.querySelector('dialog[open]')) {
        this.closeSheet();
      }
    });
    addEventListener('beforeunload', (event) => {
      if (this.uploads.busy || this.attachments.busy) {
        event.preventDefault();
      }
    });
    // Photos dropped beside the body go to its end, and never open in the place of the page.
    document.addEventListener('dragover', (event) => event.dataTransfer?.types.includes('Files') && event.preventDefault());
    document.addEventListener('drop', (event) => {
      if (!event.defaultPrevented && event.dataTransfer?.types.includes('Files')) {
        event.preventDefault();
        this.writing.addDropped(event.dataTransfer.files, this.writing.editor.state.doc.content.size);
      }
    });
  }

  // What is kept, and where

  private async restore(): Promise<void> {
    const copy = await this.local.read();
    const server = this.data.working ? new Date(this.data.working.saved_at).getTime() : 0;
    if (copy) {
      const same = JSON.stringify(canonical(copy.content)) === JSON.stringify(this.draft.content);
      if (same || copy.at < server) {
        await this.local.drop();
      } else {
        this.load(copy.content, copy.base);
        this.banner('info', 'restored', t('restored.text', { at: moment(new Date(copy.at)) }), [
          [t('restored.undo'), () => void this.undoRestore(copy)],
        ]);
      }
    }
    if (this.data.working && this.data.working.base < this.data.revision) {
      void this.keeper.send();
      this.tellNewer({ revision: this.data.revision, author: '', at: '' });
    }
    const shelf = await this.local.shelved();
    if (shelf) {
      this.offerShelf(shelf);
    }
  }

  private async undoRestore(copy: Copy): Promise<void> {
    await this.local.shelve(copy);
    this.load(this.data.working?.content ?? this.data.content, this.data.working?.base ?? this.data.revision);
    this.offerShelf(copy);
  }

  private load(content: Content, base: number): void {
    const wanted = canonical(content);
    this.keeper.base = base;
    this.writing.load(wanted.body);
    this.draft.replace(wanted);
  }

  private tellState(state: State): void {
    const say: Record<State['kind'], () => string> = {
      clean: () => t('state.clean'),
      saved: () => t('state.saved', { at: clock((state as { at: Date }).at) }),
      saving: () => t('state.saving'),
      typing: () => t('state.typing'),
      offline: () => t('state.offline'),
      signed_out: () => t('state.signed_out'),
      refused: () => t('state.refused', { text: (state as { text: string }).text }),
    };
    const text = say[state.kind]();
    this.status.dataset.state = state.kind;
    if (this.status.textContent !== text) {
      const signIn = state.kind === 'signed_out' ? h('a', { href: '/sign-in', target: '_blank' }, t('state.sign_in')) : null;
      fill(this.status, h('span', {}, text), signIn);
    }
    // Every keystroke would be read aloud otherwise.
    this.status.setAttribute('aria-live', state.kind === 'typing' || state.kind === 'saving' ? 'off' : 'polite');
  }

  private banner(kind: 'info' | 'warn', name: string, text: string, actions: [string, () => void][]): void {
    this.banners.querySelector(`[data-banner=${name}]`)?.remove();
    const gone = (): void => banner.remove();
    const banner = h('div', { class: `alert banner ${kind}`, role: 'status', 'data-banner': name }, icon('info'), h('p', {}, text),
      h('div', { class: 'actions' }, ...actions.map(([label, run]) => h('button', { type: 'button', class: 'button small', onclick: () => { gone(); run(); } }, label)),
        h('button', { type: 'button', class: 'button quiet small icon-only', 'aria-label': t('close'), onclick: gone }, icon('close'))));
    this.banners.append(banner);
  }

  // Two people

  private tellNewer(newer: Newer): void {
    if (this.newer?.revision === newer.revision && this.newer.author === newer.author) {
      return;
    }
    this.newer = newer;
    const text = newer.author ? t('newer.text', { author: newer.author, revision: newer.revision, at: moment(new Date(newer.at)) }) : t('newer.plain', { revision: newer.revision });
    this.banner('warn', 'newer', text, [[t('newer.compare'), () => void this.compare(newer)]]);
  }

  private async compare(newer: Newer): Promise<void> {
    try {
      const theirs = await json<{ revision: number; content: Content; author: string; at: string; photos?: Record<string, Photo> }>(this.urls.revision(newer.revision));
      Object.assign(this.draft.photos, theirs.photos ?? {});
      compareDialog({
        mine: this.draft.content, theirs: canonical(theirs.content), newer: { revision: theirs.revision, author: theirs.author, at: theirs.at },
        keepMine: () => { this.keeper.base = theirs.revision; this.clearBanner('newer'); void this.save(false); },
        takeTheirs: () => void this.take(theirs),
      });
    } catch (error) {
      toast(sentence(error), 'bad');
    }
    if (this.newer === newer) {
      this.newer = undefined; // so that the banner comes back while nothing is decided
    }
  }

  private async take(theirs: { revision: number; content: Content }): Promise<void> {
    const mine = { base: theirs.revision, content: this.draft.content, at: Date.now() };
    try {
      await this.local.shelve(mine);
      await this.keeper.quiet();
      await json(this.urls.working, { method: 'DELETE' });
    } catch (error) {
      toast(sentence(error), 'bad');
      return;
    }
    this.load(theirs.content, theirs.revision);
    await this.keeper.settled(theirs.revision);
    this.tellRevision(theirs.revision);
    this.clearBanner('newer');
    this.offerShelf(mine);
  }

  private offerShelf(shelf: Copy): void {
    this.banner('info', 'shelf', t('shelf.text', { at: moment(new Date(shelf.at)) }), [
      [t('shelf.fetch'), () => { this.load(shelf.content, this.keeper.base); void this.local.unshelve(); }],
      [t('shelf.drop'), () => void this.local.unshelve()],
    ]);
  }

  private clearBanner(name: string): void {
    this.banners.querySelector(`[data-banner=${name}]`)?.remove();
  }

  // Saving as a revision

  private async save(submit: boolean): Promise<void> {
    if (this.uploads.busy) {
      toast(t('save.uploading'), 'bad');
      return;
    }
    if (this.attachments.busy) {
      toast(t('attach.uploading'), 'bad');
      return;
    }
    if (this.buttons.some((button) => button.disabled)) {
      return;
    }
    const { blocks } = this.findings.count;
    if (submit && blocks > 0 && !(await ask({ title: t('save.submit'), text: t('save.blocks', { n: blocks }), yes: t('save.anyway') }))) {
      return;
    }
    this.buttons.forEach((button) => { button.disabled = true; });
    try {
      await this.keeper.quiet();
      const body = { base: this.keeper.base, content: this.draft.content, submit };
      const saved = await json<{ revision: number; state: string; location: string; notes?: string[] | null }>(this.urls.revisions, { method: 'POST', body });
      await this.keeper.settled(saved.revision);
      this.tellRevision(saved.revision);
      this.clearBanner('newer');
      if (submit) {
        this.keeper.stop();
        location.assign(saved.location || this.urls.article);
        return;
      }
      toast(t('save.done', { revision: saved.revision }), 'good');
      saved.notes?.forEach((note) => toast(note));
    } catch (error) {
      this.unsaved(error);
    } finally {
      this.buttons.forEach((button) => { button.disabled = false; });
    }
  }

  private unsaved(error: unknown): void {
    const current = error instanceof Refusal && error.code === 'article.stale' ? (error.body.current as Newer | undefined) : undefined;
    if (current) {
      this.newer = undefined;
      this.tellNewer(current);
      void this.compare(current);
    } else {
      toast(sentence(error), 'bad');
    }
  }

  private tellRevision(revision: number): void {
    const label = document.getElementById('revision');
    if (label) {
      label.textContent = t('revision.at', { revision });
    }
  }

  // Photos

  private chooseFiles(multiple: boolean): Promise<File[]> {
    return new Promise((resolve) => {
      const input = h('input', { type: 'file', accept: 'image/*,.heic,.heif', multiple, class: 'aloud', 'aria-label': t('tool.photos'), tabindex: '-1' });
      const answer = (files: File[]): void => { input.remove(); resolve(files); };
      input.addEventListener('change', () => answer(pictures(input.files)));
      input.addEventListener('cancel', () => answer([]));
      this.root.append(input);
      input.click();
    });
  }

  private choices(): string[] {
    const placed = placedPictures(this.draft.readBody()).map(({ photo }) => photo);
    return [...new Set([...placed, ...Object.keys(this.draft.photos)])];
  }

  private async uploadCover(): Promise<string | undefined> {
    const [file] = await this.chooseFiles(false);
    if (!file) {
      return undefined;
    }
    const job = this.uploads.start(file);
    return new Promise((resolve) => {
      const silent = this.uploads.listen((changed) => {
        if (changed.id !== job.id || (changed.status !== 'done' && changed.status !== 'failed')) {
          return;
        }
        silent();
        if (changed.status === 'failed') {
          toast(changed.error, 'bad');
          this.uploads.cancel(job.id);
        }
        resolve(changed.result?.digest);
      });
    });
  }

  private tellUploads(): void {
    const { all, done, failed, progress } = this.uploads.sum;
    const over = all > 0 && done === all;
    this.uploading.hidden = all === 0 || over;
    if (over) {
      this.uploads.clear();
      announce(t('upload.all_done', { n: all }));
      this.tellTray();
      return;
    }
    const bar = this.uploading.querySelector('progress');
    const text = failed > 0 ? t('upload.some_failed', { done, all, failed }) : t('upload.sum', { done, all });
    if (bar) {
      bar.value = progress;
      this.uploading.querySelector('span')!.textContent = text;
    } else {
      fill(this.uploading, h('span', {}, text), h('progress', { max: 1, value: progress, 'aria-label': t('upload.label') }));
    }
  }

  /** Photos that belong to the article and stand nowhere in it. */
  private tellTray(): void {
    const shown = photos.placed(this.writing.editor.state.doc);
    const loose = Object.keys(this.draft.photos).filter((photo) => !shown.has(photo) && photo !== this.draft.get('cover')?.photo);
    this.tray.hidden = loose.length === 0;
    const key = loose.join();
    if (this.tray.dataset.key === key) {
      return;
    }
    this.tray.dataset.key = key;
    const put = (some: string[]): void => photos.insertPhotos(this.writing.editor, some);
    fill(this.tray,
      h('div', { class: 'row apart' }, h('h2', {}, t('tray.title', { n: loose.length })),
        h('button', { type: 'button', class: 'button small', onclick: () => put(loose) }, t('tray.all'))),
      h('p', { class: 'hint' }, t('tray.hint')),
      h('div', { class: 'tray-photos' }, ...loose.map((photo) => h('button', {
        type: 'button', class: 'tray-photo', 'aria-label': t('tray.put', { name: this.draft.photos[photo]?.name ?? '' }), title: this.draft.photos[photo]?.name, onclick: () => put([photo]),
      }, h('img', { src: rendition(photo, 'site-480'), alt: '', loading: 'lazy' }), icon('plus')))));
  }

  // The side

  private tellFindings(): void {
    const { blocks, all } = this.findings.count;
    fill(this.findingsButton, icon(blocks ? 'alert' : all ? 'info' : 'check'), h('span', { class: 'findings-label' }, t('findings.title')), all ? h('span', { class: 'findings-count' }, String(all)) : null);
    this.findingsButton.classList.toggle('has-blocks', blocks > 0);
  }

  /** On narrow screens the side lies over the page. */
  private sheet(what: 'preview' | 'findings'): void {
    this.root.classList.add('has-sheet');
    if (what === 'findings') {
      const list = document.getElementById('findings')!;
      list.scrollIntoView({ block: 'start' });
      list.focus({ preventScroll: true });
      flash(list);
    } else {
      this.side.scrollTop = 0;
      this.side.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
    }
  }

  private closeSheet(): void {
    this.root.classList.remove('has-sheet');
    this.findingsButton.focus();
  }

  /** Goes to a place in the content, such as "digest" or "body.blocks[3]", and marks it for a moment. */
  goTo(where: string): void {
    this.root.classList.remove('has-sheet');
    const block = /blocks\[(\d+)\]/.exec(where);
    if (block) {
      this.writing.goTo(Number(block[1]));
      return;
    }
    const field = where.split(/[.[]/)[0] ?? '';
    const target = this.root.querySelector<HTMLElement>(`[data-where="${CSS.escape(field)}"]`) ?? this.root.querySelector<HTMLElement>('[data-where=title]');
    target?.closest('[hidden]')?.removeAttribute('hidden');
    target?.focus();
    target?.scrollIntoView({ block: 'center' });
    if (target) {
      flash(target);
    }
  }
}

function start(): void {
  const root = document.getElementById('editor-root');
  const given = data<EditorData>('editor-data');
  if (!root || !given) {
    return;
  }
  const page = new Page(given, root);
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLElement>('[data-goto]');
    if (link) {
      event.preventDefault();
      page.goTo(link.dataset.goto ?? '');
    }
  });
  document.getElementById('plain')?.setAttribute('hidden', '');
  root.hidden = false;
  document.documentElement.classList.add('has-editor');
  const named = /^#at-(body-blocks-(\d+)|[a-z_]+)/.exec(location.hash); // from a list on another page
  if (named) {
    page.goTo(named[2] ? `body.blocks[${named[2]}]` : named[1]!);
  }
}

if (document.readyState === 'loading') {
  document.addEventListener('DOMContentLoaded', start);
} else {
  start();
}
