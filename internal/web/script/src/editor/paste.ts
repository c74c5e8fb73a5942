// What is pasted from Word, WPS, WeChat and web pages becomes blocks; what is not a block does not exist. It keeps to the
// rules by which internal/intake reads documents, so that pasting and handing in give the same.

import {
  MAX_LIST_DEPTH, normalize, normalizeRuns, PALETTE, plainText, runes, safeLink,
  type Align, type Block, type Cell, type Color, type Items, type ListItem, type Run,
} from './body';

/** A picture that was inside what was pasted, and stands where the block with its number as digest is. */
export interface PastedImage { data: string; alt: string }

export interface Pasted {
  blocks: Block[];
  images: PastedImage[]; // block {type: photo, photo: "image:N"} stands for images[N]
  left: number; // pictures that could not be taken along: only their address was pasted
}

const MAX_BLOCKS = 2000;
const MAX_IMAGES = 100;
const MAX_DEPTH = 400; // elements; the browser's own parser stops at 512

const DROPPED = new Set(('script style iframe object embed applet noscript noembed noframes frameset template textarea select option optgroup ' +
  'button input datalist audio video canvas map title meta link base head xml xmp plaintext dialog progress meter svg math').split(' '));
const BLOCKS = new Set(('p div section article main header footer nav aside center address dl dt dd fieldset legend form details summary body ' +
  'li caption figcaption hgroup search tr td th tbody thead tfoot pre h1 h2 h3 h4 h5 h6').split(' '));

interface Marker { list: string; level: number; text: string }
interface Context { look: Omit<Run, 'text'>; align?: Align; level: number; size: number; pre: boolean; depth: number }
interface Piece { block: Block; marker?: Marker; size?: number; bold?: boolean }

