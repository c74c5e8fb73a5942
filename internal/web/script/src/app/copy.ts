// A button that copies what stands in a field: <button data-copy="FIELD" data-copied="Copied" hidden>. It is hidden where
// it cannot work, and the field can be selected by hand there.

import { announce } from '../lib/toast';

export function copies(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    const field = document.getElementById(button.dataset.copy ?? '') as HTMLInputElement | null;
    if (!field) {
      continue;
    }
    field.addEventListener('focus', () => field.select());
    button.hidden = false;
    button.addEventListener('click', () => void copy(field, button));
  }
}

async function copy(field: HTMLInputElement, button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(field.value);
  } catch { // not over https, or not allowed: selected, for the keyboard
    field.focus();
    field.select();
    if (!document.execCommand('copy')) {
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
