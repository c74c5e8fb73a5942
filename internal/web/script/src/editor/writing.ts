// The body's editor: TipTap with our schema, pasting and dropping through our own readers, photos by way of uploads.

import { Editor } from '@tiptap/core';
import { Fragment, Slice, type Node as DocumentNode } from '@tiptap/pm/model';
import { NodeSelection, TextSelection } from '@tiptap/pm/state';
import { sentence, json } from '../lib/http';
import { announce, toast } from '../lib/toast';
import { t } from '../lib/words';
import { blockToDoc, fromDoc, origins, toDoc, type Body, type DocNode } from './body';
import { linkDialog } from './linkdialog';
import type { Draft } from './model';
import { parsePaste, readPaste, tame, type Pasted } from './paste';
import { picturesOf } from './rtf';
import * as photos from './photos';
import { galleryView, photoView } from './photoview';
import { extensions } from './schema';
import type { Job, Uploaded, Uploads } from './uploads';

const MOST_PASTED = 8 << 20; // characters of markup

interface Surroundings {
  element: HTMLElement;
  draft: Draft;
  uploads: Uploads;
  makeCover(digest: string): void;
  choose(multiple: boolean): Promise<File[]>;
}

export class Writing {
  readonly editor: Editor;
  private loading = false;

  constructor(private readonly around: Surroundings) {
    const { draft, uploads, element } = around;
    const desk = {
      uploads,
      known: draft.photos,
      isCover: (digest: string) => draft.get('cover')?.photo === digest,
      makeCover: around.makeCover,
      rotate: (at: () => number | undefined, digest: string, turns: 1 | 3) => void this.rotate(at, digest, turns),
      choose: around.choose,
    };
    this.editor = new Editor({
      element,
      extensions: extensions({ views: { photo: photoView(desk), gallery: galleryView() }, placeholder: t('body.placeholder') }),
      content: toDoc(draft.readBody()),
      injectCSS: false,
      editorProps: {
        attributes: { class: 'body', role: 'textbox', 'aria-multiline': 'true', 'aria-label': t('where.body'), 'data-where': 'body', spellcheck: 'false' },
        handleKeyDown: (_, event) => this.key(event),
        transformPastedHTML: tame, // what says that it is our own may be anybody's
        handleTextInput: (view, _from, _to, text) => {
          // What is typed while a photo is chosen goes behind it and does not take its place.
          const { selection } = view.state;
          if (!(selection instanceof NodeSelection) || !['photo', 'gallery'].includes(selection.node.type.name)) {
            return false;
          }
          photos.writeBehind(this.editor, selection.from);
          this.editor.view.dispatch(this.editor.state.tr.insertText(text));
          return true;
        },
        handleDOMEvents: {
          paste: (_, event) => this.paste(event),
          drop: (_, event) => this.drop(event),
        },
      },
      onUpdate: () => this.loading || draft.changed('body'),
    });
    const read = draft.readBody;
    let cached: { doc: DocumentNode; body: Body } | undefined;
    draft.readBody = () => {
      if (this.editor.isDestroyed) {
        return read();
      }
      const { doc } = this.editor.state;
      if (cached?.doc !== doc) {
        cached = { doc, body: fromDoc(doc.toJSON() as DocNode) };
      }
      return cached.body;
    };
    uploads.listen((job) => this.settle(job));
    this.editor.on('transaction', ({ transaction }) => transaction.docChanged && this.settleAll());
  }

  /** Shows another body; it can be undone like everything else. */
  load(body: Body): void {
    this.loading = true;
    this.editor.commands.setContent(toDoc(body), { emitUpdate: false });
    this.loading = false;
  }

  addFiles(files: File[], at?: number): void {
    if (files.length > 0) {
      photos.insertFiles(this.editor, this.around.uploads, files, at);
      announce(t('upload.started', { n: files.length }));
    }
  }

  /** Adds the photos among files that were dropped, and says of the others that they are none. */
  addDropped(files: FileList, at: number): void {
    const photos = pictures(files);
    this.addFiles(photos, at);
    if (photos.length === 0) {
      toast(t('upload.no_photos'), 'bad');
    } else if (photos.length < files.length) {
      toast(t('upload.not_photos', { n: files.length - photos.length }), 'bad');
    }
  }

