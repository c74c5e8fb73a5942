// The body's JSON form, as internal/press/body.go defines it, and its way into the editor's document and back.
//
// toDoc and fromDoc are pure. What comes back is always canonical, by the same rules as press.Body.Normalize, so that it
// is written in the same bytes as the server's.

export type Align = 'center' | 'right';
export const PALETTE = ['red', 'orange', 'green', 'blue', 'purple', 'gray'] as const;
export type Color = (typeof PALETTE)[number];

export interface Run {
  text: string;
  bold?: boolean;
  italic?: boolean;
  underline?: boolean;
  strike?: boolean;
  color?: Color;
  link?: string;
}

export interface Paragraph { type: 'paragraph'; align?: Align; text: Run[] }
export interface Heading { type: 'heading'; level: number; align?: Align; text: Run[] }
export interface Picture { photo: string; caption?: string; alt?: string }
export interface PictureBlock extends Picture { type: 'photo' }
export interface Gallery { type: 'gallery'; photos: Picture[] }
export interface ListItem { text: Run[]; list?: Items | null }
export interface Items { ordered?: boolean; start?: number; items: ListItem[] }
export interface List extends Items { type: 'list' }
export interface Quote { type: 'quote'; paragraphs: { align?: Align; text: Run[] }[] }
export interface Cell { align?: Align; colspan?: number; rowspan?: number; text: Run[] }
export interface Table { type: 'table'; header?: boolean; rows: Cell[][] }
export interface Divider { type: 'divider' }
export type Block = Paragraph | Heading | PictureBlock | Gallery | List | Quote | Table | Divider;
export interface Body { version: 1; blocks: Block[] }

/** A node of the editor's document in JSON. */
export interface DocNode {
  type: string;
  attrs?: Record<string, unknown>;
  content?: DocNode[];
  marks?: DocMark[];
  text?: string;
}
export interface DocMark { type: string; attrs?: Record<string, unknown> }

export const MAX_LIST_DEPTH = 6;
const BLANK = ' \\t\\r\\n\\u00a0\\u3000\\u200b\\ufeff'; // press.blank: trimmed at the ends of stretches
const LEADING = new RegExp(`^[${BLANK}]+`);
const TRAILING = new RegExp(`[${BLANK}]+$`);
const SPACE = '\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'; // Go's unicode.IsSpace
const OUTER = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, 'g');
const INNER = new RegExp(`[${SPACE}]+`, 'g');

/** Characters as Go counts them: code points. */
export function runes(text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++, n++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code < 0xdc00) {
      const next = text.charCodeAt(i + 1);
      i += next >= 0xdc00 && next < 0xe000 ? 1 : 0;
    }
  }
  return n;
}

/** A short field in its canonical form, as press.Content.Normalize makes it. */
export function oneLine(text: string): string {
  return text.replace(OUTER, '').replace(INNER, ' ').replace(LEADING, '').replace(TRAILING, '');
}

// Canonical form

/** The body in the one form that all bodies reading the same have. */
export function normalize(body: Body): Body {
  return { version: 1, blocks: body.blocks.map(normalizeBlock).filter((block) => block !== null) };
}

function normalizeBlock(block: Block): Block | null {
  switch (block.type) {
    case 'paragraph': {
      const text = normalizeRuns(block.text);
      return text.length ? { type: 'paragraph', ...aligned(block.align), text } : null;
    }
    case 'heading': {
      const text = normalizeRuns(block.text);
      return text.length ? { type: 'heading', level: block.level, ...aligned(block.align), text } : null;
    }
    case 'photo':
      return { type: 'photo', ...normalizePicture(block) };
    case 'gallery': {
      const photos = block.photos.map(normalizePicture);
      return photos.length === 0 ? null : photos.length === 1 ? { type: 'photo', ...photos[0]! } : { type: 'gallery', photos };
    }
    case 'list': {
      const list = normalizeList(block);
      return list.items.length ? { type: 'list', ...list } : null;
    }
    case 'quote': {
      const paragraphs = block.paragraphs.map(({ align, text }) => ({ ...aligned(align), text: normalizeRuns(text) }));
      const kept = paragraphs.filter(({ text }) => text.length > 0);
      return kept.length ? { type: 'quote', paragraphs: kept } : null;
    }
    case 'table':
      return block.rows.length ? { type: 'table', ...(block.header ? { header: true } : {}), rows: block.rows.map((row) => row.map(normalizeCell)) } : null;
    case 'divider':
      return { type: 'divider' };
  }
}

