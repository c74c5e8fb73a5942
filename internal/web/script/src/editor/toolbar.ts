// The bar above the body. One Tab stop; arrows go from button to button. On a phone it is one row that scrolls.

import type { Editor } from '@tiptap/core';
import type { Command as PMCommand } from '@tiptap/pm/state';
import * as tables from '@tiptap/pm/tables';
import { h } from '../lib/dom';
import { t } from '../lib/words';
import { PALETTE } from './body';
import { icon } from './icons';
import { linkDialog } from './linkdialog';
import { popup, type Entry } from './popup';

interface Tool {
  name: string; // of its words: tool.<name>
  icon: string;
  keys?: string;
  run(editor: Editor, button: HTMLButtonElement): void;
  active?(editor: Editor): boolean;
  enabled?(editor: Editor): boolean;
  menu?: boolean;
}

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const MOD = MAC ? '⌘' : 'Ctrl+';

function mark(name: 'bold' | 'italic' | 'underline' | 'strike', keys: string): Tool {
  return {
    name, icon: name, keys,
    run: (editor) => editor.chain().focus().toggleMark(name).run(),
    active: (editor) => editor.isActive(name),
    enabled: (editor) => editor.can().toggleMark(name),
  };
}

function aligning(name: 'center' | 'end', value: 'center' | 'right'): Tool {
  const active = (editor: Editor): boolean => editor.isActive({ align: value });
  return {
    name, icon: name, active,
    run: (editor) => {
      const align = active(editor) ? null : value; // pressed again, the text stands as the theme has it
      editor.chain().focus().updateAttributes('paragraph', { align }).updateAttributes('heading', { align }).run();
    },
  };
}

function tools(addPhotos: () => void): (Tool | null)[] {
  return [
    { name: 'undo', icon: 'undo', keys: `${MOD}Z`, run: (editor) => editor.chain().focus().undo().run(), enabled: (editor) => editor.can().undo() },
    { name: 'redo', icon: 'redo', keys: MAC ? '⇧⌘Z' : 'Ctrl+Y', run: (editor) => editor.chain().focus().redo().run(), enabled: (editor) => editor.can().redo() },
    null,
    { name: 'photos', icon: 'photos', run: addPhotos },
    mark('bold', `${MOD}B`), mark('italic', `${MOD}I`), mark('underline', `${MOD}U`), mark('strike', `${MOD}⇧S`),
    { name: 'color', icon: 'color', menu: true, run: colors, active: (editor) => editor.isActive('color') },
    { name: 'link', icon: 'link', keys: `${MOD}K`, run: (editor) => linkDialog(editor), active: (editor) => editor.isActive('link') },
    { name: 'clear', icon: 'clear', run: (editor) => editor.chain().focus().unsetAllMarks().run() },
    null,
    { name: 'bullets', icon: 'list', run: (editor) => editor.chain().focus().toggleBulletList().run(), active: (editor) => editor.isActive('bulletList') },
    { name: 'numbers', icon: 'numbered', run: (editor) => editor.chain().focus().toggleOrderedList().run(), active: (editor) => editor.isActive('orderedList') },
    { name: 'quote', icon: 'quote', run: (editor) => editor.chain().focus().toggleBlockquote().run(), active: (editor) => editor.isActive('blockquote') },
    null,
    aligning('center', 'center'), aligning('end', 'right'),
    null,
    { name: 'table', icon: 'table', menu: true, run: tableMenu, active: (editor) => editor.isActive('table') },
    { name: 'divider', icon: 'divider', run: (editor) => editor.chain().focus().setHorizontalRule().run() },
  ];
}

const STYLES = ['paragraph', 'heading2', 'heading3', 'heading4'] as const;

function styleOf(editor: Editor): (typeof STYLES)[number] {
  const level = editor.isActive('heading') ? Number(editor.getAttributes('heading').level) : 0;
  return STYLES[Math.max(0, level - 1)] ?? 'paragraph';
}

function setStyle(editor: Editor, style: string): void {
  const level = Number(style.slice(-1)) as 2 | 3 | 4;
  const chain = editor.chain().focus();
  (style === 'paragraph' ? chain.setParagraph() : chain.setHeading({ level })).run();
}

function colors(editor: Editor, button: HTMLButtonElement): void {
  const now = editor.getAttributes('color').color as string | undefined;
  const entry = (color: string | undefined): Entry => ({
    label: t(`color.${color ?? 'none'}`), className: color ? `swatch swatch-${color}` : 'swatch', checked: now === color,
    run: () => (color ? editor.chain().focus().setMark('color', { color }).run() : editor.chain().focus().unsetMark('color').run()),
  });
  popup(button, t('tool.color'), [entry(undefined), ...PALETTE.map(entry)]);
}