  /** Goes to a block by its number in the body, and marks it for a moment. */
  goTo(block: number): void {
    const { editor } = this;
    const index = origins(editor.state.doc.toJSON() as DocNode)[block];
    if (index === undefined) {
      editor.commands.focus('end');
      return;
    }
    let pos = 0;
    for (let i = 0; i < index; i++) {
      pos += editor.state.doc.child(i).nodeSize;
    }
    const { doc } = editor.state;
    const node = doc.child(index);
    const selection = node.isTextblock ? TextSelection.create(doc, pos + 1) : node.isAtom ? NodeSelection.create(doc, pos) : TextSelection.near(doc.resolve(pos + 1));
    editor.view.dispatch(editor.state.tr.setSelection(selection));
    editor.view.focus();
    const dom = editor.view.nodeDOM(pos);
    if (dom instanceof HTMLElement) {
      dom.scrollIntoView({ block: 'center' });
      flash(dom);
    }
  }

  private key(event: KeyboardEvent): boolean {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      linkDialog(this.editor);
      return true;
    }
    const { selection } = this.editor.state;
    const moves = event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown');
    if (moves && selection instanceof NodeSelection && ['photo', 'gallery', 'table', 'horizontalRule'].includes(selection.node.type.name)) {
      photos.move(this.editor, selection.from, event.key === 'ArrowUp' ? -1 : 1);
      return true;
    }
    const opens = event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10');
    if ((event.key === 'Enter' || opens) && selection instanceof NodeSelection && selection.node.type.name === 'photo') {
      const dom = this.editor.view.nodeDOM(selection.from) as HTMLElement | null;
      dom?.querySelector<HTMLElement>(opens ? '.photo-menu' : '.photo-caption')?.[opens ? 'click' : 'focus']();
      event.preventDefault();
      return true;
    }
    return false;
  }

  // Pasting and dropping

  private paste(event: ClipboardEvent): boolean {
    const clipboard = event.clipboardData;
    if (!clipboard || (event.target as Element).closest?.('input, textarea')) {
      return false;
    }
    const markup = clipboard.getData('text/html');
    const files = pictures(clipboard.files);
    // What is copied from Word comes with a picture of itself; a picture copied by itself comes with nothing but its tag.
    if (files.length > 0 && (!markup || !wordsIn(markup))) {
      event.preventDefault();
      this.addFiles(files);
      return true;
    }
    if (!markup || markup.includes('data-pm-slice')) {
      return false; // words alone, or our own
    }
    event.preventDefault();
    this.insert(markup, /<img\b[^>]*\bsrc\s*=\s*["']?file:/i.test(markup) ? picturesOf(clipboard.getData('text/rtf')) : []);
    return true;
  }

  private insert(markup: string, carried: string[] = []): void {
    if (markup.length > MOST_PASTED && !/data:image/.test(markup)) {
      toast(t('paste.large'), 'bad');
      return;
    }
    const pasted = readPaste(parsePaste(markup), carried);
    this.insertPasted(pasted);
    if (pasted.left > 0) {
      toast(t('paste.left', { n: pasted.left }), 'info');
    }
  }

  private insertPasted({ blocks, images }: Pasted): void {
    const { editor } = this;
    const jobs = images.map(({ data }, i) => fileOf(data, i)).map((file) => file && this.around.uploads.start(file));
    const nodes = blocks.flatMap((block) => {
      const image = block.type === 'photo' ? /^image:(\d+)$/.exec(block.photo) : null;
      if (!image) {
        return blockToDoc(block);
      }
      const at = Number(image[1]);
      const job = jobs[at];
      return job ? [{ type: 'photo', attrs: { upload: job.id, alt: images[at]!.alt } }] : [];
    });
    if (nodes.length === 0) {
      return;
    }
    const inside = editor.isActive('tableCell') || editor.isActive('listItem') || editor.isActive('blockquote');
    const parsed = nodes.map((node) => editor.schema.nodeFromJSON(node));
    const content = Fragment.from(inside ? flattened(parsed) : parsed);
    const open = (node: DocumentNode | null | undefined): number => (node?.type.name === 'paragraph' && !(content.childCount > 1 && node.attrs.align) ? 1 : 0);
    const slice = new Slice(content, open(content.firstChild), open(content.lastChild));
    editor.view.dispatch(editor.state.tr.replaceSelection(slice).scrollIntoView().setMeta('paste', true));
  }

  private drop(event: DragEvent): boolean {
    if (!event.dataTransfer?.types.includes('Files')) {
      const markup = event.dataTransfer?.getData('text/html');
      if (markup && !markup.includes('data-pm-slice')) {
        event.preventDefault(); // from another window: the same door as for pasting
        this.insert(markup);
        return true;
      }
      return false;
    }
    event.preventDefault();
    this.addDropped(event.dataTransfer.files, this.landing(event));
    return true;
  }

  /** The gap between blocks that is nearest to the pointer. */
  private landing(event: DragEvent): number {
    const { view, state } = this.editor;
    let place = 0;
    state.doc.forEach((node, pos) => {
      const dom = view.nodeDOM(pos);
      const box = dom instanceof HTMLElement ? dom.getBoundingClientRect() : undefined;
      if (box && event.clientY > box.top + box.height / 2) {
        place = pos + node.nodeSize;
      }
    });
    return place;
  }

  // Photos

  private settle(job: Job): void {
    if (job.status !== 'done' || !job.result) {
      return;
    }
    const { digest, name, width, height, focus } = job.result;
    this.around.draft.photos[digest] = { name, width, height, ...(focus ? { focus } : {}) };
    const pos = photos.findUpload(this.editor.state.doc, job.id);
    if (pos !== undefined) {
      photos.setPhoto(this.editor, pos, { digest, upload: null }, false);
    }
  }

  /** What undo brings back with an upload's number gets its digest, if the upload is through by now. */
  private settleAll(): void {
    const waiting: string[] = [];
    this.editor.state.doc.descendants((node) => {
      if (node.attrs.upload) {
        waiting.push(String(node.attrs.upload));
      }
      return node.type.name === 'gallery';
    });
    const done = waiting.map((id) => this.around.uploads.get(id)).filter((job) => job?.status === 'done');
    if (done.length > 0) {
      queueMicrotask(() => done.forEach((job) => this.settle(job!)));
    }
  }

  private async rotate(at: () => number | undefined, digest: string, turns: 1 | 3): Promise<void> {
    try {
      const { digest: turned, name, width, height, focus } = await json<Uploaded>(`/photos/${digest}/rotate`, { method: 'POST', body: { turns } });
      const { draft } = this.around;
      draft.photos[turned] = { name, width, height, ...(focus ? { focus } : {}) };
      const pos = at();
      if (pos !== undefined && this.editor.state.doc.nodeAt(pos)?.attrs.digest === digest) {
        photos.setPhoto(this.editor, pos, { digest: turned });
      }
      if (draft.get('cover')?.photo === digest) {
        draft.set('cover', { photo: turned, focus: focus ?? { x: 0.5, y: 0.5 } });
      }
      announce(t('photo.rotated'));
    } catch (error) {
      toast(sentence(error), 'bad');
    }
  }
}

/** In cells, items and quotes only paragraphs can stand. */
function flattened(nodes: DocumentNode[]): DocumentNode[] {
  const out: DocumentNode[] = [];
  const paragraph = nodes[0]!.type.schema.nodes.paragraph!;
  nodes.forEach((node) => {
    if (node.isTextblock) {
      out.push(paragraph.create(null, node.content));
    } else {
      node.descendants((inner) => {
        if (inner.isTextblock) {
          out.push(paragraph.create(null, inner.content));
        }
        return !inner.isTextblock;
      });
    }
  });
  return out;
}

/** The photos among files. Some systems name no type for HEIC. */
export function pictures(files: FileList | null | undefined): File[] {
  return [...(files ?? [])].filter((file) => file.type.startsWith('image/') ? file.type !== 'image/svg+xml' : /\.(jpe?g|png|gif|webp|heic|heif|avif|bmp|tiff?)$/i.test(file.name));
}

function wordsIn(markup: string): boolean {
  return (parsePaste(markup).textContent ?? '').trim() !== '';
}

function fileOf(data: string, index: number): File | undefined {
  const found = /^data:(image\/[a-z]+);base64,(.*)$/is.exec(data);
  try {
    const bytes = Uint8Array.from(atob(found![2]!.replace(/\s/g, '')), (c) => c.charCodeAt(0));
    return new File([bytes], `${index + 1}.${found![1]!.slice(6).replace('jpeg', 'jpg')}`, { type: found![1]! });
  } catch {
    return undefined;
  }
}

/** Draws the eye to an element for a moment. */
export function flash(element: HTMLElement): void {
  element.classList.add('is-flashing');
  setTimeout(() => element.classList.remove('is-flashing'), 1600);
}
