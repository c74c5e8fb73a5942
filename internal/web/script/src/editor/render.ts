// Blocks to read, not to write: for comparing two bodies.

import { h } from '../lib/dom';
import { t } from '../lib/words';
import { safeLink, type Block, type Items, type Picture, type Run } from './body';
import { rendition } from './model';

export function renderBlock(block: Block): HTMLElement {
  switch (block.type) {
    case 'paragraph': return h('p', { 'data-align': block.align }, ...runs(block.text));
    case 'heading': return h(`h${block.level}` as 'h2', { 'data-align': block.align }, ...runs(block.text));
    case 'photo': return picture(block);
    case 'gallery': return h('div', { class: 'read-gallery' }, ...block.photos.map(picture));
    case 'list': return list(block);
    case 'quote': return h('blockquote', {}, ...block.paragraphs.map(({ text }) => h('p', {}, ...runs(text))));
    case 'table': return h('table', { 'data-header': block.header ?? false }, h('tbody', {}, ...block.rows.map((row) => h('tr', {},
      ...row.map((cell) => h('td', { colspan: cell.colspan, rowspan: cell.rowspan, 'data-align': cell.align }, ...runs(cell.text)))))));
    case 'divider': return h('hr');
  }
}

function picture({ photo, caption, alt }: Picture): HTMLElement {
  return h('figure', {}, h('img', { src: rendition(photo, 'site-480'), alt: alt ?? caption ?? t('photo.one'), loading: 'lazy' }), caption ? h('figcaption', {}, caption) : null);
}

function list(items: Items): HTMLElement {
  return h(items.ordered ? 'ol' : 'ul', { start: items.start }, ...items.items.map((item) => h('li', {}, ...runs(item.text), item.list ? list(item.list) : null)));
}

function runs(text: Run[]): Node[] {
  return text.flatMap((run) => run.text.split('\n').flatMap((line, i) => [...(i > 0 ? [h('br')] : []), look(run, line)]));
}

function look(run: Run, text: string): Node {
  let node: Node = document.createTextNode(text);
  const wrap = (tag: 'strong' | 'em' | 'u' | 's' | 'span' | 'a', attributes: Record<string, string> = {}): void => { node = h(tag, attributes, node); };
  if (run.bold) { wrap('strong'); }
  if (run.italic) { wrap('em'); }
  if (run.underline) { wrap('u'); }
  if (run.strike) { wrap('s'); }
  if (run.color) { wrap('span', { class: `color-${run.color}` }); }
  if (run.link && safeLink(run.link)) { wrap('a', { href: run.link, target: '_blank', rel: 'noopener noreferrer' }); }
  return node;
}