const STYLE = 'data-pasted-style';
const TAG = /<[a-z](?:"[^"]*"|'[^']*'|[^'">])*(>)?/giy;
const FORBIDDEN = /([\s"'/])(style|on[a-z]+)(?=[\s=/>])/gi;
const RAW = /<(style|noscript)\b|<base\b[^<>]*>/gi; // what a page that runs scripts does not parse

/**
 * Takes from markup what the page's policy forbids even in a document that nobody sees: style and event attributes get
 * other names, style sheets go.
 */
export function tame(markup: string): string {
  const source = withoutRaw(markup);
  let out = '';
  let from = 0;
  for (let at = source.indexOf('<'); at >= 0; at = source.indexOf('<', Math.max(at + 1, from))) {
    TAG.lastIndex = at;
    const tag = TAG.exec(source);
    if (tag && !tag[1]) {
      break; // it has no end, and whatever begins behind it would be looked through again to the end of everything
    }
    if (tag) {
      out += source.slice(from, at) + tag[0].replace(FORBIDDEN, '$1data-pasted-$2');
      from = at + tag[0].length;
    }
  }
  return out + source.slice(from);
}

/** Where an element begins and ends that holds no markup, looked for once: an end that is missing is missing for all behind. */
function closeOf(markup: string, name: string, from: number, missing: Set<string>): RegExpExecArray | null {
  if (missing.has(name)) {
    return null;
  }
  const close = new RegExp(`</${name}\\s{0,100}>`, 'gi');
  close.lastIndex = from;
  const found = close.exec(markup);
  if (!found) {
    missing.add(name);
  }
  return found;
}

function withoutRaw(markup: string): string {
  const missing = new Set<string>();
  let out = '';
  let from = 0;
  RAW.lastIndex = 0;
  for (let found = RAW.exec(markup); found; found = RAW.exec(markup)) {
    const close = found[1] ? closeOf(markup, found[1].toLowerCase(), RAW.lastIndex, missing) : found;
    if (close) {
      out += markup.slice(from, found.index);
      from = close.index + close[0].length;
      RAW.lastIndex = from;
    }
  }
  return out + markup.slice(from);
}

/** Parses pasted markup without running or fetching anything. */
export function parsePaste(markup: string): Element {
  const root = new DOMParser().parseFromString(tame(markup), 'text/html').body;
  applySheets(root, sheetRules(markup));
  return root;
}

/** Reads what parsePaste has parsed. Carried are the pictures that came beside it, in their order, '' for those not to be used. */
export function readPaste(root: Element, carried: string[] = []): Pasted {
  if (carried.length > 0) {
    giveCarried(root, carried);
  }
  const reader = new Reader();
  reader.children(root, { look: {}, level: 0, size: 0, pre: false, depth: 0 });
  reader.flush();
  const blocks = headings(groupLists(reader.pieces)).map((piece) => piece.block);
  return { blocks: normalize({ version: 1, blocks }).blocks.slice(0, MAX_BLOCKS), images: reader.images, left: reader.left };
}

/**
 * Puts the pictures that Word and WPS copied beside the text to the places where they stand in it. Only where their numbers
 * agree: a picture at a wrong place is worse than one that is missing.
 */
function giveCarried(root: Element, carried: string[]): void {
  const places = [...root.querySelectorAll('img')].filter((img) => /^file:/i.test(img.getAttribute('src') ?? ''));
  if (places.length === carried.length) {
    places.forEach((img, i) => carried[i] && img.setAttribute('src', carried[i]!));
  }
}

// Style sheets: Excel, WPS and Word on a Mac say in a sheet alone what is bold or centred. Of a rule only what is read here is
// taken, and only from rules for a class; what a sheet hides stays, because a saved page hides its article until a script ran.

const SHEETS = /<style\b[^<>]*>/gi;
const MAX_RULES = 2000;
const MAX_SELECTOR = 200;

/** What stands in the style elements of markup. */
function* sheetsOf(markup: string): Generator<string> {
  const missing = new Set<string>();
  SHEETS.lastIndex = 0;
  for (let found = SHEETS.exec(markup); found; found = SHEETS.exec(markup)) {
    const close = closeOf(markup, 'style', SHEETS.lastIndex, missing);
    if (!close) {
      return;
    }
    yield markup.slice(found.index + found[0].length, close.index);
    SHEETS.lastIndex = close.index + close[0].length;
  }
}

/** The rules of a sheet: what stands before the braces, and in them. */
function rulesOf(sheet: string): [string, string][] {
  return sheet.split('}').slice(0, -1).map((rule) => {
    const parts = rule.split('{');
    return [parts.at(-2) ?? '', parts.length > 1 ? parts.at(-1)! : ''];
  });
}

/** The rules for classes in the sheets of pasted markup, by their selectors. */
export function sheetRules(markup: string): Map<string, string> {
  const rules = new Map<string, string>();
  let left = 1 << 20;
  for (const sheet of sheetsOf(markup)) {
    left -= sheet.length;
    if (left < 0) {
      break;
    }
    for (const [selectors, body] of rulesOf(sheet)) {
      const looks = body.split(';').filter((part) => /^\s*(text-align|font-(weight|style|size)|text-decoration(-line)?|color|mso-(hide|list|outline-level))\s*:/i.test(part));
      for (const selector of looks.length > 0 ? selectors.split(',') : []) {
        const found = /^([a-z][a-z0-9]*)?\.([\w-]{1,80})$/i.exec(selector.trim().slice(0, MAX_SELECTOR).replace(/^[\s<!-]+|[\s>-]+$/g, ''));
        if (found && rules.size < MAX_RULES) {
          const key = `${(found[1] ?? '').toLowerCase()}.${found[2]}`;
          rules.set(key, `${rules.get(key) ?? ''}${looks.join(';')};`.slice(0, 4096));
        }
      }
    }
  }
  return rules;
}

function applySheets(root: Element, rules: Map<string, string>): void {
  for (const element of rules.size > 0 ? root.querySelectorAll('[class]') : []) {
    const found = [...element.classList].slice(0, 8).map((name) => (rules.get(`.${name}`) ?? '') + (rules.get(`${element.localName}.${name}`) ?? '')).join('');
    if (found && found.length <= 4096) {
      element.setAttribute(STYLE, found + (element.getAttribute(STYLE) ?? ''));
    }
  }
}

class Reader {
  pieces: Piece[] = [];
  readonly images: PastedImage[] = [];
  left = 0;
  private runs: Run[] = [];
  private after: Piece[] = []; // pictures met inside the running paragraph, which follow it
  private space: '' | ' ' | '\n' = ''; // what is pending between words; a line feed is one of the source, not of the text
  private block: Context | undefined; // of the paragraph
  private marker: Marker | undefined;
  private largest = 0;
  private bold = true;

  children(parent: Node, context: Context): void {
    for (const child of parent.childNodes) {
      if (this.pieces.length > MAX_BLOCKS) {
        return;
      }
      if (child.nodeType === 3) {
        this.text(child.nodeValue ?? '', context);
      } else if (child.nodeType === 1 && context.depth < MAX_DEPTH) {
        this.element(child as Element, { ...context, depth: context.depth + 1 });
      }
    }
  }

  private element(element: Element, outer: Context): void {
    const name = element.localName;
    const style = declarations(element);
    this.background(element);
    if (dropped(element, name, style)) {
      return;
    }
    const context = styled(element, name, style, outer);
    switch (name) {
      case 'br': this.lineBreak(context); return;
      case 'hr': this.flush(); this.pieces.push({ block: { type: 'divider' } }); return;
      case 'img': case 'image': this.image(element); return;
      case 'ul': case 'ol': case 'menu': case 'dir': this.list(element, context); return;
      case 'blockquote': this.quote(element, context); return;
      case 'table': this.table(element, context); return;
    }
    if (style['mso-list'] === 'ignore') {
      this.mark(element, context);
    } else if (isBlock(name, element)) {
      this.enter(element, name, style, context);
    } else {
      this.children(element, context);
    }
  }

  private enter(element: Element, name: string, style: Record<string, string>, context: Context): void {
    this.flush();
    const [outerBlock, outerMarker] = [this.block, this.marker];
    this.block = { ...context, level: /^h[1-6]$/.test(name) ? Number(name[1]) : titled(element, style) || context.level, pre: context.pre || name === 'pre' };
    this.marker = markerOf(style) ?? outerMarker;
    this.children(element, this.block);
    this.flush();
    this.block = outerBlock;
    this.marker = outerMarker;
  }

  private text(value: string, context: Context): void {
    const clean = value.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\ufeff\u200b]/g, (c) => (c === '\r' || c === '\f' ? '\n' : ''));
    if (context.pre) {
      this.add(clean.replaceAll('\t', '    '), context);
      return;
    }
    for (const part of clean.split(/([ \t\n\u00a0]+)/)) {
      if (/^[ \t\n\u00a0]/.test(part)) {
        this.space = this.space === ' ' || !/^\n[ \t\n]*$/.test(part) ? ' ' : '\n';
      } else if (part) {
        this.pending(part);
        this.add(part, context);
      }
    }
  }

  /** Writes the pending space, unless it is a line feed between two Chinese characters. */
  private pending(next: string): void {
    const last = this.runs.at(-1);
    if (this.space && last && !last.text.endsWith('\n')) {
      const before = [...last.text].at(-1) ?? '';
      if (this.space === ' ' || !wide(before) || !wide([...next][0] ?? '')) {
        last.text += ' ';
      }
    }
    this.space = '';
  }

  private add(text: string, context: Context): void {
    this.runs.push({ text, ...context.look });
    if (text.trim()) {
      this.largest = Math.max(this.largest, context.size);
      this.bold &&= Boolean(context.look.bold);
    }
  }

  private lineBreak(context: Context): void {
    this.space = '';
    this.runs.push({ text: '\n', ...context.look });
  }

  private image(element: Element): void {
    const source = element.getAttribute('src') ?? '';
    const alt = (element.getAttribute('alt') ?? '').slice(0, 300);
    if (Number(element.getAttribute('width') || 99) <= 3 || Number(element.getAttribute('height') || 99) <= 3) {
      return; // a spy
    }
    const remote = element.getAttribute('data-src') || element.getAttribute('data-original');
    if (!remote && /^data:image\/(jpeg|jpg|png|gif|webp|bmp|tiff|heic|avif);base64,/i.test(source) && this.images.length < MAX_IMAGES) {
      this.after.push({ block: { type: 'photo', photo: `image:${this.images.length}` } });
      this.images.push({ data: source, alt: /^(image|img|图片|微信图片)[\s_\d-]*(\.\w+)?$/i.test(alt) ? '' : alt });
    } else if (source || remote) {
      this.left++;
    }
  }

  /** Web editors (135, 秀米) show some pictures as the background of an empty box or drawing; behind words it is decoration. */
  private background(element: Element): void {
    const style = element.getAttribute(STYLE) ?? '';
    const found = style.includes('url(') && /background(?:-image)?\s*:[^;]{0,200}?url\(\s*["']?(data:image\/[^"')]+|(?:https?:)?\/\/[^"')\s]+)/i.exec(style)?.[1];
    if (!found || (element.textContent ?? '').trim() || element.querySelector('img')) {
      return;
    }
    if (/^data:image\/(jpeg|jpg|png|gif|webp);base64,/i.test(found) && this.images.length < MAX_IMAGES) {
      this.flush();
      this.pieces.push({ block: { type: 'photo', photo: `image:${this.images.length}` } });
      this.images.push({ data: found, alt: '' });
    } else {
      this.left++;
    }
  }

  /** Word writes the number or bullet of an item for readers that know no lists. */
  private mark(element: Element, context: Context): void {
    const text = (element.textContent ?? '').replace(/[\s\u00a0]+/g, ' ').trim();
    if (this.marker) {
      this.marker.text = text;
    } else {
      this.add(text, context);
    }
  }

  /** Ends the running paragraph; an empty line in it is where it is two. */
  flush(): void {
    const context = this.block;
    for (const runs of paragraphs(this.runs)) {
      const align = context?.align ? { align: context.align } : {};
      const level = context?.level ?? 0;
      const block: Block = level > 0
        ? { type: 'heading', level: Math.min(4, Math.max(2, level)), ...align, text: unbold(runs) }
        : { type: 'paragraph', ...align, text: runs };
      this.pieces.push({ block, marker: this.marker && { ...this.marker }, size: this.largest, bold: this.bold });
    }
    this.pieces.push(...this.after);
    this.runs = [];
    this.after = [];
    this.space = '';
    this.largest = 0;
    this.bold = true;
  }

  /** Walks something into pieces of its own. */
  private collect(walk: () => void): Piece[] {
    this.flush();
    const outer = { pieces: this.pieces, block: this.block, marker: this.marker };
    this.pieces = [];
    this.block = this.marker = undefined;
    walk();
    this.flush();
    const inner = this.pieces;
    Object.assign(this, outer);
    return inner;
  }

  private list(element: Element, context: Context): void {
    const start = Number.parseInt(element.getAttribute('start') ?? '', 10);
    const list: Items = { items: [], ...(element.localName === 'ol' ? { ordered: true, ...(start > 0 && start < 1e6 ? { start } : {}) } : {}) };
    const behind: Piece[] = [];
    const inside = { ...context, level: 0, align: undefined };
    this.flush();
    for (const child of element.childNodes) {
      const pieces = this.collect(() => (child.nodeType === 1 ? this.element(child as Element, inside) : this.text(child.nodeValue ?? '', inside)));
      const last = list.items.at(-1);
      const only = pieces.length === 1 ? pieces[0]!.block : undefined;
      if (last && only?.type === 'list' && (child as Element).localName !== 'li') {
        nest(last, only); // a list directly inside a list belongs to the item before it
      } else {
        list.items.push(...itemOf(pieces, behind));
      }
    }
    if (list.items.length > 0) {
      this.pieces.push({ block: { type: 'list', ...shallow(list, 1) } });
    }
    this.pieces.push(...behind);
  }

  private quote(element: Element, context: Context): void {
    const behind: Piece[] = [];
    const inner = groupLists(this.collect(() => this.children(element, { ...context, level: 0 })));
    const texts = inner.flatMap((piece) => linesOf(piece.block, behind));
    if (texts.length > 0) {
      this.pieces.push({ block: { type: 'quote', paragraphs: texts } });
    }
    this.pieces.push(...behind);
  }

  private table(element: Element, context: Context): void {
    const rows = [...element.querySelectorAll('tr')].filter((row) => row.closest('table') === element);
    const cells = rows.map((row) => [...row.children].filter((cell) => cell.localName === 'td' || cell.localName === 'th'));
    if (cells.flat().length < 2 || element.querySelector('table')) {
      this.enter(element, 'div', {}, context); // a frame for the layout
      return;
    }
    const behind: Piece[] = [];
    const inside = { ...context, level: 0 };
    const grid = trimmed(cells.map((row) => row.map((cell) => this.cell(cell, inside, behind))));
    const header = cells[0]!.length > 0 && cells[0]!.every((cell) => cell.localName === 'th' || cell.closest('thead') !== null);
    this.flush();
    this.pieces.push({ block: { type: 'table', ...(header ? { header: true } : {}), rows: grid } }, ...behind);
  }

  private cell(element: Element, context: Context, behind: Piece[]): Cell {
    const pieces = groupLists(this.collect(() => this.enter(element, 'div', declarations(element), styled(element, element.localName, declarations(element), context))));
    const texts = pieces.flatMap((piece) => linesOf(piece.block, behind));
    const text: Run[] = [];
    texts.forEach((line) => text.push(...(text.length ? [{ text: '\n' }] : []), ...line.text));
    const whole = (name: string): number => Math.min(100, Math.max(1, Number.parseInt(element.getAttribute(name) ?? '1', 10) || 1));
    return { ...(texts[0]?.align ? { align: texts[0].align } : {}), colspan: whole('colspan'), rowspan: whole('rowspan'), text };
  }
}

