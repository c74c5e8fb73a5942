// What the editor's document may hold: exactly the blocks and looks of the body, see body.ts. Looks are classes and data
// attributes, never style attributes, which the pages' policy forbids.

import { Extension, Mark, mergeAttributes, Node, textblockTypeInputRule, type Extensions, type NodeViewRenderer } from '@tiptap/core';
import { Blockquote } from '@tiptap/extension-blockquote';
import { Bold } from '@tiptap/extension-bold';
import { Document } from '@tiptap/extension-document';
import { HardBreak } from '@tiptap/extension-hard-break';
import { Heading as BaseHeading } from '@tiptap/extension-heading';
import { HorizontalRule } from '@tiptap/extension-horizontal-rule';
import { Italic } from '@tiptap/extension-italic';
import { BulletList, ListItem, ListKeymap, OrderedList } from '@tiptap/extension-list';
import { Paragraph as BaseParagraph } from '@tiptap/extension-paragraph';
import { Strike } from '@tiptap/extension-strike';
import { Text } from '@tiptap/extension-text';
import { Underline } from '@tiptap/extension-underline';
import { Gapcursor, Placeholder, TrailingNode, UndoRedo } from '@tiptap/extensions';
import type { Node as DocumentNode } from '@tiptap/pm/model';
import { Plugin, type Transaction } from '@tiptap/pm/state';
import { goToNextCell, tableEditing } from '@tiptap/pm/tables';
import { PALETTE, safeLink, type Color } from './body';

const align = {
  align: {
    default: null,
    parseHTML: (element: HTMLElement) => {
      const value = element.dataset.align;
      return value === 'center' || value === 'right' ? value : null;
    },
    renderHTML: ({ align: value }: Record<string, unknown>) => (value ? { 'data-align': value } : {}),
  },
};

const Paragraph = BaseParagraph.extend({ addAttributes: () => align });

