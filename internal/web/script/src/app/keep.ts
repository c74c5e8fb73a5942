// Words that are being typed into a form survive the tab and a server that is away: <textarea data-keep="KEY">. What the
// server put into the field itself (what it refused) goes first. A form that was taken leaves its page, and its key with it.

const PREFIX = 'newsdesk-keep:';
const DAYS = 3;

interface Kept { at: number; text: string }

export function keeps(): void {
  prune();
  for (const field of document.querySelectorAll<HTMLTextAreaElement>('textarea[data-keep]')) {
    const key = PREFIX + field.dataset.keep;
    const kept = read(key);
    if (kept && field.value === '') {
      field.value = kept.text;
      field.closest('details')?.setAttribute('open', '');
    }
    field.addEventListener('input', () => write(key, field.value));
    // What was sent is forgotten when the next page of this tab has been answered; until then it may still be lost.
    field.form?.addEventListener('submit', () => sent(key));
  }
  settle();
}

const SENT = 'newsdesk-sent';

function sent(key: string): void {
  try {
    sessionStorage.setItem(SENT, key);
  } catch { /* full, or not allowed */ }
}

// settle forgets what the page before sent, unless this page shows a refusal.
function settle(): void {
  try {
    const key = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    if (key && !document.querySelector('.alert.bad[role="alert"]')) {
      localStorage.removeItem(key);
      const field = document.querySelector<HTMLTextAreaElement>(`textarea[data-keep="${CSS.escape(key.slice(PREFIX.length))}"]`);
      if (field) {
        field.value = field.defaultValue;
        field.closest('details')?.removeAttribute('open');
      }
    }
  } catch { /* not allowed */ }
}

function read(key: string): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}

function write(key: string, text: string): void {
  try {
    if (text.trim() === '') {
      localStorage.removeItem(key);
    } else {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), text }));
    }
  } catch { /* full, or not allowed: it stays in the field */ }
}

function prune(): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && (read(key)?.at ?? 0) < Date.now() - DAYS * 86_400_000) {
        localStorage.removeItem(key);
      }
    }
  } catch { /* not allowed */ }
}