/** Takes away the empty rows and columns around a table: a sheet is copied with the cells beside what was meant. */
function trimmed(grid: Cell[][]): Cell[][] {
  const empty = (cell: Cell | undefined): boolean => !cell || plainText(cell.text).trim() === '';
  if (grid.flat().some((cell) => (cell.colspan ?? 1) > 1 || (cell.rowspan ?? 1) > 1) || grid.flat().every(empty)) {
    return grid;
  }
  let rows = grid;
  while (rows.at(-1)!.every(empty)) rows = rows.slice(0, -1);
  while (rows[0]!.every(empty)) rows = rows.slice(1);
  let width = Math.max(...rows.map((row) => row.length));
  for (; width > 1 && rows.every((row) => empty(row[width - 1])); width--) rows = rows.map((row) => row.slice(0, width - 1));
  for (; width > 1 && rows.every((row) => empty(row[0])); width--) rows = rows.map((row) => row.slice(1));
  return rows;
}

// Elements

function dropped(element: Element, name: string, style: Record<string, string>): boolean {
  if (DROPPED.has(name) || !/xhtml$/.test(element.namespaceURI ?? 'xhtml') || /^mp-|^mpvoice$|^qqmusic$|^v:/.test(name)) {
    return true;
  }
  if (element.id === 'js_content') {
    return false; // WeChat hides the article itself until its script has run
  }
  return element.hasAttribute('hidden') || style.display === 'none' || style.visibility === 'hidden' || style['mso-hide'] === 'all';
}

