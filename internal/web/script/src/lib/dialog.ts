// Dialogs: <dialog> gives the trap for the focus, Escape and the way back to where the focus was.

import { h, uid } from './dom';
import { t } from './words';

/** Closes a dialog that is clicked beside. */
export function closeBeside(dialog: HTMLDialogElement): void {
  let outside = false;
  const beside = (event: MouseEvent): boolean => {
    const box = dialog.getBoundingClientRect();
    return event.target === dialog && (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom);
  };
  dialog.addEventListener('pointerdown', (event) => { outside = beside(event); });
  dialog.addEventListener('click', (event) => {
    if (outside && beside(event)) {
      dialog.close();
    }
  });
}

interface Frame {
  title: string;
  body: Node[];
  actions: Node[];
  wide?: boolean;
  onclose?(): void;
}

/** Opens a dialog with a title, something in it and buttons; it is taken away when it closes. */
export function openDialog({ title, body, actions, wide, onclose }: Frame): HTMLDialogElement {
  const id = uid('dialog');
  const dialog = h('dialog', { class: wide ? 'dialog big' : 'dialog', 'aria-labelledby': id });
  dialog.append(
    h('div', { class: 'dialog-head' },
      h('h2', { id, class: 'dialog-title' }, title),
      h('button', { type: 'button', class: 'button quiet small icon-only', 'aria-label': t('close'), onclick: () => dialog.close() }, '×')),
    h('div', { class: 'dialog-body' }, ...body),
    h('div', { class: 'dialog-foot' }, ...actions));
  dialog.addEventListener('close', () => {
    dialog.remove();
    onclose?.();
  });
  closeBeside(dialog);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

interface Question {
  title?: string;
  text: string;
  yes: string;
  no?: string;
  grave?: boolean; // what cannot be undone
}

/** Asks a question; the answer is no unless yes is chosen. The focus begins on no. */
export function ask({ title, text, yes, no, grave }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = false;
    const refuse = h('button', { type: 'button', class: 'button', autofocus: true, onclick: () => dialog.close() }, no ?? t('cancel'));
    const accept = h('button', {
      type: 'button', class: grave ? 'button danger' : 'button primary', 'data-yes': true,
      onclick: () => { answer = true; dialog.close(); },
    }, yes);
    const words = h('p', { class: 'dialog-text', id: uid('question') }, text);
    const dialog = openDialog({ title: title ?? t('confirm.title'), body: [words], actions: [refuse, accept], onclose: () => resolve(answer) });
    dialog.setAttribute('role', 'alertdialog');
    dialog.setAttribute('aria-describedby', words.id);
    dialog.classList.add('dialog-question');
    refuse.focus();
  });
}