function aligned(align: Align | undefined): { align?: Align } {
  return align ? { align } : {};
}

function normalizePicture({ photo, caption = '', alt = '' }: Picture): Picture {
  const [shown, aloud] = [caption.replace(OUTER, ''), alt.replace(OUTER, '')];
  return { photo, ...(shown ? { caption: shown } : {}), ...(aloud ? { alt: aloud } : {}) };
}

function normalizeList(list: Items): Items {
  const items: ListItem[] = [];
  for (const item of list.items) {
    const text = normalizeRuns(item.text);
    const inner = item.list ? normalizeList(item.list) : undefined;
    const kept = inner && inner.items.length > 0 ? { list: inner } : {};
    if (text.length > 0 || kept.list) {
      items.push({ text, ...kept });
    }
  }
  const start = list.ordered && list.start && list.start !== 1 ? { start: list.start } : {};
  return { ...(list.ordered ? { ordered: true } : {}), ...start, items };
}

function normalizeCell({ align, colspan = 0, rowspan = 0, text }: Cell): Cell {
  return {
    ...aligned(align),
    ...(colspan === 0 || colspan === 1 ? {} : { colspan }),
    ...(rowspan === 0 || rowspan === 1 ? {} : { rowspan }),
    text: normalizeRuns(text),
  };
}

/** Joins neighbours with the same look, drops white space at both ends and empty runs. */
export function normalizeRuns(runs: Run[]): Run[] {
  const out: Run[] = [];
  for (const run of runs) {
    if (run.text === '') {
      continue;
    }
    const last = out[out.length - 1];
    if (last && sameLook(last, run)) {
      last.text += run.text;
    } else {
      out.push(plainRun(run));
    }
  }
  while (out[0] && (out[0].text = out[0].text.replace(LEADING, '')) === '') {
    out.shift();
  }
  for (let last = out.at(-1); last && (last.text = last.text.replace(TRAILING, '')) === ''; last = out.at(-1)) {
    out.pop();
  }
  return out;
}

/** A run with its fields in the order in which they are written. */
function plainRun(run: Run): Run {
  const out: Run = { text: run.text };
  if (run.bold) { out.bold = true; }
  if (run.italic) { out.italic = true; }
  if (run.underline) { out.underline = true; }
  if (run.strike) { out.strike = true; }
  if (run.color) { out.color = run.color; }
  if (run.link) { out.link = run.link; }
  return out;
}

function sameLook(a: Run, b: Run): boolean {
  return !a.bold === !b.bold && !a.italic === !b.italic && !a.underline === !b.underline && !a.strike === !b.strike &&
    (a.color ?? '') === (b.color ?? '') && (a.link ?? '') === (b.link ?? '');
}

/** The words of runs without their looks. */
export function plainText(runs: Run[]): string {
  return runs.map((run) => run.text).join('');
}

/** Calls f for every stretch of text, in reading order; captions are not part of it. */
export function eachRuns(body: Body, f: (runs: Run[]) => void): void {
  const items = (list: Items): void => list.items.forEach((item) => {
    f(item.text);
    if (item.list) { items(item.list); }
  });
  for (const block of body.blocks) {
    switch (block.type) {
      case 'paragraph': case 'heading': f(block.text); break;
      case 'list': items(block); break;
      case 'quote': block.paragraphs.forEach(({ text }) => f(text)); break;
      case 'table': block.rows.flat().forEach(({ text }) => f(text)); break;
    }
  }
}

/** The body's words, a line for each stretch. */
export function bodyText(body: Body): string {
  const lines: string[] = [];
  eachRuns(body, (text) => lines.push(plainText(text)));
  return lines.filter(Boolean).join('\n');
}

/** Every placed photo in reading order. */
export function pictures(body: Body): Picture[] {
  return body.blocks.flatMap((block) => block.type === 'photo' ? [block] : block.type === 'gallery' ? block.photos : []);
}

