// What the page hands to the editor, and the draft that all parts of the editor look at and change.

import { normalize, oneLine, pictures, type Body } from './body';

export interface Point { x: number; y: number }
export interface Rect { x1: number; y1: number; x2: number; y2: number }
export interface Cover { photo?: string; focus: Point; wide?: Rect; square?: Rect }
export interface Credits { text?: string; photos?: string; editor?: string; reviewer?: string; source?: string }
export interface Attachment { file: string; name: string; size: number }
export interface AttachLimits { most: number; bytes: number; name: number; endings: string[] }
export interface Content {
  title: string;
  push_title?: string;
  subtitle?: string;
  digest?: string;
  column?: string[];
  credits: Credits;
  cover: Cover;
  body: Body;
  correction?: string;
  attachments?: Attachment[];
}

export interface Photo { name: string; width: number; height: number; focus?: Point }
export interface Limit { target: string; name: string; runes: number }
export interface Finding { blocks: boolean; code: string; where: string; text: string }
export interface Newer { revision: number; author: string; at: string }

export interface EditorData {
  me?: string;
  article: { id: string; state: string; state_name?: string };
  revision: number;
  hash: string;
  content: Content;
  working: { content: Content; base: number; saved_at: string } | null;
  photos: Record<string, Photo>;
  unplaced: string[] | null;
  limits: { title?: Limit[]; push_title?: Limit[]; digest?: Limit[] };
  columns: string[][] | null;
  themes: { id: string; name: string }[] | null;
  theme?: string;
  findings: Finding[] | null;
  max_photo?: number;
  site?: boolean;
  leave?: string;
  seen?: number;
  attach: AttachLimits;
}

export const CREDITS = ['text', 'photos', 'editor', 'reviewer', 'source'] as const;

/** A content with its fields in the order in which the server writes them, so that equal contents are equal as text. */
export function canonical(content: Content): Content {
  const { title, push_title, subtitle, digest, column, credits, cover, body, correction, attachments } = content;
  const short = (name: string, value: string | undefined): Record<string, string> => {
    const text = oneLine(value ?? '');
    return text ? { [name]: text } : {};
  };
  return {
    title: oneLine(title ?? ''),
    ...short('push_title', push_title),
    ...short('subtitle', subtitle),
    ...short('digest', digest),
    ...(column?.length ? { column } : {}),
    credits: Object.assign({}, ...CREDITS.map((name) => short(name, credits?.[name]))) as Credits,
    cover: {
      ...(cover?.photo ? { photo: cover.photo } : {}),
      focus: { x: cover?.focus?.x ?? 0.5, y: cover?.focus?.y ?? 0.5 },
      ...(cover?.photo && cover.wide ? { wide: ordered(cover.wide) } : {}),
      ...(cover?.photo && cover.square ? { square: ordered(cover.square) } : {}),
    },
    body: normalize({ version: 1, blocks: body?.blocks ?? [] }),
    ...short('correction', correction),
    ...(attachments?.length ? { attachments: attachments.map(({ file, name, size }) => ({ file, name, size })) } : {}),
  };
}

function ordered({ x1, y1, x2, y2 }: Rect): Rect {
  return { x1, y1, x2, y2 };
}

export type Field = Exclude<keyof Content, 'body'>;
type Listener = (what: Field | 'body' | 'all') => void;

/** The article as it is being written. */
export class Draft {
  private fields: Omit<Content, 'body'>;
  private listeners: Listener[] = [];
  /** Set by the editor of the body; until then the body is as it was loaded. */
  readBody: () => Body;

  constructor(content: Content, readonly photos: Record<string, Photo>) {
    this.fields = content;
    this.readBody = () => content.body;
  }

  get content(): Content {
    return canonical({ ...this.fields, body: this.readBody() });
  }

  get<F extends Field>(field: F): Omit<Content, 'body'>[F] {
    return this.fields[field];
  }

  set<F extends Field>(field: F, value: Omit<Content, 'body'>[F]): void {
    this.fields = { ...this.fields, [field]: value };
    this.changed(field);
  }

  /** Replaces everything but the body, which the editor of the body does. */
  replace(content: Content): void {
    this.fields = content;
    this.changed('all');
  }

  changed(what: Field | 'body' | 'all'): void {
    this.listeners.forEach((listener) => listener(what));
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** The photo that stands for the article: the one that was chosen, or else the first. */
  get coverPhoto(): string | undefined {
    return this.fields.cover?.photo || pictures(this.readBody())[0]?.photo;
  }
}

/** The addresses of an article's parts. */
export class Addresses {
  constructor(private readonly id: string) {}

  get article(): string { return `/articles/${this.id}`; }
  get working(): string { return `${this.article}/working`; }
  get revisions(): string { return `${this.article}/revisions`; }
  get preview(): string { return `${this.article}/preview`; }
  get attachments(): string { return `${this.article}/attachments`; }
  attachment(file: string): string { return `/attachments/${this.id}/${file}`; }
  revision(n: number): string { return `${this.revisions}/${n}`; }
  frame(target: string, dark: boolean): string { return `${this.article}/frame/${target}${dark ? '?dark=1' : ''}`; }
}

/** The address of a photo in a size. */
export function rendition(digest: string, recipe: 'site-480' | 'site-960' | 'site-1600'): string {
  return `/photos/${digest}/${recipe}`;
}
