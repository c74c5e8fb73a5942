// The cover: which photo stands for the article, and which parts of it the wide (2.35:1) and the square (1:1) show. Parts
// are fractions of the photo. Where none is set, as much as fits around the focal point is shown, as press.Frame says.

import { fill, h, uid } from '../lib/dom';
import { openDialog } from '../lib/dialog';
import { announce } from '../lib/toast';
import { t } from '../lib/words';
import { icon } from './icons';
import { rendition, type Cover, type Draft, type Photo, type Point, type Rect } from './model';

export type Shape = 'wide' | 'square';
export const RATIOS: Record<Shape, number> = { wide: 2.35, square: 1 };
const LEAST = 0.1; // of the photo's width or height
const CENTRE: Point = { x: 0.5, y: 0.5 };

/** The largest part of a shape around a point. All in fractions of a photo of this size. */
export function around(photo: Photo, ratio: number, focus: Point): Rect {
  const own = photo.width / Math.max(1, photo.height);
  const [w, hh] = own > ratio ? [ratio / own, 1] : [1, own / ratio];
  return shifted({ x1: focus.x - w / 2, y1: focus.y - hh / 2, x2: focus.x + w / 2, y2: focus.y + hh / 2 }, 0, 0);
}

/** Moves a part, and keeps it within the photo. */
export function shifted(rect: Rect, dx: number, dy: number): Rect {
  const [w, hh] = [rect.x2 - rect.x1, rect.y2 - rect.y1];
  const x1 = Math.min(Math.max(0, rect.x1 + dx), Math.max(0, 1 - w));
  const y1 = Math.min(Math.max(0, rect.y1 + dy), Math.max(0, 1 - hh));
  return { x1: round(x1), y1: round(y1), x2: round(Math.min(1, x1 + w)), y2: round(Math.min(1, y1 + hh)) };
}

/** Makes a part larger or smaller around a fixed point of it (0 to 1 in each direction), keeping its shape. */
export function scaled(photo: Photo, ratio: number, rect: Rect, width: number, anchor: Point): Rect {
  const own = photo.width / Math.max(1, photo.height);
  const most = Math.min(1, ratio / own);
  const w = Math.min(most, Math.max(LEAST, width));
  const hh = (w * own) / ratio;
  const [ax, ay] = [rect.x1 + anchor.x * (rect.x2 - rect.x1), rect.y1 + anchor.y * (rect.y2 - rect.y1)];
  const x1 = ax - anchor.x * w;
  const y1 = ay - anchor.y * hh;
  return shifted({ x1, y1, x2: x1 + w, y2: y1 + hh }, 0, 0);
}

function round(n: number): number {
  return Math.round(n * 1e5) / 1e5;
}

/** Shows the part of a photo that a shape keeps. */
function cropped(shape: Shape): { element: HTMLElement; show(source: string, rect: Rect): void } {
  const image = h('img', { alt: '', decoding: 'async' });
  const element = h('div', { class: `crop-view crop-view-${shape}` }, image);
  return {
    element,
    show: (source, rect) => {
      if (image.getAttribute('src') !== source) {
        image.src = source;
      }
      const [w, hh] = [rect.x2 - rect.x1, rect.y2 - rect.y1];
      Object.assign(image.style, { width: `${100 / w}%`, height: `${100 / hh}%`, left: `${(-100 * rect.x1) / w}%`, top: `${(-100 * rect.y1) / hh}%` });
    },
  };
}

/** The photo that is the cover, and its two parts. */
function now(draft: Draft): { digest: string; photo: Photo; wide: Rect; square: Rect } | undefined {
  const digest = draft.coverPhoto;
  const photo = digest ? draft.photos[digest] ?? { name: '', width: 4, height: 3 } : undefined;
  if (!digest || !photo) {
    return undefined;
  }
  const cover = draft.get('cover')?.photo ? draft.get('cover') : undefined;
  const focus = cover?.focus ?? photo.focus ?? CENTRE;
  return { digest, photo, wide: cover?.wide ?? around(photo, RATIOS.wide, focus), square: cover?.square ?? around(photo, RATIOS.square, focus) };
}

interface CoverDesk {
  placed(): string[]; // digests to choose from
  upload(): Promise<string | undefined>; // another photo
}

