// A button that copies a text with its looks: <button data-copy-rich="HTML" data-copy-text="TEXT" data-copy-shown="SHOWN"
// data-copied="Copied" hidden>. HTML and TEXT are fields that hold the two forms, SHOWN is where it can be seen. An editor takes
// the form it likes better.

import { announce } from '../lib/toast';

export function richCopies(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy-rich]')) {
    const { copyRich, copyText, copyShown } = button.dataset;
    const markup = field(copyRich);
    const plain = field(copyText);
    if (!markup || !plain) {
      continue;
    }
    button.hidden = false;
    button.addEventListener('click', () => void copy(button, markup.value, plain.value, document.getElementById(copyShown ?? '')));
  }
}

function field(id: string | undefined): HTMLTextAreaElement | null {
  return document.getElementById(id ?? '') as HTMLTextAreaElement | null;
}

async function copy(button: HTMLButtonElement, markup: string, plain: string, shown: HTMLElement | null): Promise<void> {
  // The old way first: it works over http too, as in many offices, and puts the markup there as it is. The newer one parses it
  // under this page's policy, which complains of its styles.
  if (!byCommand(markup, plain)) {
    try {
      const part = (type: string, text: string): Record<string, Blob> => ({ [type]: new Blob([text], { type }) });
      await navigator.clipboard.write([new ClipboardItem({ ...part('text/html', markup), ...part('text/plain', plain) })]);
    } catch {
      select(shown); // for the keyboard
      return;
    }
  }
  const said = button.dataset.copied ?? '';
  const label = button.querySelector('span');
  if (label) {
    label.textContent = said;
  }
  announce(said);
}

function byCommand(markup: string, plain: string): boolean {
  let taken = false;
  const fill = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/html', markup);
    event.clipboardData?.setData('text/plain', plain);
    event.preventDefault();
    taken = true;
  };
  document.addEventListener('copy', fill, { once: true, capture: true });
  document.execCommand('copy');
  document.removeEventListener('copy', fill, { capture: true });
  return taken;
}

function select(shown: HTMLElement | null): void {
  if (shown) {
    getSelection()?.selectAllChildren(shown);
    shown.focus();
  }
}
