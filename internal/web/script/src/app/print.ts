// <button type="button" data-print hidden>: prints the page. Without scripts the browser's own menu does.

export function prints(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  }
}