/** The part of the page with the two covers and their buttons. */
export function coverPanel(draft: Draft, desk: CoverDesk): { element: HTMLElement; choose(): void } {
  const wide = cropped('wide');
  const square = cropped('square');
  const views = h('div', { class: 'cover-views' },
    h('figure', {}, wide.element, h('figcaption', { class: 'hint' }, t('cover.wide'))),
    h('figure', {}, square.element, h('figcaption', { class: 'hint' }, t('cover.square'))));
  const none = h('p', { class: 'cover-none' }, icon('photo'), h('span', {}, t('cover.none')));
  const hint = h('p', { class: 'hint' });
  const choose = (): void => chooseDialog(draft, desk);
  const pick = h('button', { type: 'button', class: 'button small', 'data-where': 'cover', onclick: choose }, icon('photos'), t('cover.choose'));
  const crop = h('button', { type: 'button', class: 'button small', onclick: () => cropDialog(draft) }, icon('crop'), t('cover.crop'));
  const render = (): void => {
    const cover = now(draft);
    views.hidden = crop.hidden = !cover;
    none.hidden = Boolean(cover);
    hint.hidden = !cover || Boolean(draft.get('cover')?.photo);
    hint.textContent = t('cover.first');
    if (cover) {
      wide.show(rendition(cover.digest, 'site-960'), cover.wide);
      square.show(rendition(cover.digest, 'site-960'), cover.square);
    }
  };
  draft.listen((what) => ['cover', 'body', 'all'].includes(what) && render());
  render();
  return { element: h('div', { class: 'cover-panel' }, views, none, hint, h('div', { class: 'actions' }, pick, crop)), choose };
}

/** Makes a photo the cover, with the parts around what it is about, or its middle. */
export function setCover(draft: Draft, digest: string): void {
  if (draft.get('cover')?.photo !== digest) {
    draft.set('cover', { photo: digest, focus: draft.photos[digest]?.focus ?? CENTRE });
    announce(t('cover.set'));
  }
}

function chooseDialog(draft: Draft, desk: CoverDesk): void {
  const grid = h('div', { class: 'cover-choice', role: 'group', 'aria-label': t('cover.choose') });
  const current = draft.coverPhoto;
  const take = (digest: string): void => {
    setCover(draft, digest);
    dialog.close();
    cropDialog(draft);
  };
  fill(grid, ...desk.placed().map((digest) => h('button', {
    type: 'button', class: 'cover-pick', 'aria-pressed': String(digest === current), 'aria-label': draft.photos[digest]?.name ?? t('photo.one'), onclick: () => take(digest),
  }, h('img', { src: rendition(digest, 'site-480'), alt: '', loading: 'lazy' }))));
  const other = h('button', {
    type: 'button', class: 'button', onclick: () => {
      other.setAttribute('aria-busy', 'true');
      void desk.upload().then((digest) => {
        other.removeAttribute('aria-busy');
        if (digest) {
          take(digest);
        }
      });
    },
  }, icon('upload'), t('cover.upload'));
  const dialog = openDialog({ title: t('cover.choose'), body: [desk.placed().length ? grid : h('p', { class: 'muted' }, t('cover.no_photos'))], actions: [other], wide: true });
}

/** The crop tool: both parts on the photo, the one being set with handles; previews beside. */
function cropDialog(draft: Draft): void {
  const cover = now(draft);
  if (!cover) {
    return;
  }
  const { photo, digest } = cover;
  const rects: Record<Shape, Rect> = { wide: cover.wide, square: cover.square };
  let shape: Shape = 'wide';
  const image = h('img', { class: 'crop-image', src: rendition(digest, 'site-960'), alt: t('cover.photo'), draggable: 'false' });
  const frames: Record<Shape, HTMLElement> = { wide: frame('wide'), square: frame('square') };
  const shade = h('div', { class: 'crop-shade' });
  const stage = h('div', { class: 'crop-stage' }, h('div', { class: 'crop-clip' }, image, shade), frames.square, frames.wide);
  stage.style.aspectRatio = `${photo.width} / ${photo.height}`;
  stage.style.setProperty('--shape', String(photo.width / Math.max(1, photo.height)));
  const previews: Record<Shape, ReturnType<typeof cropped>> = { wide: cropped('wide'), square: cropped('square') };
  const name = uid('shape');
  const radio = (value: Shape): HTMLElement => {
    const input = h('input', { type: 'radio', name, value, checked: value === shape, onchange: () => { shape = value; render(); } });
    return h('label', { class: 'crop-choice' }, input, h('span', { class: 'crop-choice-name' }, t(`cover.${value}`)), previews[value].element);
  };
  const render = (): void => {
    for (const key of ['wide', 'square'] as const) {
      const rect = rects[key];
      const active = key === shape;
      for (const element of active ? [frames[key], shade] : [frames[key]]) {
        Object.assign(element.style, {
          left: `${100 * rect.x1}%`, top: `${100 * rect.y1}%`, width: `${100 * (rect.x2 - rect.x1)}%`, height: `${100 * (rect.y2 - rect.y1)}%`,
        });
      }
      frames[key].classList.toggle('is-active', active);
      frames[key].tabIndex = active ? 0 : -1;
      frames[key].setAttribute('aria-valuenow', String(Math.round(50 * (rect.y1 + rect.y2))));
      frames[key].setAttribute('aria-valuetext', t('cover.part', { x: percent(rect.x1), y: percent(rect.y1), w: percent(rect.x2 - rect.x1) }));
      previews[key].show(rendition(digest, 'site-960'), rect);
    }
    side.querySelectorAll<HTMLInputElement>('input').forEach((input) => { input.checked = input.value === shape; });
  };
  const side = h('fieldset', { class: 'crop-side' }, h('legend', { class: 'aloud' }, t('cover.shape')), radio('wide'), radio('square'),
    h('p', { class: 'hint' }, t('cover.safe')), h('p', { class: 'hint' }, t('cover.keys')));
  for (const key of ['wide', 'square'] as const) {
    const set = (rect: Rect): void => { rects[key] = rect; render(); };
    frames[key].addEventListener('pointerdown', (event) => {
      if (shape !== key) {
        shape = key;
        render();
      }
      grab(event, stage, photo, RATIOS[key], () => rects[key], set);
    });
    frames[key].addEventListener('keydown', (event) => steer(event, photo, RATIOS[key], () => rects[key], set));
  }
  const save = (): void => {
    const focus = middle(rects.square);
    draft.set('cover', { photo: digest, focus, wide: rects.wide, square: rects.square } satisfies Cover);
    dialog.close();
  };
  const reset = h('button', { type: 'button', class: 'button quiet', onclick: () => {
    rects.wide = around(photo, RATIOS.wide, photo.focus ?? CENTRE);
    rects.square = around(photo, RATIOS.square, photo.focus ?? CENTRE);
    render();
  } }, t('cover.reset'));
  const dialog = openDialog({
    title: t('cover.crop'), wide: true, body: [h('div', { class: 'crop' }, h('div', { class: 'crop-field' }, stage), side)],
    actions: [reset, h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('cancel')), h('button', { type: 'button', class: 'button primary', onclick: save }, t('cover.save'))],
  });
  dialog.classList.add('dialog-crop');
  render();
  frames[shape].focus();
}

