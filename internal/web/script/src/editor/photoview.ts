// How a photo and a gallery look in the editor: the picture, its caption and alternative text to type in, a handle to drag
// it by, and a menu. While it is on its way to the server, its progress.

import type { Editor, NodeViewRenderer } from '@tiptap/core';
import type { Node as DocumentNode } from '@tiptap/pm/model';
import { NodeSelection } from '@tiptap/pm/state';
import type { NodeView } from '@tiptap/pm/view';
import { fill, h, uid } from '../lib/dom';
import { t } from '../lib/words';
import { drag } from './drag';
import { icon } from './icons';
import { rendition, type Photo } from './model';
import * as photos from './photos';
import { popup, type Entry } from './popup';
import type { Job, Uploads } from './uploads';

/** What a photo's menu asks of the rest of the editor. */
export interface PhotoDesk {
  uploads: Uploads;
  known: Record<string, Photo>;
  isCover(digest: string): boolean;
  makeCover(digest: string): void;
  rotate(pos: () => number | undefined, digest: string, turns: 1 | 3): void;
  choose(multiple: boolean): Promise<File[]>;
}

const MAX_CAPTION = 500;

export function photoView(desk: PhotoDesk): NodeViewRenderer {
  return (props) => new PhotoView(props.node, props.editor, props.getPos as () => number | undefined, desk) as unknown as ReturnType<NodeViewRenderer>;
}

class PhotoView implements NodeView {
  readonly dom: HTMLElement;
  private readonly image = h('img', { class: 'photo-image', alt: '', decoding: 'async' });
  private readonly stage = h('div', { class: 'photo-stage' });
  private readonly state = h('div', { class: 'photo-state', hidden: true });
  private readonly caption: HTMLTextAreaElement;
  private readonly alt: HTMLInputElement;
  private readonly handle: HTMLButtonElement;
  private readonly menu: HTMLButtonElement;
  private readonly silent: () => void;

  constructor(private node: DocumentNode, private readonly editor: Editor, private readonly at: () => number | undefined, private readonly desk: PhotoDesk) {
    this.caption = h('textarea', { class: 'photo-caption', rows: '1', maxlength: MAX_CAPTION, placeholder: t('photo.caption'), 'aria-label': t('photo.caption') });
    this.alt = h('input', { class: 'photo-alt', id: uid('alt'), maxlength: MAX_CAPTION, placeholder: t('photo.alt_hint') });
    this.handle = h('button', { type: 'button', class: 'photo-button photo-handle', 'aria-label': t('photo.move'), title: t('photo.move_hint') }, icon('grip'));
    this.menu = h('button', { type: 'button', class: 'photo-button photo-menu', 'aria-label': t('photo.menu'), 'aria-haspopup': 'menu', 'aria-expanded': 'false' }, icon('more'));
    this.stage.append(this.image, this.state, this.handle, this.menu);
    this.dom = h('figure', { class: 'photo', contenteditable: 'false' }, this.stage, this.caption,
      h('div', { class: 'photo-alt-row' }, h('label', { for: this.alt.id }, t('photo.alt')), this.alt));
    this.silent = desk.uploads.listen((job) => job.id === this.node.attrs.upload && this.uploading(job));
    this.wire();
    this.render();
  }

  private wire(): void {
    this.caption.addEventListener('input', () => { this.set({ caption: this.caption.value.replace(/\s*\n\s*/g, ' ') }); grow(this.caption); });
    this.alt.addEventListener('input', () => this.set({ alt: this.alt.value }));
    // A file that this browser cannot show (HEIC) is shown when its rendition is there.
    this.image.addEventListener('error', () => this.dom.classList.add('is-unseen'));
    this.image.addEventListener('load', () => this.dom.classList.remove('is-unseen'));
    this.menu.addEventListener('click', () => popup(this.menu, t('photo.menu'), this.entries()));
    this.stage.addEventListener('click', (event) => {
      if (event.target === this.image) {
        this.select();
      }
    });
    this.dom.addEventListener('keydown', (event) => this.key(event));
    drag(this.editor, this.handle, this.dom, this.at);
  }