function isBlock(name: string, element: Element): boolean {
  // WeChat's editors build everything of sections, some of which stand in a line; a figure is a block of blocks.
  return BLOCKS.has(name) || name === 'figure' || element.getAttribute('role') === 'paragraph';
}

function withoutImportant(value: string): string {
  return value.endsWith('!important') ? value.slice(0, -'!important'.length).trimEnd() : value;
}

/** Reads a style attribute. Only single words, sizes and colours are ever looked at, so nothing is unescaped. */
function declarations(element: Element): Record<string, string> {
  const out: Record<string, string> = {};
  const text = element.getAttribute(STYLE) ?? '';
  if (text.length < 1 << 16) {
    for (const part of text.split(';')) {
      const colon = part.indexOf(':');
      if (colon > 0) {
        out[part.slice(0, colon).trim().toLowerCase()] = withoutImportant(part.slice(colon + 1).trim().toLowerCase());
      }
    }
  }
  return out;
}

function styled(element: Element, name: string, style: Record<string, string>, outer: Context): Context {
  const context = { ...outer, look: { ...outer.look } };
  const { look } = context;
  switch (name) {
    case 'b': case 'strong': look.bold = true; break;
    case 'i': case 'em': case 'cite': case 'dfn': case 'var': look.italic = true; break;
    case 'u': case 'ins': look.underline = true; break;
    case 's': case 'strike': case 'del': look.strike = true; break;
    case 'center': context.align = 'center'; break;
    case 'font': tint(look, element.getAttribute('color') ?? ''); break;
    case 'a': linked(look, element); break;
  }
  if (name !== 'img' && name !== 'table') {
    context.align = alignment(style['text-align'] ?? element.getAttribute('align')?.toLowerCase(), context.align);
  }
  weigh(look, style);
  if (style.color !== undefined) {
    tint(look, style.color);
  }
  context.size = pixels(style['font-size']) || context.size;
  return context;
}