function frame(shape: Shape): HTMLElement {
  const handles = ['nw', 'ne', 'sw', 'se'].map((corner) => h('span', { class: `crop-handle crop-${corner}`, 'data-corner': corner }));
  return h('div', { class: `crop-frame crop-frame-${shape}`, role: 'slider', 'aria-label': t(`cover.${shape}`), 'aria-valuenow': '0', tabindex: '0' },
    h('span', { class: 'crop-label' }, shape === 'wide' ? '2.35:1' : '1:1'), h('span', { class: 'crop-safe' }), ...handles);
}

function middle(rect: Rect): Point {
  return { x: round((rect.x1 + rect.x2) / 2), y: round((rect.y1 + rect.y2) / 2) };
}

function percent(n: number): string {
  return new Intl.NumberFormat(document.documentElement.lang, { style: 'percent' }).format(n);
}

/** Moves a part by its middle, or sizes it by a corner. */
function grab(press: PointerEvent, stage: HTMLElement, photo: Photo, ratio: number, get: () => Rect, set: (rect: Rect) => void): void {
  const corner = (press.target as HTMLElement).dataset.corner;
  const box = stage.getBoundingClientRect();
  const start = get();
  const target = press.currentTarget as HTMLElement;
  const controller = new AbortController();
  press.preventDefault();
  target.focus();
  target.setPointerCapture(press.pointerId);
  target.addEventListener('pointermove', (move) => {
    const [dx, dy] = [(move.clientX - press.clientX) / box.width, (move.clientY - press.clientY) / box.height];
    if (!corner) {
      set(shifted(start, dx, dy));
      return;
    }
    const east = corner.endsWith('e');
    const south = corner.startsWith('s');
    const width = start.x2 - start.x1 + (east ? dx : -dx);
    set(scaled(photo, ratio, start, width, { x: east ? 0 : 1, y: south ? 0 : 1 }));
  }, { signal: controller.signal });
  const end = (): void => controller.abort();
  target.addEventListener('pointerup', end, { signal: controller.signal });
  target.addEventListener('pointercancel', end, { signal: controller.signal });
}

/** Arrows move, + and - size; with Shift in larger steps. */
function steer(event: KeyboardEvent, photo: Photo, ratio: number, get: () => Rect, set: (rect: Rect) => void): void {
  const step = event.shiftKey ? 0.05 : 0.01;
  const moves: Record<string, [number, number]> = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  const move = moves[event.key];
  const rect = get();
  if (move) {
    set(shifted(rect, ...move));
  } else if (['+', '=', '-', '_'].includes(event.key)) {
    const by = event.key === '-' || event.key === '_' ? -step : step;
    set(scaled(photo, ratio, rect, rect.x2 - rect.x1 + 2 * by, CENTRE));
  } else {
    return;
  }
  event.preventDefault();
}
