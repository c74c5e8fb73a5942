// The page's words, in the reader's language: <script type="application/json" id="words">, the catalogue's
// script.* messages; they are asked for without that prefix.

type Message = string | { one?: string; other: string };
type Args = Record<string, string | number>;

let catalogue: Record<string, Message> | undefined;

function load(): Record<string, Message> {
  const element = document.getElementById('words');
  try {
    return element?.textContent ? (JSON.parse(element.textContent) as Record<string, Message>) : {};
  } catch {
    return {};
  }
}

/** The reader's language, as Intl takes it. */
export function language(): string {
  return document.documentElement.lang || navigator.language;
}

/** Says a message; n, if it is given, also chooses between one and many. */
export function t(key: string, args: Args = {}): string {
  catalogue ??= load();
  const message = catalogue[`script.${key}`];
  if (message === undefined) {
    return key;
  }
  return fill(form(message, args.n), args);
}

function form(message: Message, n: string | number | undefined): string {
  if (typeof message === 'string') {
    return message;
  }
  return message.one && n === 1 && language().startsWith('en') ? message.one : message.other;
}

function fill(text: string, args: Args): string {
  return text.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (whole, name: string) => {
    const value = args[name];
    return value === undefined ? whole : typeof value === 'number' ? number(value) : value;
  });
}

/** A number as the reader writes it. */
export function number(n: number): string {
  return new Intl.NumberFormat(language()).format(n);
}

/** A size in bytes, in the unit that reads best. */
export function size(bytes: number): string {
  const unit = bytes >= 1 << 20 ? 'megabyte' : 'kilobyte';
  const value = bytes / (unit === 'megabyte' ? 1 << 20 : 1 << 10);
  const digits = value < 10 && unit === 'megabyte' ? 1 : 0;
  return new Intl.NumberFormat(language(), { style: 'unit', unit, maximumFractionDigits: digits }).format(bytes > 0 && value < 1 ? 1 : value);
}

/** The time of day. */
export function clock(at: Date): string {
  return new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** Day and time. */
export function moment(at: Date): string {
  return new Intl.DateTimeFormat(language(), {
    month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }).format(at);
}