function linked(look: Omit<Run, 'text'>, element: Element): void {
  const href = (element.getAttribute('href') ?? '').trim();
  if (safeLink(href)) {
    look.link = href;
    delete look.color;
    delete look.underline;
  }
}

function alignment(value: string | undefined, old: Align | undefined): Align | undefined {
  switch (value) {
    case 'center': case 'middle': case '-webkit-center': return 'center';
    case 'right': case 'end': return 'right';
    case 'left': case 'start': case 'justify': return undefined;
  }
  return old;
}

function weigh(look: Omit<Run, 'text'>, style: Record<string, string>): void {
  const weight = style['font-weight'];
  if (weight !== undefined) {
    const n = Number.parseInt(weight, 10);
    look.bold = weight === 'bold' || weight === 'bolder' || n >= 600 || (look.bold && !/^(normal|lighter|[1-5]\d\d)$/.test(weight));
  }
  const slant = style['font-style'];
  if (slant !== undefined) {
    look.italic = slant === 'italic' || slant.startsWith('oblique') || (look.italic && slant !== 'normal');
  }
  const lines = `${style['text-decoration'] ?? ''} ${style['text-decoration-line'] ?? ''}`;
  look.underline ||= lines.includes('underline') && !look.link;
  look.strike ||= lines.includes('line-through');
}

