// What is seen of a parcel while the server reads it: its photos one by one, each with its picture as soon as there is one,
// and those that were left out with why.

import { fill, h } from '../lib/dom';
import { t } from '../lib/words';

/** A line of the server's answer; one of its fields is there. */
export interface Step {
  reading?: boolean;
  understood?: { document: string; title: string; photos: string[] };
  begins?: number;
  done?: { photo: number; digest?: string; text?: string };
  location?: string;
  refused?: { code: string; text: string };
}

export class Reading {
  private readonly status = h('p', { 'aria-live': 'polite' });
  private readonly bar = h('progress', { class: 'drop-bar', max: 1, 'aria-label': t('drop.reading_label') });
  private readonly count = h('p', { class: 'drop-status' });
  private readonly tiles = h('ul', { class: 'drop-photos', 'aria-label': t('drop.photos_label') });
  private readonly refusals = h('ul', { class: 'notes', 'aria-live': 'polite' });
  readonly view = h('div', { class: 'drop-reading', hidden: true }, this.status, this.bar, this.count, this.tiles, this.refusals);
  private names: string[] = [];
  private finished = 0;
  private refused = 0;

  /** Forgets what was shown. */
  clear(): void {
    this.view.hidden = true;
    this.finished = this.refused = 0;
    this.names = [];
    fill(this.tiles);
    fill(this.refusals);
  }

  step(step: Step): void {
    if (step.reading) {
      this.view.hidden = false;
      this.bar.removeAttribute('value');
      this.status.textContent = t('drop.document');
      this.count.textContent = '';
    }
    if (step.understood) {
      this.understood(step.understood.title, step.understood.photos);
    }
    if (step.begins !== undefined) {
      this.tiles.children[step.begins]?.classList.add('is-reading');
    }
    if (step.done) {
      this.done(step.done.photo, step.done.digest, step.done.text);
    }
  }

  private understood(title: string, names: string[]): void {
    this.names = names;
    this.status.textContent = names.length > 0 ? t('drop.photos', { title, n: names.length }) : t('drop.saving', { title });
    fill(this.tiles, ...names.map((name) => h('li', { class: 'drop-photo' },
      h('span', { class: 'drop-frame' }), h('span', { class: 'drop-name', title: name }, own(name)))));
    this.counted();
  }

  private done(photo: number, digest?: string, text?: string): void {
    const tile = this.tiles.children[photo];
    const frame = tile?.firstElementChild;
    if (!tile || !frame) {
      return;
    }
    this.finished++;
    tile.classList.remove('is-reading');
    if (digest) {
      tile.classList.add('is-done');
      fill(frame, h('img', { src: `/photos/${digest}/site-480`, alt: '', width: 112, height: 84 }));
    } else {
      this.refused++;
      tile.classList.add('is-refused');
      fill(frame, t('drop.left_out'));
      this.refusals.append(h('li', { class: 'bad' }, text ?? this.names[photo]));
    }
    this.counted();
  }

  private counted(): void {
    const all = this.names.length;
    if (all === 0) {
      return;
    }
    this.bar.max = all;
    this.bar.value = this.finished;
    this.count.textContent = this.finished === all ? t('drop.ending')
      : t('drop.photos_done', { done: this.finished, all }) + (this.refused > 0 ? t('drop.photos_refused', { n: this.refused }) : '');
  }
}

/** A file's own name: parcels hold whole paths. */
function own(name: string): string {
  return name.split(/[\\/]/).pop()!;
}
