// Choosing rows to do something with all of them: <form data-select>, checkboxes named as they are, one [data-select-all],
// and [data-select-bar] with [data-select-count], which is there while anything is chosen.

import { t } from '../lib/words';

export function selections(): void {
  document.addEventListener('change', (event) => {
    const box = event.target as HTMLInputElement;
    const form = box.closest<HTMLElement>('[data-select]');
    if (!form || box.type !== 'checkbox') {
      return;
    }
    if (box.dataset.selectAll !== undefined) {
      boxes(form).forEach((other) => { other.checked = box.checked; });
    }
    tell(form);
  });
  const all = (): void => document.querySelectorAll<HTMLElement>('[data-select]').forEach(tell);
  document.addEventListener('newsdesk:swapped', all);
  addEventListener('pageshow', all);
}

function boxes(form: HTMLElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>('input[type=checkbox][data-select-item]')];
}

function tell(form: HTMLElement): void {
  const every = boxes(form);
  const n = every.filter((box) => box.checked).length;
  const head = form.querySelector<HTMLInputElement>('[data-select-all]');
  if (head) {
    head.checked = n > 0 && n === every.length;
    head.indeterminate = n > 0 && n < every.length;
  }
  form.querySelectorAll<HTMLElement>('[data-select-bar]').forEach((bar) => { bar.hidden = n === 0; });
  form.querySelectorAll<HTMLElement>('[data-select-count]').forEach((count) => { count.textContent = t('select.count', { n }); });
}
