// The preflight list: what would stand in the way of publishing, each entry a way to the place.

import { fill, h } from '../lib/dom';
import { t } from '../lib/words';
import { icon } from './icons';
import type { Finding } from './model';

export interface FindingsView {
  element: HTMLElement;
  show(findings: Finding[]): void;
  readonly count: { blocks: number; all: number };
}

export function findingsView(go: (where: string) => void, changed: () => void): FindingsView {
  const list = h('ul', { class: 'findings' });
  const none = h('p', { class: 'findings-none' }, icon('check'), h('span', {}, t('findings.none')));
  const element = h('div', { class: 'findings-panel' }, none, list);
  let shown = '';
  const count = { blocks: 0, all: 0 };
  const show = (findings: Finding[]): void => {
    const key = JSON.stringify(findings);
    if (key === shown) {
      return; // what has the focus keeps it
    }
    shown = key;
    const sorted = [...findings].sort((a, b) => Number(b.blocks) - Number(a.blocks));
    fill(list, ...sorted.map((finding) => row(finding, go)));
    none.hidden = findings.length > 0;
    count.all = findings.length;
    count.blocks = findings.filter((finding) => finding.blocks).length;
    changed();
  };
  return { element, show, count };
}

function row(finding: Finding, go: (where: string) => void): HTMLElement {
  const kind = finding.blocks ? 'blocks' : 'notes';
  return h('li', { class: `finding is-${kind}` },
    h('button', { type: 'button', class: 'finding-link', onclick: () => go(finding.where) },
      icon(finding.blocks ? 'alert' : 'info'),
      h('span', { class: 'finding-text' },
        h('span', { class: 'finding-kind' }, `${t(`findings.${kind}`)} · ${placeName(finding.where)}`), finding.text)));
}

/** What a place is called. */
export function placeName(where: string): string {
  const block = /blocks\[(\d+)\]/.exec(where);
  if (block) {
    return t('where.block', { at: Number(block[1]) + 1 });
  }
  const field = where.split(/[.[]/)[0] ?? '';
  return ['title', 'push_title', 'subtitle', 'digest', 'correction', 'cover', 'column', 'credits', 'body', 'attachments'].includes(field) ? t(`where.${field}`) : t('where.article');
}