function tint(look: Omit<Run, 'text'>, value: string): void {
  const rgb = look.link ? undefined : parseColor(value.trim().toLowerCase());
  if (rgb) {
    look.color = nearest(...rgb);
  }
}

const NAMES: Record<string, string> = {
  black: '#000000', windowtext: '#000000', white: '#ffffff', gray: '#808080', grey: '#808080', red: '#ff0000', crimson: '#dc143c', darkred: '#8b0000', maroon: '#800000',
  orange: '#ffa500', orangered: '#ff4500', darkorange: '#ff8c00', gold: '#ffd700', green: '#008000', darkgreen: '#006400', lime: '#00ff00',
  teal: '#008080', blue: '#0000ff', navy: '#000080', darkblue: '#00008b', royalblue: '#4169e1', purple: '#800080', magenta: '#ff00ff', indigo: '#4b0082',
};

export function parseColor(value: string): [number, number, number] | undefined {
  const named = NAMES[value] ?? value;
  const hex = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.exec(named)?.[1];
  if (hex) {
    const full = hex.length < 5 ? [...hex].map((c) => c + c).join('') : hex;
    return [0, 2, 4].map((i) => Number.parseInt(full.slice(i, i + 2), 16)) as [number, number, number];
  }
  const parts = /^rgba?\(([^)]*)\)$/.exec(named)?.[1]?.split(/[\s,/]+/).filter(Boolean) ?? [];
  const numbers = parts.slice(0, 3).map((part) => Math.min(255, Math.max(0, part.endsWith('%') ? Number.parseFloat(part) * 2.55 : Number(part))));
  return numbers.length === 3 && numbers.every((n) => !Number.isNaN(n)) ? (numbers as [number, number, number]) : undefined;
}