/**
 * Whether an address may stand behind words: absolute http or https, or mailto. It is a little stricter than
 * press.SafeLink, which has the last word.
 */
export function safeLink(link: string): boolean {
  if (!link || link.length > 1000 || new TextEncoder().encode(link).length > 1000 || /[\u0000-\u0020\u007f-\u009f\s\p{Cf}]/u.test(link) || /%0[ad]/i.test(link)) {
    return false;
  }
  if (/^mailto:[^@?#/]+@[^@/?#]+/i.test(link)) {
    return true;
  }
  if (!/^https?:\/\/[^/]/i.test(link) || /%(?![0-9a-f]{2})/i.test(link)) {
    return false;
  }
  try {
    const url = new URL(link);
    return url.hostname !== '' && !/^https?:\/\/[^/?#]*@/i.test(link);
  } catch {
    return false;
  }
}

// Into the editor's document

/** The editor's document of a body. A document has at least one paragraph to write in. */
export function toDoc(body: Body): DocNode {
  const content = body.blocks.flatMap(blockToDoc);
  return { type: 'doc', content: content.length ? content : [{ type: 'paragraph' }] };
}

/** The nodes of one block; none for what is empty and cannot be edited. */
export function blockToDoc(block: Block): DocNode[] {
  switch (block.type) {
    case 'paragraph':
      return [textNode('paragraph', block.text, { align: block.align ?? null })];
    case 'heading':
      return [textNode('heading', block.text, { level: block.level, align: block.align ?? null })];
    case 'photo':
      return [photoNode(block)];
    case 'gallery':
      return block.photos.length ? [{ type: 'gallery', content: block.photos.map(photoNode) }] : [];
    case 'list':
      return block.items.length ? [listNode(block)] : [];
    case 'quote':
      return block.paragraphs.length
        ? [{ type: 'blockquote', content: block.paragraphs.map(({ align, text }) => textNode('paragraph', text, { align: align ?? null })) }]
        : [];
    case 'table':
      return block.rows.length
        ? [{ type: 'table', attrs: { header: block.header ?? false }, content: block.rows.map((row) => ({ type: 'tableRow', content: row.map(cellNode) })) }]
        : [];
    case 'divider':
      return [{ type: 'horizontalRule' }];
  }
}

function textNode(type: string, text: Run[], attrs: Record<string, unknown>): DocNode {
  const content = runsToDoc(text);
  return { type, attrs, ...(content.length ? { content } : {}) };
}

function photoNode({ photo, caption = '', alt = '' }: Picture): DocNode {
  return { type: 'photo', attrs: { digest: photo, caption, alt } };
}

function listNode(list: Items): DocNode {
  const content = list.items.map((item) => {
    const inner = item.list && item.list.items.length ? [listNode(item.list)] : [];
    return { type: 'listItem', content: [textNode('paragraph', item.text, { align: null }), ...inner] };
  });
  return list.ordered ? { type: 'orderedList', attrs: { start: list.start || 1 }, content } : { type: 'bulletList', content };
}

function cellNode({ align, colspan = 0, rowspan = 0, text }: Cell): DocNode {
  return {
    type: 'tableCell',
    attrs: { colspan: Math.max(1, colspan), rowspan: Math.max(1, rowspan), colwidth: null },
    content: [textNode('paragraph', text, { align: align ?? null })],
  };
}

/** Runs as text and line breaks with marks. */
export function runsToDoc(runs: Run[]): DocNode[] {
  const out: DocNode[] = [];
  for (const run of runs) {
    const marks = marksOf(run);
    const look = marks.length ? { marks } : {};
    run.text.split('\n').forEach((line, i) => {
      if (i > 0) {
        out.push({ type: 'hardBreak', ...look });
      }
      if (line) {
        out.push({ type: 'text', text: line, ...look });
      }
    });
  }
  return out;
}

function marksOf(run: Run): DocMark[] {
  const marks: DocMark[] = [];
  if (run.link) { marks.push({ type: 'link', attrs: { href: run.link } }); }
  if (run.bold) { marks.push({ type: 'bold' }); }
  if (run.italic) { marks.push({ type: 'italic' }); }
  if (run.underline) { marks.push({ type: 'underline' }); }
  if (run.strike) { marks.push({ type: 'strike' }); }
  if (run.color) { marks.push({ type: 'color', attrs: { color: run.color } }); }
  return marks;
}

// And back

/** The body of an editor's document, in canonical form. */
export function fromDoc(doc: DocNode): Body {
  return normalize({ version: 1, blocks: (doc.content ?? []).flatMap(nodeToBlock) });
}

/** For each block of fromDoc(doc), the number of the node it came from. */
export function origins(doc: DocNode): number[] {
  return (doc.content ?? []).flatMap((node, i) => (normalize({ version: 1, blocks: nodeToBlock(node) }).blocks.length ? [i] : []));
}

function nodeToBlock(node: DocNode): Block[] {
  const content = node.content ?? [];
  switch (node.type) {
    case 'paragraph':
      return [{ type: 'paragraph', ...alignOf(node), text: runsOf(node) }];
    case 'heading':
      return [{ type: 'heading', level: Number(node.attrs?.level), ...alignOf(node), text: runsOf(node) }];
    case 'photo':
      return pictureOf(node).map((picture) => ({ type: 'photo', ...picture }));
    case 'gallery':
      return [{ type: 'gallery', photos: content.flatMap(pictureOf) }];
    case 'bulletList': case 'orderedList':
      return [{ type: 'list', ...itemsOf(node) }];
    case 'blockquote':
      return [{ type: 'quote', paragraphs: content.map((p) => ({ ...alignOf(p), text: runsOf(p) })) }];
    case 'table':
      return [{ type: 'table', header: Boolean(node.attrs?.header), rows: content.map((row) => (row.content ?? []).map(cellOf)) }];
    case 'horizontalRule':
      return [{ type: 'divider' }];
  }
  return [];
}

function alignOf(node: DocNode): { align?: Align } {
  return aligned((node.attrs?.align ?? undefined) as Align | undefined);
}

/** A photo that is still on its way to the server is not part of the body yet. */
function pictureOf(node: DocNode): Picture[] {
  const { digest, caption, alt } = node.attrs ?? {};
  return digest ? [{ photo: String(digest), caption: String(caption ?? ''), alt: String(alt ?? '') }] : [];
}

/** An item holds one list in the body; what the editor has as several follows each other in it. */
function itemsOf(node: DocNode): Items {
  const items = (node.content ?? []).map((item) => {
    const text: Run[] = [];
    let list: Items | undefined;
    for (const child of item.content ?? []) {
      if (child.type === 'paragraph') {
        addLine(text, runsOf(child));
      } else {
        const inner = itemsOf(child);
        list = list ? { ...list, items: [...list.items, ...inner.items] } : inner;
      }
    }
    return { text, ...(list ? { list } : {}) };
  });
  const ordered = node.type === 'orderedList';
  return { ordered, start: ordered ? Number(node.attrs?.start ?? 1) : 0, items };
}

/** Paragraphs of a cell are lines of its text; the first says how it is aligned. */
function cellOf(node: DocNode): Cell {
  const text: Run[] = [];
  for (const paragraph of node.content ?? []) {
    addLine(text, runsOf(paragraph));
  }
  const { colspan, rowspan } = node.attrs ?? {};
  return { ...(node.content?.[0] ? alignOf(node.content[0]) : {}), colspan: Number(colspan ?? 1), rowspan: Number(rowspan ?? 1), text };
}

function addLine(text: Run[], more: Run[]): void {
  if (text.length > 0 && more.length > 0) {
    text.push({ text: '\n' });
  }
  text.push(...more);
}

function runsOf(node: DocNode): Run[] {
  return (node.content ?? []).map((child) => {
    const run: Run = { text: child.type === 'hardBreak' ? '\n' : (child.text ?? '') };
    for (const { type, attrs } of child.marks ?? []) {
      switch (type) {
        case 'bold': case 'italic': case 'underline': case 'strike': run[type] = true; break;
        case 'color': run.color = attrs?.color as Color; break;
        case 'link': run.link = String(attrs?.href ?? ''); break;
      }
    }
    return run;
  });
}