function tableMenu(editor: Editor, button: HTMLButtonElement): void {
  if (!editor.isActive('table')) {
    insertTable(editor, 3, 3);
    return;
  }
  const run = (command: PMCommand): (() => void) => () => { command(editor.state, editor.view.dispatch); editor.view.focus(); };
  const can = (command: PMCommand): boolean => !command(editor.state);
  const entry = (name: string, command: PMCommand): Entry => ({ label: t(`table.${name}`), disabled: can(command), run: run(command) });
  popup(button, t('tool.table'), [
    entry('row_above', tables.addRowBefore), entry('row_below', tables.addRowAfter),
    entry('column_before', tables.addColumnBefore), entry('column_after', tables.addColumnAfter),
    null,
    entry('merge', tables.mergeCells), entry('split', tables.splitCell),
    { label: t('table.header'), checked: Boolean(editor.getAttributes('table').header), run: () => editor.chain().focus().updateAttributes('table', { header: !editor.getAttributes('table').header }).run() },
    null,
    { ...entry('delete_row', tables.deleteRow), className: 'is-grave' }, { ...entry('delete_column', tables.deleteColumn), className: 'is-grave' },
    { ...entry('delete', tables.deleteTable), className: 'is-grave' },
  ]);
}

function insertTable(editor: Editor, rows: number, columns: number): void {
  const cell = { type: 'tableCell', content: [{ type: 'paragraph' }] };
  const row = { type: 'tableRow', content: Array.from({ length: columns }, () => cell) };
  const from = editor.state.selection.from;
  editor.chain().focus().insertContent({ type: 'table', attrs: { header: true }, content: Array.from({ length: rows }, () => row) }).run();
  // On into the first cell.
  editor.state.doc.nodesBetween(Math.max(0, from - 1), editor.state.doc.content.size, (node, pos) => {
    if (node.type.name === 'table' && pos >= from - 2) {
      editor.commands.setTextSelection(pos + 4);
      return false;
    }
    return node.type.name === 'doc';
  });
}

/** Makes the bar; it follows what is selected in the editor. */
export function toolbar(editor: Editor, addPhotos: () => void): HTMLElement {
  const bar = h('div', { class: 'toolbar', role: 'toolbar', 'aria-label': t('tool.bar'), 'aria-controls': editor.view.dom.id || null });
  const select = h('select', { class: 'tool-style', 'aria-label': t('tool.style'), tabindex: '0', onchange: () => setStyle(editor, select.value) },
    ...STYLES.map((style) => h('option', { value: style }, t(`style.${style}`))));
  const buttons: [Tool, HTMLButtonElement][] = [];
  bar.append(select);
  for (const tool of tools(addPhotos)) {
    if (!tool) {
      bar.append(h('span', { class: 'tool-line', 'aria-hidden': 'true' }));
      continue;
    }
    const label = t(`tool.${tool.name}`);
    const button = h('button', {
      type: 'button', class: `tool tool-${tool.name}`, tabindex: '-1', 'aria-label': label, title: tool.keys ? `${label} (${tool.keys})` : label,
      'aria-haspopup': tool.menu ? 'menu' : null, 'aria-pressed': tool.active && !tool.menu ? 'false' : null,
      onclick: () => tool.run(editor, button),
    }, icon(tool.icon));
    button.addEventListener('pointerdown', (event) => event.preventDefault()); // the selection stays in the text
    buttons.push([tool, button]);
    bar.append(button);
  }
  roving(bar);
  const follow = (): void => {
    select.value = styleOf(editor);
    for (const [tool, button] of buttons) {
      const active = tool.active?.(editor) ?? false;
      button.classList.toggle('is-active', active);
      if (button.hasAttribute('aria-pressed')) {
        button.setAttribute('aria-pressed', String(active));
      }
      // Not disabled, or the focus would fall out of the bar.
      button.setAttribute('aria-disabled', String(!(tool.enabled?.(editor) ?? true)));
    }
  };
  editor.on('transaction', follow);
  follow();
  return bar;
}

function roving(bar: HTMLElement): void {
  const all = (): HTMLElement[] => [...bar.querySelectorAll<HTMLElement>('select, button')];
  bar.addEventListener('keydown', (event) => {
    const list = all();
    const at = list.indexOf(document.activeElement as HTMLElement);
    const go: Record<string, number> = { ArrowRight: (at + 1) % list.length, ArrowLeft: (at - 1 + list.length) % list.length, Home: 0, End: list.length - 1 };
    if (at >= 0 && event.key in go) {
      event.preventDefault();
      list[go[event.key]!]?.focus();
    }
  });
  bar.addEventListener('focusin', (event) => {
    all().forEach((tool) => { tool.tabIndex = tool === event.target ? 0 : -1; });
  });
}