/** The palette's colour of the same hue; none for what is nearly black, white or grey, because that is only text. */
export function nearest(r: number, g: number, b: number): Color | undefined {
  const [high, low] = [Math.max(r, g, b), Math.min(r, g, b)];
  if (high < 72 || high - low < 48 || low > 225) {
    return undefined;
  }
  const span = high - low;
  const hue = 60 * (high === r ? ((g - b) / span + 6) % 6 : high === g ? (b - r) / span + 2 : (r - g) / span + 4);
  const [red, orange, green, blue, purple] = PALETTE;
  return hue < 16 || hue >= 330 ? red : hue < 66 ? orange : hue < 168 ? green : hue < 258 ? blue : purple;
}

/** A size in CSS pixels; 0 where it says nothing about itself. */
function pixels(value: string | undefined): number {
  const found = /^([\d.]+)(px|pt|rem)$/.exec(value ?? '');
  return found ? Number(found[1]) * { px: 1, pt: 4 / 3, rem: 16 }[found[2] as 'px' | 'pt' | 'rem'] : 0;
}

// Paragraphs

function paragraphs(runs: Run[]): Run[][] {
  const out: Run[][] = [[]];
  let breaks = 0;
  for (const run of runs) {
    breaks = run.text === '\n' ? breaks + 1 : run.text.trim() ? 0 : breaks;
    if (breaks === 2) {
      out.push([]);
    } else if (breaks < 2) {
      out.at(-1)!.push(run);
    }
  }
  return out.map(normalizeRuns).filter((part) => part.length > 0);
}

function unbold(runs: Run[]): Run[] {
  return runs.map(({ bold: _, color: __, ...run }) => run);
}

const wide = (char: string): boolean => /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u2014\u2018-\u201d\u2026]|[\ud840-\ud87f]/.test(char);

/** What Word says about a paragraph: a title, or the level of a heading. */
function titled(element: Element, style: Record<string, string>): number {
  const outline = Number.parseInt(style['mso-outline-level'] ?? '', 10);
  const aria = element.getAttribute('role') === 'heading' ? Number(element.getAttribute('aria-level')) || 2 : 0;
  return element.className.startsWith?.('MsoTitle') ? 2 : outline > 0 && outline < 5 ? outline : aria;
}

/**
 * Headings that were only made to look like one: short, alone in their line, and clearly larger than the text. The size of
 * the text is the one that most characters have.
 */
function headings(pieces: Piece[]): Piece[] {
  const weights = new Map<number, number>();
  for (const { block, size = 0 } of pieces) {
    if (block.type === 'paragraph') {
      weights.set(size, (weights.get(size) ?? 0) + runes(plainText(block.text)));
    }
  }
  const text = [...weights].sort((a, b) => b[1] - a[1])[0]?.[0] || 16;
  return pieces.map((piece) => {
    const { block, size = 0, bold } = piece;
    if (block.type !== 'paragraph' || pieces.length < 2 || !titleLike(plainText(block.text))) {
      return piece;
    }
    const ratio = size / text;
    const level = ratio >= 1.3 ? 2 : ratio >= 1.1 && bold ? 3 : 0;
    return level ? { ...piece, block: { type: 'heading', level, ...(block.align ? { align: block.align } : {}), text: unbold(block.text) } } : piece;
  });
}

function titleLike(text: string): boolean {
  const length = runes(text);
  return length >= 2 && length <= 50 && !text.includes('\n') && !/[。；，、,;：:]$/.test(text);
}

// Lists

function markerOf(style: Record<string, string>): Marker | undefined {
  const found = /\b(l\d+) level(\d+)(?: (lfo\d+))?/.exec(style['mso-list'] ?? '');
  return found ? { list: `${found[1]}${found[3] ?? ''}`, level: Math.min(MAX_LIST_DEPTH, Math.max(1, Number(found[2]))), text: '' } : undefined;
}

const COUNTED = /^[(（]?(\d{1,6}|[a-zA-Z]|[ivxlcIVXLC]{1,6})[.)）、．]?$/;
const BULLET = /^[^\p{L}\p{N}]{0,2}$|^[ounlpqvwxØü§]$/u;