  private key(event: KeyboardEvent): void {
    const pos = this.at();
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown') && pos !== undefined) {
      event.preventDefault();
      const focused = (event.target as HTMLElement).className;
      photos.move(this.editor, pos, event.key === 'ArrowUp' ? -1 : 1);
      refocus(this.editor, focused);
    } else if (event.key === 'Enter' && event.target === this.caption && !event.isComposing) {
      event.preventDefault();
      if (pos !== undefined) {
        photos.writeBehind(this.editor, pos);
      }
    } else if (event.key === 'Escape' && event.target !== this.menu) {
      this.select();
      this.editor.view.focus();
    }
  }

  private select(): void {
    const pos = this.at();
    if (pos !== undefined) {
      this.editor.view.dispatch(this.editor.state.tr.setSelection(NodeSelection.create(this.editor.state.doc, pos)));
      this.editor.view.focus();
    }
  }

  private set(attrs: Record<string, unknown>): void {
    const pos = this.at();
    if (pos !== undefined) {
      photos.setPhoto(this.editor, pos, attrs);
    }
  }

  private do(f: (pos: number) => void): () => void {
    return () => {
      const pos = this.at();
      if (pos !== undefined) {
        f(pos);
      }
    };
  }

  private entries(): (Entry | null)[] {
    const pos = this.at() ?? 0;
    const digest = String(this.node.attrs.digest ?? '');
    const inGallery = this.editor.state.doc.resolve(pos).parent.type.name === 'gallery';
    const edit = this.editor;
    const rotate = (turns: 1 | 3): (() => void) => () => this.desk.rotate(this.at, digest, turns);
    return [
      { label: t('photo.up'), icon: 'up', run: this.do((at) => photos.move(edit, at, -1)) },
      { label: t('photo.down'), icon: 'down', run: this.do((at) => photos.move(edit, at, 1)) },
      null,
      ...(digest ? [
        { label: t('photo.replace'), icon: 'refresh', run: () => void this.replace() },
        { label: t('photo.rotate_left'), icon: 'rotate', run: rotate(3) },
        { label: t('photo.rotate_right'), icon: 'rotate', className: 'is-mirrored', run: rotate(1) },
        { label: t('photo.cover'), icon: 'star', disabled: this.desk.isCover(digest), run: () => this.desk.makeCover(digest) },
        null,
      ] : []),
      inGallery
        ? { label: t('photo.take_out'), icon: 'photo', run: this.do((at) => photos.takeOut(edit, at)) }
        : { label: t('photo.join'), icon: 'photos', disabled: !photos.hasNeighbours(edit.state.doc, pos), run: this.do((at) => photos.join(edit, at)) },
      { label: t('photo.delete'), icon: 'trash', className: 'is-grave', run: () => this.drop() },
    ];
  }

  private async replace(): Promise<void> {
    const [file] = await this.desk.choose(false);
    if (file) {
      this.set({ upload: this.desk.uploads.start(file).id });
    }
  }

  private drop(): void {
    const { upload } = this.node.attrs;
    if (upload) {
      this.desk.uploads.cancel(String(upload));
    }
    this.do((at) => photos.remove(this.editor, at))();
  }

  update(node: DocumentNode): boolean {
    if (node.type !== this.node.type) {
      return false;
    }
    this.node = node;
    this.render();
    return true;
  }

  private render(): void {
    const { digest, caption, alt, upload } = this.node.attrs;
    const known = digest ? this.desk.known[String(digest)] : undefined;
    const job = this.desk.uploads.get(upload as string | null);
    const source = job ? job.preview : digest ? rendition(String(digest), 'site-960') : '';
    if (source && this.image.getAttribute('src') !== source) {
      this.image.src = source;
      // The space is there before the picture, so that nothing moves when it comes.
      this.stage.style.aspectRatio = known && !job ? `${known.width} / ${known.height}` : '';
    }
    this.image.alt = String(alt || caption || known?.name || t('photo.one'));
    if (document.activeElement !== this.caption || this.caption.value.trim() !== String(caption).trim()) {
      this.caption.value = String(caption);
    }
    if (document.activeElement !== this.alt) {
      this.alt.value = String(alt);
    }
    requestAnimationFrame(() => grow(this.caption));
    this.uploading(job);
  }

  private uploading(job: Job | undefined): void {
    const lost = !job && !this.node.attrs.digest;
    this.state.hidden = !lost && (!job || job.status === 'done');
    this.dom.classList.toggle('is-uploading', !this.state.hidden);
    if (this.state.hidden) {
      return;
    }
    if (job && job.status !== 'failed') {
      const bar = this.state.querySelector('progress');
      if (bar) {
        bar.value = job.progress;
      } else {
        const cancel = h('button', { type: 'button', class: 'button small', onclick: () => this.stop() }, t('cancel'));
        fill(this.state, h('span', { class: 'photo-name' }, job.file.name), h('progress', { max: 1, value: job.progress, 'aria-label': job.file.name }), cancel);
      }
      return;
    }
    const again = job && h('button', { type: 'button', class: 'button small', onclick: () => this.desk.uploads.retry(job.id) }, t('upload.again'));
    fill(this.state, h('p', { class: 'photo-error', role: 'alert' }, job ? job.error : t('upload.lost')), again,
      h('button', { type: 'button', class: 'button small', onclick: () => this.stop() }, t('upload.remove')));
  }

  /** Gives up an upload: what was replaced comes back, what is new goes. */
  private stop(): void {
    const { upload, digest } = this.node.attrs;
    if (upload) {
      this.desk.uploads.cancel(String(upload));
    }
    if (digest) {
      this.set({ upload: null });
    } else {
      this.do((at) => photos.remove(this.editor, at))();
    }
  }

  selectNode(): void {
    this.dom.classList.add('is-selected');
  }

  deselectNode(): void {
    this.dom.classList.remove('is-selected');
  }

  stopEvent(event: Event): boolean {
    return event.target !== this.dom && event.target !== this.image;
  }

  ignoreMutation(): boolean {
    return true;
  }

  destroy(): void {
    this.silent();
  }
}

