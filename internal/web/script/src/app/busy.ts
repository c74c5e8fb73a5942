// A form is sent once: while the server works, its button is busy and a second click does nothing.

export function busyForms(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method === 'dialog' || form.method === 'get') {
      return; // htmx and our own modules mark their own
    }
    if (form.dataset.busy !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.busy = '';
    event.submitter?.setAttribute('aria-busy', 'true');
  });
  // Whoever comes back by the browser's button finds the form as it was.
  addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll<HTMLFormElement>('form[data-busy]')) {
      delete form.dataset.busy;
      form.querySelector('[aria-busy]')?.removeAttribute('aria-busy');
    }
  });
}