function isItem(piece: Piece): boolean {
  return piece.marker !== undefined && (COUNTED.test(piece.marker.text) || BULLET.test(piece.marker.text)) && piece.block.type === 'paragraph';
}

/** Makes lists of neighbouring paragraphs that Word shows as items. 一、 and （二） are part of what an official text says. */
function groupLists(pieces: Piece[]): Piece[] {
  const out: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!;
    if (!isItem(piece)) {
      out.push(withMarker(piece));
      continue;
    }
    let end = i + 1;
    while (end < pieces.length && isItem(pieces[end]!) && (pieces[end]!.marker!.list === piece.marker!.list || pieces[end]!.marker!.level > 1)) {
      end++;
    }
    out.push({ block: { type: 'list', ...listOf(pieces.slice(i, end), 1) } });
    i = end - 1;
  }
  return out;
}

function withMarker(piece: Piece): Piece {
  const { marker, block } = piece;
  if (!marker?.text || (block.type !== 'paragraph' && block.type !== 'heading')) {
    return piece;
  }
  const gap = wide([...marker.text].at(-1)!) ? '' : ' ';
  return { ...piece, marker: undefined, block: { ...block, text: [{ ...block.text[0], text: marker.text + gap }, ...block.text] } };
}

function listOf(pieces: Piece[], level: number): Items {
  const first = pieces[0]!.marker!.text;
  const ordered = COUNTED.test(first) && !BULLET.test(first);
  const start = Number(first.replace(/[()（）.、．]/g, ''));
  const list: Items = { ...(ordered ? { ordered, ...(start > 0 ? { start } : {}) } : {}), items: [] };
  for (let i = 0; i < pieces.length;) {
    const item: ListItem = { text: [] };
    const deepest = level >= MAX_LIST_DEPTH;
    if (pieces[i]!.marker!.level <= level || deepest) {
      item.text = (pieces[i]!.block as { text: Run[] }).text;
      i++;
    }
    let end = i;
    while (end < pieces.length && pieces[end]!.marker!.level > level && !deepest) {
      end++;
    }
    if (end > i) {
      item.list = listOf(pieces.slice(i, end), level + 1);
    }
    i = end;
    list.items.push(item);
  }
  return list;
}

/** A list item of pieces: paragraphs become lines of its text, a list its inner list; the rest follows the list. */
function itemOf(pieces: Piece[], behind: Piece[]): ListItem[] {
  const item: ListItem = { text: [] };
  for (const { block } of groupLists(pieces)) {
    if (block.type === 'list') {
      nest(item, block);
    } else {
      for (const { text } of linesOf(block, behind)) {
        item.text.push(...(item.text.length ? [{ text: '\n' }] : []), ...text);
      }
    }
  }
  return item.text.length > 0 || item.list ? [item] : [];
}

function nest(item: ListItem, inner: Items): void {
  if (item.list) {
    item.list.items.push(...inner.items);
  } else {
    item.list = { ordered: inner.ordered, start: inner.start, items: inner.items };
  }
}

/** The text of a block in lines, for what can hold nothing else; what has no text goes behind. */
function linesOf(block: Block, behind: Piece[]): { align?: Align; text: Run[] }[] {
  switch (block.type) {
    case 'paragraph': case 'heading': return [{ ...(block.align ? { align: block.align } : {}), text: block.text }];
    case 'quote': return block.paragraphs;
    case 'list': return flat(block).map((text) => ({ text }));
    case 'divider': return [];
  }
  behind.push({ block });
  return [];
}

function flat(list: Items): Run[][] {
  return list.items.flatMap((item) => [item.text, ...(item.list ? flat(item.list) : [])]);
}

/** Below the depth that a body may have, inner items follow as items of their own. */
function shallow(list: Items, depth: number): Items {
  const items = list.items.flatMap((item): ListItem[] => {
    if (!item.list) {
      return [item];
    }
    return depth < MAX_LIST_DEPTH
      ? [{ text: item.text, list: shallow(item.list, depth + 1) }]
      : [{ text: item.text }, ...flat(item.list).map((text) => ({ text }))];
  });
  return { ...list, items };
}
