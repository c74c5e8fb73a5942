// Asks for the address behind words, or for a new one.

import type { Editor } from '@tiptap/core';
import { getMarkRange } from '@tiptap/core';
import { h } from '../lib/dom';
import { openDialog } from '../lib/dialog';
import { t } from '../lib/words';
import { safeLink } from './body';

/** Completes what people type: an e-mail address, an address without its scheme. */
export function completed(typed: string): string {
  const text = typed.trim();
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) {
    return text;
  }
  return /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(text) ? `mailto:${text}` : `https://${text}`;
}

export function linkDialog(editor: Editor): void {
  const { state } = editor;
  const type = state.schema.marks.link!;
  const old = editor.getAttributes('link').href as string | undefined;
  const range = old ? getMarkRange(state.selection.$from, type) : undefined;
  const words = range ? '' : state.doc.textBetween(state.selection.from, state.selection.to, ' ');
  const address = h('input', { class: 'input', id: 'link-address', type: 'text', inputmode: 'url', autocomplete: 'off', value: old ?? '', maxlength: '1000', 'aria-describedby': 'link-wrong' });
  const text = h('input', { class: 'input', id: 'link-text', type: 'text', value: words, maxlength: '500' });
  const wrong = h('p', { class: 'hint bad', id: 'link-wrong', role: 'alert' });
  const form = h('form', { class: 'form', id: 'link-form', method: 'dialog' },
    h('p', { class: 'field' }, h('label', { for: 'link-address' }, t('link.address')), address, h('span', { class: 'hint' }, t('link.hint')), wrong),
    range || words ? null : h('p', { class: 'field' }, h('label', { for: 'link-text' }, t('link.text')), text));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const href = completed(address.value);
    if (!safeLink(href)) {
      wrong.textContent = t('link.wrong');
      address.setAttribute('aria-invalid', 'true');
      address.focus();
      return;
    }
    dialog.close();
    apply(editor, href, range ?? undefined, words ? '' : text.value);
  });
  const remove = old
    ? h('button', { type: 'button', class: 'button danger', onclick: () => { dialog.close(); editor.chain().focus().extendMarkRange('link').unsetMark('link').run(); } }, t('link.remove'))
    : null;
  const save = h('button', { type: 'submit', form: 'link-form', class: 'button primary' }, t('link.save'));
  const cancel = h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('cancel'));
  const dialog = openDialog({
    title: t(old ? 'link.change' : 'link.add'), body: [form], actions: [...(remove ? [remove] : []), cancel, save],
    onclose: () => editor.view.focus(),
  });
  address.focus();
  address.select();
}

function apply(editor: Editor, href: string, range: { from: number; to: number } | undefined, text: string): void {
  const chain = editor.chain().focus();
  if (range) {
    chain.setTextSelection(range).setMark('link', { href }).run();
  } else if (editor.state.selection.empty) {
    chain.insertContent({ type: 'text', text: text.trim() || href, marks: [{ type: 'link', attrs: { href } }] }).run();
  } else {
    chain.setMark('link', { href }).run();
  }
}
