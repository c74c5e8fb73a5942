// The article as readers will see it, beside the editor: on a phone in WeChat, light and dark, and on the website. The
// server's own renderers write it; the frame keeps its place while what is in it changes.

import { debounce, h } from '../lib/dom';
import { cancelled, json, sentence } from '../lib/http';
import { t } from '../lib/words';
import { icon } from './icons';
import type { Addresses, Draft, EditorData } from './model';

const PAUSE = 900; // milliseconds after the last change

interface Tab { name: 'wechat_light' | 'wechat_dark' | 'site'; target: 'wechat' | 'site'; dark: boolean; icon: string }

const TABS: Tab[] = [
  { name: 'wechat_light', target: 'wechat', dark: false, icon: 'sun' },
  { name: 'wechat_dark', target: 'wechat', dark: true, icon: 'moon' },
  { name: 'site', target: 'site', dark: false, icon: 'globe' },
];

export class Preview {
  readonly element: HTMLElement;
  private tab = TABS[0]!;
  private theme: string;
  private request: AbortController | undefined;
  private readonly frames = new Map<Tab, { frame: HTMLIFrameElement; ready: Promise<void>; shown: string }>();
  private readonly stage = h('div', { class: 'phone' });
  private readonly status = h('p', { class: 'preview-status hint', role: 'status' });
  private readonly later = debounce(PAUSE, () => void this.render());
  private visible = false;

  constructor(private readonly draft: Draft, private readonly urls: Addresses, data: EditorData) {
    this.theme = data.theme ?? data.themes?.[0]?.id ?? '';
    const tabs = h('div', { class: 'tabs preview-tabs', role: 'tablist', 'aria-label': t('preview.title') }, ...TABS.map((tab) => this.button(tab)));
    this.stage.id = 'preview-stage';
    this.stage.setAttribute('role', 'tabpanel');
    this.stage.setAttribute('aria-label', t('preview.title'));
    this.element = h('section', { class: 'preview', 'aria-label': t('preview.title') }, h('div', { class: 'preview-head' }, tabs, this.themes(data)), this.stage, this.status);
    tabs.addEventListener('keydown', (event) => this.keys(event));
    draft.listen(() => this.visible && this.later());
    // Nothing is rendered while nobody can see it.
    new IntersectionObserver((entries) => {
      this.visible = entries.some((entry) => entry.isIntersecting);
      if (this.visible) {
        void this.render();
      }
    }).observe(this.element);
  }

  private button(tab: Tab): HTMLElement {
    return h('button', {
      type: 'button', role: 'tab', id: `preview-${tab.name}`, 'aria-controls': 'preview-stage', 'aria-selected': String(tab === this.tab), tabindex: tab === this.tab ? '0' : '-1',
      onclick: () => this.choose(tab),
    }, icon(tab.icon), t(`preview.${tab.name}`));
  }

  private themes(data: EditorData): HTMLElement | null {
    const themes = data.themes ?? [];
    if (themes.length < 2) {
      return null;
    }
    const select = h('select', { class: 'preview-theme', 'aria-label': t('preview.theme'), onchange: () => { this.theme = select.value; void this.render(); } },
      ...themes.map(({ id, name }) => h('option', { value: id, selected: id === this.theme }, name)));
    return select;
  }

  private keys(event: KeyboardEvent): void {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by) {
      event.preventDefault();
      const next = TABS[(TABS.indexOf(this.tab) + by + TABS.length) % TABS.length]!;
      this.choose(next);
      document.getElementById(`preview-${next.name}`)?.focus();
    }
  }

  private choose(tab: Tab): void {
    this.tab = tab;
    for (const other of TABS) {
      const button = document.getElementById(`preview-${other.name}`);
      button?.setAttribute('aria-selected', String(other === tab));
      button?.setAttribute('tabindex', other === tab ? '0' : '-1');
    }
    void this.render();
  }

  private frame(tab: Tab): { frame: HTMLIFrameElement; ready: Promise<void>; shown: string } {
    let entry = this.frames.get(tab);
    if (!entry) {
      const frame = h('iframe', { class: 'phone-frame', title: t(`preview.${tab.name}`), src: this.urls.frame(tab.target, tab.dark) });
      const ready = new Promise<void>((resolve) => frame.addEventListener('load', () => resolve(), { once: true }));
      // A reader may not be led away by a link of the preview.
      void ready.then(() => frame.contentDocument?.addEventListener('click', (event) => {
        if ((event.target as Element).closest?.('a')) {
          event.preventDefault();
        }
      }));
      entry = { frame, ready, shown: '' };
      this.frames.set(tab, entry);
      this.stage.append(frame);
    }
    return entry;
  }

  private async render(): Promise<void> {
    const tab = this.tab;
    const entry = this.frame(tab);
    this.stage.classList.toggle('is-dark', tab.dark);
    this.stage.classList.toggle('is-site', tab.target === 'site');
    this.frames.forEach(({ frame }, other) => { frame.hidden = other !== tab; });
    this.request?.abort();
    this.request = new AbortController();
    try {
      const body = { content: this.draft.content, target: tab.target, theme: this.theme };
      const [{ html }] = await Promise.all([json<{ html: string }>(this.urls.preview, { method: 'POST', body, signal: this.request.signal }), entry.ready]);
      this.put(entry, html);
      this.status.textContent = '';
    } catch (error) {
      if (!cancelled(error)) {
        this.status.textContent = sentence(error);
      }
    }
  }

  private put(entry: { frame: HTMLIFrameElement; shown: string }, html: string): void {
    const page = entry.frame.contentDocument;
    if (!page?.body || entry.shown === html) {
      return;
    }
    const top = page.scrollingElement?.scrollTop ?? 0;
    // Pictures that are there already are kept, so that nothing flickers and nothing jumps.
    const next = page.createElement('body');
    next.innerHTML = html;
    const old = new Map([...page.images].map((image) => [image.getAttribute('src'), image]));
    for (const image of next.querySelectorAll('img')) {
      const same = old.get(image.getAttribute('src'));
      if (same?.complete && same.getAttribute('style') === image.getAttribute('style')) {
        old.delete(image.getAttribute('src'));
        image.replaceWith(same);
      }
    }
    page.body.replaceChildren(...next.childNodes);
    page.scrollingElement?.scrollTo({ top, behavior: 'instant' });
    entry.shown = html;
  }
}
