// A second question before what cannot easily be undone:
//
//	<form data-confirm="Retract the article?" data-confirm-title="…" data-confirm-yes="Retract" data-confirm-grave>
//
// The attributes may stand on the form or on one of its buttons. Without scripts the server asks, or the form is sent.

import { ask } from '../lib/dialog';
import { t } from '../lib/words';

const agreed = new WeakSet<HTMLFormElement>();

export function confirms(): void {
  // Before htmx and everybody else hears of it.
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    const submitter = event.submitter as HTMLButtonElement | null;
    const asking = submitter?.dataset.confirm ? submitter : form.dataset.confirm ? form : null;
    if (!asking || agreed.delete(form)) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    void question(asking, submitter).then((yes) => {
      if (yes) {
        agreed.add(form);
        form.requestSubmit(submitter);
      }
    });
  }, true);
}

function question(asking: HTMLElement, submitter: HTMLElement | null): Promise<boolean> {
  const { confirm = '', confirmTitle, confirmYes, confirmGrave } = asking.dataset;
  return ask({
    text: confirm,
    title: confirmTitle,
    yes: confirmYes || submitter?.textContent?.trim() || t('confirm.yes'),
    grave: confirmGrave !== undefined || submitter?.classList.contains('danger'),
  });
}
