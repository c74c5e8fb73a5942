// What is done with photos in the document: put in, moved, joined to galleries, taken out. Positions are the editor's.

import type { Editor } from '@tiptap/core';
import { Fragment, type Node as DocumentNode } from '@tiptap/pm/model';
import { NodeSelection, TextSelection } from '@tiptap/pm/state';
import type { Uploads } from './uploads';

/** Puts photos of these files at a place, in their order, and begins to upload them. */
export function insertFiles(editor: Editor, uploads: Uploads, files: File[], at?: number): void {
  const photo = editor.schema.nodes.photo!;
  insert(editor, files.map((file) => photo.create({ upload: uploads.start(file).id })), at);
}

/** Puts photos that the server has at a place. */
export function insertPhotos(editor: Editor, digests: string[], at?: number): void {
  const photo = editor.schema.nodes.photo!;
  insert(editor, digests.map((digest) => photo.create({ digest })), at);
}

function insert(editor: Editor, nodes: DocumentNode[], at?: number): void {
  const { state, view } = editor;
  const place = gap(state.doc, at ?? state.selection.from);
  const tr = state.tr;
  const parent = state.doc.resolve(place).nodeBefore;
  // An empty paragraph before the place is what was waiting for the photo.
  const from = parent?.type.name === 'paragraph' && parent.content.size === 0 ? place - parent.nodeSize : place;
  tr.replaceWith(from, place, nodes);
  view.dispatch(tr.scrollIntoView());
}

/** The nearest place between two top-level blocks: behind the one that a position is in. */
function gap(doc: DocumentNode, pos: number): number {
  const resolved = doc.resolve(Math.min(pos, doc.content.size));
  return resolved.depth === 0 ? resolved.pos : resolved.after(1);
}

/** Where a node with an upload's number is, if it is still in the document. */
export function findUpload(doc: DocumentNode, id: string): number | undefined {
  let found: number | undefined;
  doc.descendants((node, pos) => {
    if (node.attrs.upload === id) {
      found = pos;
    }
    return found === undefined && (node.type.name === 'gallery' || node.type.name === 'doc');
  });
  return found;
}

/** Changes what a photo is, without that being undone by itself. */
export function setPhoto(editor: Editor, pos: number, attrs: Record<string, unknown>, undoable = true): void {
  const node = editor.state.doc.nodeAt(pos);
  if (node?.type.name === 'photo') {
    const tr = editor.state.tr.setNodeMarkup(pos, undefined, { ...node.attrs, ...attrs });
    editor.view.dispatch(undoable ? tr : tr.setMeta('addToHistory', false));
  }
}

export function remove(editor: Editor, pos: number): void {
  const node = editor.state.doc.nodeAt(pos);
  if (node) {
    editor.view.dispatch(editor.state.tr.delete(pos, pos + node.nodeSize));
    editor.commands.focus();
  }
}

/** Moves a photo or gallery one place up or down; at the edge of its gallery, out of it. */
export function move(editor: Editor, pos: number, by: -1 | 1): void {
  const { doc } = editor.state;
  const node = doc.nodeAt(pos);
  const resolved = doc.resolve(pos);
  const index = resolved.index();
  const other = resolved.parent.maybeChild(index + by);
  if (!node) {
    return;
  }
  if (other) {
    transfer(editor, pos, by < 0 ? pos - other.nodeSize : pos + node.nodeSize + other.nodeSize);
  } else if (resolved.depth > 0) {
    transfer(editor, pos, by < 0 ? resolved.before() : resolved.after());
  }
}

/** Moves a node to a place before which or behind which it may stand, and keeps it chosen. */
export function transfer(editor: Editor, pos: number, to: number): void {
  const { state, view } = editor;
  const node = state.doc.nodeAt(pos);
  if (!node || (to >= pos && to <= pos + node.nodeSize)) {
    return;
  }
  const tr = state.tr.delete(pos, pos + node.nodeSize);
  const place = tr.mapping.map(to, to > pos ? -1 : 1);
  tr.insert(place, node);
  if (tr.doc.nodeAt(place)?.type === node.type) {
    tr.setSelection(NodeSelection.create(tr.doc, place));
  }
  view.dispatch(tr.scrollIntoView());
}

/** Whether a photo stands next to others that it could be shown together with. */
export function hasNeighbours(doc: DocumentNode, pos: number): boolean {
  const resolved = doc.resolve(pos);
  const [before, after] = [resolved.parent.maybeChild(resolved.index() - 1), resolved.parent.maybeChild(resolved.index() + 1)];
  return resolved.depth === 0 && [before, after].some((node) => node?.type.name === 'photo' || node?.type.name === 'gallery');
}

/** Makes one gallery of a photo and all photos and galleries that stand directly before and behind it. */
export function join(editor: Editor, pos: number): void {
  const { state, view } = editor;
  const resolved = state.doc.resolve(pos);
  const parent = resolved.parent;
  const joins = (index: number): boolean => ['photo', 'gallery'].includes(parent.maybeChild(index)?.type.name ?? '');
  let [first, last] = [resolved.index(), resolved.index()];
  let from = pos;
  while (joins(first - 1)) {
    first--;
    from -= parent.child(first).nodeSize;
  }
  while (joins(last + 1)) {
    last++;
  }
  let content = Fragment.empty;
  let size = 0;
  for (let i = first; i <= last; i++) {
    const node = parent.child(i);
    content = content.append(node.type.name === 'gallery' ? node.content : Fragment.from(node));
    size += node.nodeSize;
  }
  view.dispatch(state.tr.replaceWith(from, from + size, state.schema.nodes.gallery!.create(null, content)));
}

/** Takes a photo out of its gallery and puts it behind. */
export function takeOut(editor: Editor, pos: number): void {
  const resolved = editor.state.doc.resolve(pos);
  if (resolved.parent.type.name === 'gallery') {
    transfer(editor, pos, resolved.after());
  }
}

/** Takes a gallery apart into its photos. */
export function dissolve(editor: Editor, pos: number): void {
  const node = editor.state.doc.nodeAt(pos);
  if (node?.type.name === 'gallery') {
    editor.view.dispatch(editor.state.tr.replaceWith(pos, pos + node.nodeSize, node.content));
  }
}

/** Goes on writing behind a photo or gallery: in the paragraph that is there, or in a new one. */
export function writeBehind(editor: Editor, pos: number): void {
  const { state, view } = editor;
  const resolved = state.doc.resolve(pos);
  const behind = resolved.depth > 0 ? resolved.after(1) : pos + state.doc.nodeAt(pos)!.nodeSize;
  const tr = state.tr;
  if (!state.doc.nodeAt(behind)?.isTextblock) {
    tr.insert(behind, state.schema.nodes.paragraph!.create());
  }
  view.dispatch(tr.setSelection(TextSelection.create(tr.doc, behind + 1)).scrollIntoView());
  view.focus();
}

/** Every digest that the document shows. */
export function placed(doc: DocumentNode): Set<string> {
  const out = new Set<string>();
  doc.descendants((node) => {
    if (node.attrs.digest) {
      out.add(String(node.attrs.digest));
    }
    return node.type.name === 'gallery';
  });
  return out;
}
