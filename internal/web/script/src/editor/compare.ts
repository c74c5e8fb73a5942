// Two states of an article side by side, block by block, and what to do about them.

import { h } from '../lib/dom';
import { openDialog } from '../lib/dialog';
import { moment, t } from '../lib/words';
import { size } from './attachments';
import { plainText, type Block } from './body';
import { CREDITS, type Content, type Newer } from './model';
import { renderBlock } from './render';

type Pair = [Block | undefined, Block | undefined];

/** Aligns two lists of blocks: equal ones face each other, and a changed one faces what it was made of. */
export function pairs(mine: Block[], theirs: Block[]): Pair[] {
  const [a, b] = [mine.map((block) => JSON.stringify(block)), theirs.map((block) => JSON.stringify(block))];
  const common = longest(a, b);
  const out: Pair[] = [];
  let [i, j] = [0, 0];
  for (const [x, y] of [...common, [a.length, b.length] as const]) {
    out.push(...changed(mine.slice(i, x), theirs.slice(j, y)));
    if (x < a.length) {
      out.push([mine[x], theirs[y]]);
    }
    [i, j] = [x + 1, y + 1];
  }
  return out;
}

/** Between two common blocks: those of a kind face each other, the rest stand alone. */
function changed(mine: Block[], theirs: Block[]): Pair[] {
  const out: Pair[] = [];
  let j = 0;
  for (const block of mine) {
    const match = theirs.findIndex((other, at) => at >= j && other.type === block.type);
    if (match < 0) {
      out.push([block, undefined]);
      continue;
    }
    theirs.slice(j, match).forEach((other) => out.push([undefined, other]));
    out.push([block, theirs[match]]);
    j = match + 1;
  }
  theirs.slice(j).forEach((other) => out.push([undefined, other]));
  return out;
}

function longest(a: string[], b: string[]): [number, number][] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i]![j] = a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  const out: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      out.push([i++, j++]);
    } else if (table[i + 1]![j]! >= table[i]![j + 1]!) {
      i++;
    } else {
      j++;
    }
  }
  return out;
}

/** The short fields, as lines with their names. */
function facts(content: Content): [string, string][] {
  return [
    [t('field.title'), content.title],
    [t('field.push_title'), content.push_title ?? ''],
    [t('field.correction'), content.correction ?? ''],
    [t('field.digest'), content.digest ?? ''],
    [t('field.column'), (content.column ?? []).join(' › ')],
    ...CREDITS.map((name): [string, string] => [t(`credit.${name}`), content.credits[name] ?? '']),
    [t('attach.title'), (content.attachments ?? []).map(({ name, size: bytes }) => `${name} (${size(bytes)})`).join('\n')],
    [t('where.cover'), [content.cover.photo?.slice(0, 8) ?? '', JSON.stringify([content.cover.wide ?? '', content.cover.square ?? ''])].join(' ')],
  ];
}

interface Choice {
  mine: Content;
  theirs: Content;
  newer: Newer;
  keepMine(): void;
  takeTheirs(): void;
}

/** Shows both and asks which shall go on; closing decides nothing. */
export function compareDialog({ mine, theirs, newer, keepMine, takeTheirs }: Choice): void {
  const rows: HTMLElement[] = [];
  const theirFacts = facts(theirs);
  facts(mine).forEach(([name, value], i) => {
    const other = theirFacts[i]![1];
    if (value !== other) {
      const cover = name === t('where.cover');
      const text = (v: string): HTMLElement => h('p', {}, h('span', { class: 'compare-name' }, name), cover ? t('compare.other_cover') : v || '—');
      rows.push(row(text(value), text(other), 'is-changed'));
    }
  });
  let same = 0;
  const flush = (): void => {
    if (same > 0) {
      rows.push(h('p', { class: 'compare-same' }, t('compare.same', { n: same })));
      same = 0;
    }
  };
  for (const [left, right] of pairs(mine.body.blocks, theirs.body.blocks)) {
    if (left && right && JSON.stringify(left) === JSON.stringify(right)) {
      same++;
      continue;
    }
    flush();
    rows.push(row(left && marked(left, right), right && marked(right, left), left && right ? 'is-changed' : 'is-alone'));
  }
  flush();
  const heads = h('div', { class: 'compare-row compare-heads' },
    h('h3', {}, t('compare.mine')), h('h3', {}, t('compare.theirs', { revision: newer.revision, author: newer.author, at: moment(new Date(newer.at)) })));
  const act = (f: () => void): (() => void) => () => { dialog.close(); f(); };
  const dialog = openDialog({
    title: t('compare.title'), wide: true,
    body: [h('p', { class: 'muted' }, t('compare.hint')), h('div', { class: 'compare' }, heads, ...rows)],
    actions: [
      h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('compare.later')),
      h('button', { type: 'button', class: 'button', onclick: act(takeTheirs) }, t('compare.take_theirs')),
      h('button', { type: 'button', class: 'button primary', onclick: act(keepMine) }, t('compare.keep_mine')),
    ],
  });
  dialog.classList.add('dialog-compare');
}

function row(left: HTMLElement | undefined, right: HTMLElement | undefined, kind: string): HTMLElement {
  const side = (content: HTMLElement | undefined, name: string): HTMLElement =>
    h('div', { class: `compare-side ${name} ${content ? '' : 'is-empty'}` }, content ?? h('span', { class: 'hint' }, t('compare.missing')));
  return h('div', { class: `compare-row ${kind}` }, side(left, 'is-mine'), side(right, 'is-theirs'));
}

/** A block, with the part of its text marked that differs from the other. */
function marked(block: Block, other: Block | undefined): HTMLElement {
  const element = renderBlock(block);
  const simple = block.type === 'paragraph' || block.type === 'heading';
  if (!simple || !other || (other.type !== 'paragraph' && other.type !== 'heading')) {
    return element;
  }
  const [a, b] = [[...plainText(block.text)], [...plainText(other.text)]];
  let [start, end] = [0, 0];
  while (start < a.length && a[start] === b[start]) {
    start++;
  }
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) {
    end++;
  }
  if (start + end < a.length) {
    const [from, to] = [a.slice(0, start).join('').length, a.slice(0, a.length - end).join('').length];
    markText(element, from, to);
  }
  return element;
}

/** Puts <mark> around a stretch of an element's text. */
function markText(element: HTMLElement, from: number, to: number): void {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const texts: [Text, number][] = [];
  let at = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text) {
      texts.push([node, at]);
      at += node.length;
    } else if (node instanceof HTMLBRElement) {
      at++;
    }
  }
  for (const [node, start] of texts) {
    const [first, last] = [Math.max(0, from - start), Math.min(node.length, to - start)];
    if (first < last) {
      const range = document.createRange();
      range.setStart(node, first);
      range.setEnd(node, last);
      range.surroundContents(h('mark'));
    }
  }
}
