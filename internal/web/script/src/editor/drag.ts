// Dragging a photo or gallery to another place in the document, by mouse, pen or finger. A line shows where it would land;
// over the pictures of a gallery, a photo lands between them.

import type { Editor } from '@tiptap/core';
import { h } from '../lib/dom';
import { transfer } from './photos';

const START = 5; // pixels before a press is a drag
const EDGE = 70; // pixels from the window's edge where it scrolls

interface Landing { pos: number; box: { left: number; top: number; width: number; height: number } }

export function drag(editor: Editor, handle: HTMLElement, dom: HTMLElement, at: () => number | undefined): void {
  handle.addEventListener('pointerdown', (press) => {
    if (press.button !== 0) {
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    const line = h('div', { class: 'drop-line', hidden: true });
    let landing: Landing | undefined;
    let dragging = false;
    const end = (): void => {
      controller.abort();
      line.remove();
      dom.classList.remove('is-dragging');
      document.documentElement.classList.remove('is-sorting');
    };
    handle.setPointerCapture(press.pointerId);
    handle.addEventListener('pointermove', (move) => {
      if (!dragging && Math.hypot(move.clientX - press.clientX, move.clientY - press.clientY) < START) {
        return;
      }
      if (!dragging) {
        dragging = true;
        document.body.append(line);
        dom.classList.add('is-dragging');
        document.documentElement.classList.add('is-sorting');
      }
      scroll(move.clientY);
      landing = find(editor, at(), move.clientX, move.clientY);
      show(line, landing);
    }, { signal });
    handle.addEventListener('pointerup', () => {
      end();
      const pos = at();
      if (dragging && landing && pos !== undefined) {
        transfer(editor, pos, landing.pos);
      }
    }, { signal });
    handle.addEventListener('pointercancel', end, { signal });
    document.addEventListener('keydown', (key) => { if (key.key === 'Escape') { end(); } }, { signal });
    handle.addEventListener('touchmove', (touch) => touch.preventDefault(), { signal, passive: false });
  });
}

function scroll(y: number): void {
  scrollBy(0, y < EDGE ? (y - EDGE) / 3 : y > innerHeight - EDGE ? (y - innerHeight + EDGE) / 3 : 0);
}

function show(line: HTMLElement, landing: Landing | undefined): void {
  line.hidden = !landing;
  if (landing) {
    for (const [name, value] of Object.entries(landing.box)) {
      line.style.setProperty(name, `${value}px`);
    }
  }
}

/** Where something dragged would land: between top-level blocks, or between the photos of a gallery. */
function find(editor: Editor, from: number | undefined, x: number, y: number): Landing | undefined {
  const { doc } = editor.state;
  const dragged = from === undefined ? null : doc.nodeAt(from);
  let landing: Landing | undefined;
  doc.forEach((node, pos) => {
    const dom = editor.view.nodeDOM(pos);
    if (!(dom instanceof HTMLElement)) {
      return;
    }
    const box = dom.getBoundingClientRect();
    if (node.type.name === 'gallery' && dragged?.type.name === 'photo' && y > box.top + 24 && y < box.bottom - 24) {
      landing = within(editor, pos, x, y) ?? landing;
      return;
    }
    const after = y > box.top + box.height / 2;
    if (!landing || y > box.top - 8) {
      landing = {
        pos: after ? pos + node.nodeSize : pos,
        box: { left: box.left, width: box.width, height: 4, top: (after ? box.bottom : box.top) - 2 },
      };
    }
  });
  return landing;
}

function within(editor: Editor, gallery: number, x: number, y: number): Landing | undefined {
  const node = editor.state.doc.nodeAt(gallery)!;
  let best: Landing | undefined;
  let nearest = Infinity;
  node.forEach((photo, offset) => {
    const pos = gallery + 1 + offset;
    const dom = editor.view.nodeDOM(pos);
    if (!(dom instanceof HTMLElement)) {
      return;
    }
    const box = dom.getBoundingClientRect();
    const distance = Math.hypot(box.left + box.width / 2 - x, box.top + box.height / 2 - y);
    if (distance < nearest) {
      nearest = distance;
      const after = x > box.left + box.width / 2;
      best = { pos: after ? pos + photo.nodeSize : pos, box: { left: (after ? box.right : box.left) - 2, width: 4, top: box.top, height: box.height } };
    }
  });
  return best;
}
