// Small helpers to build elements. Text is always text: nothing here parses markup.

type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;
type Child = Node | string | null | undefined | false;

/** Makes an element. Attributes that are false, null or undefined are left out; onclick and the like are listeners. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name.slice(2), value as EventListener);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  append(element, children);
  return element;
}

function append(element: Element, children: Child[]): void {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child);
    }
  }
}

/** Replaces what is in an element. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

let last = 0;

/** An id that no other element has. */
export function uid(prefix: string): string {
  last++;
  return `${prefix}-${last}`;
}

/** Parses markup that our own server wrote into nodes, without running anything of it. */
export function parse(markup: string): DocumentFragment {
  const template = document.createElement('template');
  template.innerHTML = markup;
  // Where nothing is run, what stands in <noscript> is parsed too; here there are scripts.
  template.content.querySelectorAll('noscript').forEach((plain) => plain.remove());
  return template.content;
}

/** Reads what a <script type="application/json"> holds. */
export function data<T>(id: string): T | undefined {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : undefined;
}

/** Calls f once after calls have stopped for some milliseconds. */
export function debounce<A extends unknown[]>(ms: number, f: (...args: A) => void): ((...args: A) => void) & { cancel(): void } {
  let timer = 0;
  const later = (...args: A): void => {
    clearTimeout(timer);
    timer = window.setTimeout(() => f(...args), ms);
  };
  later.cancel = (): void => clearTimeout(timer);
  return later;
}

/** Whether the reader has asked for little movement. */
export function calm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