const Heading = BaseHeading.configure({ levels: [2, 3, 4] }).extend({
  addAttributes() {
    return { ...this.parent?.(), ...align };
  },
  // # is the title's level, which the body does not have: it makes the highest that there is.
  addInputRules() {
    return [textblockTypeInputRule({
      find: /^(#{1,4})\s$/,
      type: this.type,
      getAttributes: (match) => ({ level: Math.max(2, match[1]!.length) }),
    })];
  },
});

const Color = Mark.create({
  name: 'color',
  addAttributes: () => ({ color: { default: null } }),
  parseHTML: () => [{
    tag: 'span[data-color]',
    getAttrs: (element) => {
      const color = element.dataset.color as Color;
      return PALETTE.includes(color) ? { color } : false;
    },
  }],
  renderHTML: ({ mark }) => ['span', { 'data-color': mark.attrs.color, class: `color-${mark.attrs.color}` }, 0],
});

const Link = Mark.create({
  name: 'link',
  priority: 1000, // outermost
  inclusive: false,
  addAttributes: () => ({ href: { default: null } }),
  parseHTML: () => [{
    tag: 'a[href]',
    getAttrs: (element) => {
      const href = element.getAttribute('href') ?? '';
      return safeLink(href) ? { href } : false;
    },
  }],
  renderHTML: ({ mark }) => ['a', { href: mark.attrs.href, rel: 'noopener noreferrer', title: mark.attrs.href }, 0],
});

/** The views that draw what the browser cannot by itself. */
export interface Views {
  photo?: NodeViewRenderer;
  gallery?: NodeViewRenderer;
}

// An upload's number stands where the digest will be; see uploads.ts. It is in no copy and no body.
const photo = (view?: NodeViewRenderer) => Node.create({
  name: 'photo',
  group: 'block',
  atom: true,
  draggable: false, // dragging is our own, so that it works by touch
  addAttributes: () => ({
    digest: { default: null, parseHTML: (e: HTMLElement) => digestOf(e), renderHTML: (a: Record<string, unknown>) => ({ 'data-photo': a.digest }) },
    caption: { default: '', parseHTML: (e: HTMLElement) => e.dataset.caption ?? '', renderHTML: (a: Record<string, unknown>) => ({ 'data-caption': a.caption }) },
    alt: { default: '', parseHTML: (e: HTMLElement) => e.dataset.alt ?? '', renderHTML: (a: Record<string, unknown>) => ({ 'data-alt': a.alt }) },
    upload: { default: null, rendered: false },
  }),
  parseHTML: () => [{ tag: 'figure[data-photo]', getAttrs: (element) => (digestOf(element) ? {} : false) }],
  renderHTML: ({ HTMLAttributes }) => ['figure', mergeAttributes(HTMLAttributes)],
  ...(view ? { addNodeView: () => view } : {}),
});

function digestOf(element: HTMLElement): string | null {
  const digest = element.dataset.photo ?? '';
  return /^[0-9a-f]{64}$/.test(digest) ? digest : null;
}

const gallery = (view?: NodeViewRenderer) => Node.create({
  name: 'gallery',
  group: 'block',
  content: 'photo*', // an empty one does not last, see tidy
  isolating: true,
  parseHTML: () => [{ tag: 'div[data-gallery]' }],
  renderHTML: () => ['div', { 'data-gallery': '' }, 0],
  ...(view ? { addNodeView: () => view } : {}),
});

const role = {
  extendNodeSchema: (extension: { config: { tableRole?: string } }) => ({ tableRole: extension.config.tableRole }),
};

const Table = Node.create({
  name: 'table',
  group: 'block',
  content: 'tableRow+',
  isolating: true,
  tableRole: 'table',
  ...role,
  addAttributes: () => ({
    header: {
      default: false,
      parseHTML: (element: HTMLElement) => element.dataset.header !== undefined,
      renderHTML: ({ header }: Record<string, unknown>) => (header ? { 'data-header': '' } : {}),
    },
  }),
  parseHTML: () => [{ tag: 'table' }],
  renderHTML: ({ HTMLAttributes }) => ['table', HTMLAttributes, ['tbody', 0]],
  addProseMirrorPlugins: () => [tableEditing()],
  addKeyboardShortcuts() {
    const go = (direction: 1 | -1) => () => goToNextCell(direction)(this.editor.state, this.editor.view.dispatch);
    return { Tab: go(1), 'Shift-Tab': go(-1) };
  },
} as Parameters<typeof Node.create>[0]);

const TableRow = Node.create({
  name: 'tableRow',
  content: 'tableCell*',
  tableRole: 'row',
  ...role,
  parseHTML: () => [{ tag: 'tr' }],
  renderHTML: () => ['tr', 0],
} as Parameters<typeof Node.create>[0]);

const span = (name: 'colspan' | 'rowspan') => ({
  default: 1,
  parseHTML: (element: HTMLElement) => Math.min(100, Math.max(1, Number(element.getAttribute(name)) || 1)),
  renderHTML: (attributes: Record<string, unknown>) => (attributes[name] === 1 ? {} : { [name]: attributes[name] }),
});

const TableCell = Node.create({
  name: 'tableCell',
  content: 'paragraph+',
  isolating: true,
  tableRole: 'cell',
  ...role,
  addAttributes: () => ({ colspan: span('colspan'), rowspan: span('rowspan'), colwidth: { default: null, rendered: false } }),
  parseHTML: () => [{ tag: 'td' }, { tag: 'th' }],
  renderHTML: ({ HTMLAttributes }) => ['td', HTMLAttributes, 0],
} as Parameters<typeof Node.create>[0]);

/** Keeps the document in what the body can say: one list within an item, no gallery of less than two. */
const Tidy = Extension.create({
  name: 'tidy',
  addProseMirrorPlugins: () => [new Plugin({
    appendTransaction: (transactions, _, state) => {
      if (!transactions.some((transaction) => transaction.docChanged)) {
        return null;
      }
      const tr = state.tr;
      state.doc.descendants((node, pos) => tidyNode(tr, node, pos));
      return tr.docChanged ? tr : null;
    },
  })],
});

function tidyNode(tr: Transaction, node: DocumentNode, pos: number): boolean {
  const at = tr.mapping.map(pos);
  if (node.type.name === 'gallery' && node.childCount < 2) {
    tr.replaceWith(at, at + node.nodeSize, node.content);
  } else if (node.type.name === 'listItem' && node.childCount > 2) {
    const [first, ...rest] = node.children.slice(1);
    const joined = rest.reduce((all, list) => all.append(list.content), first!.content);
    tr.replaceWith(at + 1 + node.firstChild!.nodeSize, at + node.nodeSize - 1, first!.copy(joined));
  }
  return !node.isTextblock;
}

interface Options {
  views?: Views;
  placeholder?: string;
}

/** Everything the editor is made of, apart from what surrounds it. */
export function extensions({ views = {}, placeholder = '' }: Options = {}): Extensions {
  return [
    Document, Text, Paragraph, Heading, HardBreak, HorizontalRule,
    Blockquote.extend({ content: 'paragraph+' }),
    BulletList, OrderedList, ListItem.extend({ content: 'paragraph list*' }), ListKeymap,
    photo(views.photo), gallery(views.gallery), Table, TableRow, TableCell,
    Link, Bold, Italic, Underline, Strike, Color,
    UndoRedo, Gapcursor, TrailingNode, Tidy, Placeholder.configure({ placeholder }),
  ];
}