/** After a move the focus is where it was, in the same photo. */
function refocus(editor: Editor, className: string): void {
  const { selection } = editor.state;
  const dom = selection instanceof NodeSelection ? editor.view.nodeDOM(selection.from) : null;
  if (dom instanceof HTMLElement) {
    const field = className ? dom.getElementsByClassName(className)[0] : undefined;
    (field instanceof HTMLElement ? field : editor.view.dom).focus();
  }
}

function grow(area: HTMLTextAreaElement): void {
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}

export function galleryView(): NodeViewRenderer {
  return ({ editor, getPos }) => {
    const content = h('div', { class: 'gallery-photos' });
    const at = getPos as () => number | undefined;
    const handle = h('button', { type: 'button', class: 'photo-button photo-handle', 'aria-label': t('gallery.move'), title: t('photo.move_hint') }, icon('grip'));
    const apart = h('button', { type: 'button', class: 'button quiet small', onclick: () => { const pos = at(); if (pos !== undefined) { photos.dissolve(editor, pos); } } }, t('gallery.apart'));
    const head = h('div', { class: 'gallery-head', contenteditable: 'false' }, handle, h('span', { class: 'gallery-name' }, t('gallery.name')), apart);
    const dom = h('div', { class: 'gallery' }, head, content);
    handle.addEventListener('keydown', (event) => {
      const pos = at();
      if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown') && pos !== undefined) {
        event.preventDefault();
        photos.move(editor, pos, event.key === 'ArrowUp' ? -1 : 1);
      }
    });
    drag(editor, handle, dom, at);
    return {
      dom,
      contentDOM: content,
      stopEvent: (event: Event) => head.contains(event.target as Node),
      ignoreMutation: (mutation: { target: Node }) => !content.contains(mutation.target),
    };
  };
}
