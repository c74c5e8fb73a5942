// htmx reads its settings from the page's head while it loads, so this is imported before it.
// The policy of the pages forbids scripts made of text, and indicators are styled by our own sheet.
if (!document.querySelector('meta[name="htmx-config"]')) {
  const meta = document.createElement('meta');
  meta.name = 'htmx-config';
  meta.content = JSON.stringify({ includeIndicatorCSS: false, history: 'reload', extensions: 'newsdesk' });
  document.head.append(meta);
}
