// The short fields: titles with their counts against each target's limit, digest, column, credits.

import { debounce, fill, h, uid } from '../lib/dom';
import { t } from '../lib/words';
import { bodyText, oneLine, runes } from './body';
import { CREDITS, type Credits, type Draft, type EditorData, type Limit } from './model';

/** A one-line text that grows in height, with counts. */
interface Line {
  element: HTMLElement;
  input: HTMLTextAreaElement;
  refresh(): void;
}

function counts(limits: Limit[], text: string): HTMLElement[] {
  const n = runes(oneLine(text));
  return limits.map(({ name, runes: most }) => {
    const over = n > most;
    const count = h('span', { class: over ? 'count over' : 'count' }, `${name} ${n}/${most}`);
    if (over) {
      count.append(h('span', { class: 'aloud' }, t('count.over', { n: n - most })));
    }
    return count;
  });
}

function line(draft: Draft, field: 'title' | 'push_title' | 'subtitle' | 'digest' | 'correction', limits: Limit[], options: { label: string; className: string; placeholder: string; next?: () => void; lines?: string; max: number }): Line {
  const id = uid(field);
  const counting = h('span', { class: 'counts', id: `${id}-counts` });
  const input = h('textarea', {
    class: options.className, id, rows: options.lines ?? '1', placeholder: options.placeholder, 'aria-describedby': counting.id, 'data-where': field, maxlength: options.max,
  });
  const refresh = (): void => {
    const value = draft.get(field) ?? '';
    if (document.activeElement !== input || oneLine(input.value) !== oneLine(value)) {
      input.value = value;
    }
    fill(counting, ...counts(limits, input.value));
    input.setAttribute('aria-invalid', String(limits.some(({ runes: most }) => runes(oneLine(input.value)) > most)));
    grow(input);
  };
  input.addEventListener('input', () => {
    if (/\n/.test(input.value)) {
      input.value = input.value.replace(/\s*\n\s*/g, ' ');
    }
    draft.set(field, input.value);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      options.next?.();
    }
  });
  draft.listen((what) => (what === field || what === 'all') && refresh());
  const element = h('div', { class: `oneline oneline-${field}` }, h('label', { for: id, class: field === 'title' ? 'aloud' : 'label' }, options.label), input, counting);
  new ResizeObserver(debounce(30, () => grow(input))).observe(element);
  refresh();
  return { element, input, refresh };
}

function grow(area: HTMLTextAreaElement): void {
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}

/** The title, and for WeChat a shorter one when it is too long there. */
export function titles(draft: Draft, data: EditorData, next: () => void): HTMLElement {
  const title = line(draft, 'title', data.limits.title ?? [], {
    label: t('field.title'), className: 'title-input', placeholder: t('field.title'), next, max: 400,
  });
  const push = line(draft, 'push_title', data.limits.push_title ?? [], {
    label: t('field.push_title'), className: 'input', placeholder: t('field.push_title_hint'), next, max: 400,
  });
  const most = Math.min(...(data.limits.push_title ?? []).map((limit) => limit.runes), Infinity);
  const show = (): void => {
    push.element.hidden = runes(oneLine(draft.get('title') ?? '')) <= most && !draft.get('push_title');
    if (!push.element.hidden) {
      push.refresh();
    }
  };
  draft.listen((what) => (what === 'title' || what === 'push_title' || what === 'all') && show());
  show();
  return h('div', { class: 'titles' }, title.element, push.element);
}

/** The beginning of a text, cut at a character that people see as one, never inside it. */
export function cut(text: string, most: number): string {
  const flat = oneLine(text);
  if (runes(flat) <= most) {
    return flat;
  }
  let out = '';
  let n = 0;
  for (const { segment } of new Intl.Segmenter(document.documentElement.lang || 'zh', { granularity: 'grapheme' }).segment(flat)) {
    n += runes(segment);
    if (n > most - 1) {
      break;
    }
    out += segment;
  }
  // Better at the end of a sentence, where there is one not far before.
  const sentence = Math.max(...['。', '！', '？', '；'].map((mark) => out.lastIndexOf(mark)));
  return sentence > out.length * 0.6 ? out.slice(0, sentence + 1) : `${out.replace(/[，、：,:\s]+$/, '')}…`;
}

/** The digest, which can be taken from the body. */
export function digest(draft: Draft, data: EditorData): HTMLElement {
  const limits = data.limits.digest ?? [];
  const most = Math.min(...limits.map((limit) => limit.runes), 120);
  const text = line(draft, 'digest', limits, { label: t('field.digest'), className: 'input', placeholder: t('field.digest_hint'), lines: '3', max: 1000 });
  const take = h('button', {
    type: 'button', class: 'button quiet small', onclick: () => {
      draft.set('digest', cut(bodyText(draft.readBody()), most));
      text.refresh();
      text.input.focus();
    },
  }, t('field.digest_take'));
  text.element.append(take);
  return text.element;
}

/** What readers are told was corrected, in an article that they have seen. */
export function correction(draft: Draft, data: EditorData): HTMLElement {
  const note = line(draft, 'correction', [], { label: t('field.correction'), className: 'input', placeholder: t('field.correction_hint'), lines: '2', max: 300 });
  const show = (): void => { note.element.hidden = !data.seen && !draft.get('correction'); };
  draft.listen((what) => (what === 'correction' || what === 'all') && show());
  show();
  return note.element;
}

const JOINT = ' › ';

/** The column picker: one choice of the office's tree, and what the article has though the tree does not. */
export function column(draft: Draft, data: EditorData): HTMLElement {
  const id = uid('column');
  const select = h('select', { class: 'input', id, 'data-where': 'column', onchange: () => draft.set('column', select.value ? select.value.split(JOINT) : undefined) });
  const render = (): void => {
    const now = (draft.get('column') ?? []).join(JOINT);
    const paths = (data.columns ?? []).map((path) => path.join(JOINT));
    const all = now && !paths.includes(now) ? [...paths, now] : paths;
    fill(select, h('option', { value: '' }, t('field.column_none')), ...all.map((path) => {
      const names = path.split(JOINT);
      return h('option', { value: path, selected: path === now }, '\u2003'.repeat(names.length - 1) + names.at(-1)!);
    }));
    select.value = now;
    select.title = now;
  };
  draft.listen((what) => what === 'all' && render());
  render();
  return h('p', { class: 'field' }, h('label', { for: id }, t('field.column')), select);
}

/** Who made it. */
export function credits(draft: Draft): HTMLElement {
  const fields = CREDITS.map((name) => {
    const id = uid(`credit-${name}`);
    const input = h('input', { class: 'input', id, maxlength: '200', autocomplete: 'off', 'data-where': 'credits', oninput: () => draft.set('credits', { ...draft.get('credits'), [name]: input.value }) });
    const render = (): void => { input.value = (draft.get('credits') as Credits | undefined)?.[name] ?? ''; };
    draft.listen((what) => what === 'all' && render());
    render();
    return h('p', { class: 'field' }, h('label', { for: id }, t(`credit.${name}`)), input);
  });
  return h('div', { class: 'credits' }, ...fields);
}
