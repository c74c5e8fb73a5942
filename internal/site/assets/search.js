// Searches the site with no server: internal/site/search says what the files are that it fetches, and folds and cuts texts into
// grams the same way; a test compares the two.

const PAGE = 20; // results at a time
const DIRECT = 6; // pieces that are read without asking titles first, and that it does not pay to make fewer
const BUDGET = 9e6; // bytes, unpacked, that are fetched before the reader is asked

const letters = /[\p{L}\p{N}\p{M}]/u;

function isWide(c) {
  return (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

const folded = new Map();
let variants = null;

// Says which characters are taken for others: a line of them, and a line of those.
export function setVariants(text) {
  const [from, to] = text.trim().split('\n').map((line) => [...line]);
  variants = new Map(from.map((c, i) => [c, to[i]]));
  folded.clear();
}

const variant = (c) => variants.get(c) || c;
const simple = (text) => (variants ? text.replace(/[\u4e00-\u9fff]/g, variant) : text);

function foldOne(c) {
  let out = folded.get(c);
  if (out === undefined) {
    folded.set(c, (out = c.normalize('NFKC').replace(/./gsu, (one) => one.toLowerCase())));
  }
  return out;
}

// Full-width, half-width, capital and small letters become the same, and variants.
export function fold(text) {
  return simple(text.replace(/[^\x00-@[-\x7f\u4e00-\u9fff\uac00-\ud7a3]/gu, foldOne));
}

// fold, with the place in the text that each unit of the outcome comes from.
function foldFrom(text) {
  let out = '';
  const from = [];
  let at = 0;
  for (const c of text) {
    const one = fold(c);
    for (let i = 0; i < one.length; i++) from.push(at);
    out += one;
    at += c.length;
  }
  from.push(at);
  return [out, from];
}

// The words of a folded text: {text, wide}.
export function words(text) {
  const out = [];
  let run = '';
  let wide = false;
  const end = () => {
    if (run) out.push({ text: run, wide });
    run = '';
  };
  for (const c of text) {
    if (!letters.test(c)) {
      end();
      continue;
    }
    const w = isWide(c.codePointAt(0));
    if (w !== wide) end();
    wide = w;
    run += c;
  }
  end();
  return out;
}

function mix(h) {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hash(chars) {
  let h = 2166136261;
  for (const c of chars) h = Math.imul(h ^ c.codePointAt(0), 16777619);
  return mix(h);
}

// The hashes of what stands side by side in a folded text, each once.
export function grams(text) {
  const out = new Set();
  for (const { text: run, wide } of words(text)) {
    const chars = [...(wide ? run : '^' + run)];
    const size = wide ? 2 : 3;
    if (!wide) out.add(hash(chars.slice(0, 2)));
    for (let i = 0; i + size <= chars.length; i++) out.add(hash(chars.slice(i, i + size)));
  }
  return [...out].sort((a, b) => a - b);
}

// Reads numbers that are packed into bytes, the lowest bits first.
class Bits {
  constructor(data, at) {
    this.data = data;
    this.at = at * 8;
    this.past = false; // more was read than there is
  }

  take(n) {
    let out = 0;
    for (let got = 0; got < n; ) {
      if (this.at >>> 3 >= this.data.length) {
        this.past = true;
        return 0;
      }
      const size = Math.min(8 - (this.at & 7), n - got);
      out |= ((this.data[this.at >>> 3] >>> (this.at & 7)) & ((1 << size) - 1)) << got;
      got += size;
      this.at += size;
    }
    return out;
  }

  rice(k) {
    let ones = 0;
    while (this.take(1) === 1) ones++;
    return this.past ? 0 : (ones << k) | this.take(k);
  }
}

// The places of a key that is in more than a few pieces.
export function unpack(data) {
  const bits = new Bits(data, 0);
  const out = [];
  const k = bits.take(4);
  for (let at = 0; ; at++) {
    const step = k === 15 ? bits.take(1) : bits.rice(k);
    if (bits.past) return out;
    if (k !== 15) at += step;
    if (k !== 15 || step) out.push(at);
  }
}

const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('');
const within = (piece, group) => piece.shift <= group.shift && Math.floor(piece.index / 2 ** (group.shift - piece.shift)) === group.index;

function span(name) {
  const [shift, index] = name.slice(name.indexOf('/') + 1).split('-').map(Number);
  return { shift, index };
}

// A table of an era: which pieces there are, the oldest first, and where keys are.
export class Table {
  constructor(buffer) {
    const view = new DataView(buffer);
    this.data = new Uint8Array(buffer);
    const count = view.getUint32(4, true);
    this.size = view.getUint32(8, true);
    this.k = this.data[12];
    this.tag = hex(this.data.subarray(13, 17));
    this.end = 17 + 10 * count;
    if (this.end > this.data.length) throw new Error('torn');
    this.pieces = [];
    for (let at = 17; at < this.end; at += 10) {
      const shift = this.data[at];
      const index = view.getUint32(at + 1, true);
      this.pieces.push({ shift, index, name: `${Math.floor(index / 2 ** (25 - shift))}/${shift}-${index}`, version: hex(this.data.subarray(at + 5, at + 10)) });
    }
    this.width = count > 1 ? 32 - Math.clz32(count - 1) : 0;
  }

  // What there is of each key, which are in order: its places, or in more the number of its entry; null where one is nowhere.
  find(keys) {
    const bits = new Bits(this.data, this.end);
    const out = [];
    let key = -1;
    let more = 0;
    for (let i = 0; i < this.size && out.length < keys.length; i++) {
      key += bits.rice(this.k) + 1;
      if (key > keys[out.length]) return null;
      const wanted = key === keys[out.length];
      if (bits.take(1)) {
        const dense = bits.take(1) === 1;
        if (wanted) out.push({ more, dense });
        more++;
        continue;
      }
      const places = [];
      for (let n = bits.take(2); n >= 0; n--) places.push(bits.take(this.width));
      if (wanted) out.push({ places });
    }
    return out.length < keys.length ? null : out;
  }
}

// Entries of the file that says more, by their numbers, which are in order.
export function entries(data, numbers) {
  const out = [];
  for (let at = 4, i = 0; out.length < numbers.length && at < data.length; i++) {
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= data.length) throw new Error('torn'); // what was cut off would never end
      size |= (data[at] & 0x7f) << shift;
      if (data[at++] < 0x80) break;
    }
    if (i === numbers[out.length]) out.push(unpack(data.subarray(at, at + size)));
    at += size;
  }
  return out;
}

// Where a word stands in a folded text, at or after a place; -1 for nowhere. Words that are not wide are found from their beginning.
function place(word, text, after) {
  for (let at = text.indexOf(word.text, after); at >= 0; at = text.indexOf(word.text, at + 1)) {
    const before = word.wide || at === 0 ? '' : text[at - 1];
    if (!before || !letters.test(before) || isWide(before.charCodeAt(0))) return at;
  }
  return -1;
}

const holds = (text, asked) => asked.every((word) => place(word, text, 0) >= 0);

// Loads items in order, each time one more at once, up to four.
async function* ahead(items, load) {
  const loads = [];
  for (let i = 0; i < items.length; i++) {
    for (let j = i; j < items.length && j <= i + Math.min(i, 3); j++) {
      loads[j] ??= load(items[j]);
      loads[j].catch(() => {}); // it is awaited when its turn comes, or never
    }
    yield loads[i];
    loads[i] = null;
  }
}

// The files of the index, fetched from an address.
export class Index {
  constructor(base) {
    this.base = base;
    this.files = new Map();
    this.bytes = 0;
    this.most = 0;
  }

  // Groups change under the same name and are asked about again; pieces are named by what is in them.
  load(name, read) {
    let file = this.files.get(name);
    if (!file) {
      file = fetch(this.base + name, name.includes('?') ? {} : { cache: 'no-cache' }).then(async (answer) => {
        if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
        const data = await answer.arrayBuffer();
        this.bytes += data.byteLength;
        return read(data);
      });
      file.catch(() => this.files.delete(name));
      this.files.set(name, file);
    }
    return file;
  }

  json(name) {
    return this.load(name, (data) => JSON.parse(new TextDecoder().decode(data)));
  }

  titles(group) {
    return this.json(group + '.titles.json');
  }

  table(era, shard) {
    return this.load(`eras/${era}.${shard}.bin`, (data) => new Table(data));
  }

  async more(era, shard, table) {
    const data = await this.load(`eras/${era}.${shard}.more.bin?${table.tag}`, (all) => new Uint8Array(all));
    if (hex(data.subarray(0, 4)) !== table.tag) throw new Error(`${era}: changed`);
    return data;
  }

  // The pieces of an era that may hold all grams, the newest first. One table or file is asked after another until few are left,
  // those first that say most about what is asked.
  async pieces(era, grams) {
    const byShard = [0, 1].map((shard) => grams.filter((gram) => (gram & 1) === shard).map((gram) => gram >>> 10));
    const order = byShard[1].length > byShard[0].length ? [1, 0] : [0, 1];
    let left = null;
    let pieces = null;
    const keep = (places) => {
      const held = new Set(places);
      left = left ? left.filter((place) => held.has(place)) : places;
    };
    const rest = [];
    for (const shard of order) {
      if (byShard[shard].length === 0 ? pieces : left && left.length <= DIRECT) continue;
      const table = await this.table(era, shard);
      if (pieces && pieces.some((piece, i) => piece.version !== table.pieces[i]?.version)) throw new Error(`${era}: changed`);
      pieces = table.pieces;
      const found = table.find([...new Set(byShard[shard])].sort((a, b) => a - b));
      if (!found) return [];
      for (const one of found) if (one.places) keep(one.places);
      const numbers = found.filter((one) => one.more >= 0 && !one.dense).map((one) => one.more);
      if (numbers.length) rest.push([shard, table, numbers]);
    }
    rest.sort((a, b) => b[2].length - a[2].length);
    for (const [shard, table, numbers] of rest) {
      if (left && left.length <= 4 * DIRECT) break;
      for (const places of entries(await this.more(era, shard, table), numbers)) keep(places);
    }
    return (left ? left.map((place) => pieces[place]) : [...pieces]).sort((a, b) => b.index * 2 ** b.shift - a.index * 2 ** a.shift);
  }

  // Articles in which each word stands: era by era, the newest first, and of each those with all of them in the title before others.
  // null: may I go on?
  async *find(asked) {
    const eras = await this.json('index.json');
    const all = grams(asked.map((word) => word.text).join(' '));
    this.most = this.bytes + BUDGET;
    const seen = new Set();
    if (eras.length) yield* this.titled([eras[0][1][0]], null, asked, seen); // often enough
    for await (const [groups, pieces] of ahead(eras, async ([era, groups]) => [groups, await this.pieces(era, all)])) {
      yield* this.findIn(groups, pieces, asked, seen);
      seen.clear();
    }
  }

  // Articles with each word in the title.
  async *titled(groups, names, asked, seen) {
    for await (const titles of ahead(groups, (group) => this.titles(group))) {
      for (const [name, , rows] of titles) {
        if (names && !names.has(name)) continue;
        for (const [path, title, day, column] of rows) {
          if (!seen.has(path) && holds(fold(title), asked)) {
            seen.add(path);
            yield { path, title, day, column, text: '' };
          }
        }
      }
    }
  }

  async *findIn(groups, pieces, asked, seen) {
    const few = pieces.length <= DIRECT;
    if (few) {
      const rows = (await Promise.all(pieces.map((piece) => this.piece(piece)))).flat();
      for (const [path, title, day, column] of rows) {
        if (!seen.has(path) && holds(fold(title), asked)) {
          seen.add(path);
          yield { path, title, day, column, text: '' };
        }
      }
    } else {
      const left = groups.filter((group) => pieces.some((piece) => within(piece, span(group))));
      yield* this.titled(left, new Set(pieces.map((piece) => `${piece.shift}-${piece.index}`)), asked, seen);
    }
    for await (const rows of ahead(pieces, (piece) => this.piece(piece))) {
      for (const [path, title, day, column, text] of rows) {
        if (!seen.has(path) && holds(fold(title + '\n' + text), asked)) yield { path, title, day, column, text };
      }
      if (this.bytes > this.most) {
        yield null;
        this.most = this.bytes + BUDGET;
      }
    }
  }

  piece({ name, version }) {
    return this.json(`${name}.json?${version}`);
  }
}

// What is asked for, without what cannot be: addresses and pages take no half of a character, and nobody reads a page of question.
export function tidy(query) {
  return [...query.slice(0, 1000).replace(/[\p{Cs}\p{Cc}]/gu, ' ').trim()].slice(0, 200).join('').trim();
}

// The words that a reader asks for.
export function asked(query) {
  return words(fold(tidy(query).normalize('NFC').replace(/\p{Cf}/gu, '')));
}

// Long words in pairs, for what nobody has written just so: 安全生产会议 is also in 安全生产工作会议. null if that changes nothing.
export function looser(asked) {
  const out = asked.flatMap((word) => {
    const parts = (word.wide && word.text.match(/...$|../gsu)) || [];
    return parts.length > 1 && parts.join('') === word.text ? parts.map((text) => ({ text, wide: true })) : [word];
  });
  return out.length > asked.length ? out : null;
}

// The sentence in which a word stands first, or what is around it where that is long.
function sentence(text, asked) {
  const [low, from] = foldFrom(text);
  const places = asked.map((word) => place(word, low, 0)).filter((at) => at >= 0);
  const hit = places.length ? from[Math.min(...places)] : 0;
  const ends = /[。！？!?；;\n]|\. /g;
  let begin = 0;
  let end = text.length;
  for (let stop; (stop = ends.exec(text)); ) {
    if (stop.index < hit) begin = stop.index + 1;
    else {
      end = stop.index + 1;
      break;
    }
  }
  const width = isWide(text.charCodeAt(hit)) ? 1 : 2; // two lines on a phone have room for the hit
  const first = hit - begin > 36 * width ? hit - 24 * width : begin;
  const last = Math.min(end, first + 120 * width);
  return (first > begin ? '…' : '') + text.slice(first, last).trim() + (last < end ? '…' : '');
}

function element(tag, attributes, ...inside) {
  const out = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value) out.setAttribute(name, value);
  out.append(...inside);
  return out;
}

// A text with what was asked for marked.
function marked(text, asked) {
  const [low, from] = foldFrom(text);
  const hits = [];
  for (const word of asked) {
    for (let at = place(word, low, 0); at >= 0; at = place(word, low, at + word.text.length)) {
      hits.push([from[at], from[at + word.text.length]]);
    }
  }
  const out = document.createDocumentFragment();
  let done = 0;
  for (const [begin, end] of hits.sort((a, b) => a[0] - b[0])) {
    if (begin < done) continue;
    out.append(text.slice(done, begin), element('mark', {}, text.slice(begin, end)));
    done = end;
  }
  out.append(text.slice(done));
  return out;
}

const tongue = (text) => (/[\u3400-\u9fff]/.test(text) ? 'zh-CN' : 'en');

function begin(page) {
  const { base, title } = page.dataset;
  const [form, status, list, more] = ['form', '[role=status]', 'ol', 'button.more'].map((name) => page.querySelector(name));
  const box = form.elements.q;
  const index = new Index(base + 'search/');
  const foreign = (text) => (tongue(text) === document.documentElement.lang ? '' : tongue(text));
  let turn = 0;
  let timer;
  let last = null;

  function result(found, words) {
    const entry = element('div', { class: 'entry' });
    entry.append(element('h2', {}, element('a', { href: base + found.path, lang: foreign(found.title) }, marked(found.title, words))));
    if (found.text) entry.append(element('p', { class: 'summary', lang: foreign(found.text) }, marked(sentence(found.text, words), words)));
    entry.append(element('p', { class: 'when' }, element('time', { datetime: found.day }, found.day), element('span', { lang: foreign(found.column) }, found.column)));
    return element('li', {}, entry);
  }

  function say(key, n) {
    status.textContent = (page.dataset[key] || '').replace('%d', n);
  }

  // Without it the search goes on, and traditional characters are found as they are written.
  let variantsThere = page.dataset.variants && fetch(page.dataset.variants).then(async (answer) => answer.ok && setVariants(await answer.text())).catch(() => {});

  async function search(again) {
    const mine = ++turn;
    const query = tidy(box.value);
    let found = 'found';
    last = query;
    document.title = query ? `${query} - ${title}` : title;
    history.replaceState(null, '', query ? '?q=' + encodeURIComponent(query) : location.pathname);
    more.hidden = true;
    if (variantsThere) {
      say('busy');
      await variantsThere;
      variantsThere = null;
      if (mine !== turn) return;
    }
    let words = asked(query);
    if (words.length === 0) {
      list.replaceChildren();
      say(query ? 'none' : '');
      return;
    }
    say('busy');
    let finds = index.find(words);
    let shown = 0;
    const next = async () => {
      const until = shown + PAGE;
      more.hidden = true;
      try {
        for (;;) {
          const { value, done } = await finds.next();
          if (mine !== turn) return;
          if (value && ++shown === 1) list.replaceChildren();
          if (value) list.append(result(value, words));
          if (done && !shown && looser(words)) {
            words = looser(words);
            finds = index.find(words);
            found = 'loose';
            continue;
          }
          if (done) {
            if (!shown) list.replaceChildren();
            say(shown ? found : 'none', shown);
            return;
          }
          if (!value || shown === until) break;
        }
        say(found === 'loose' ? found : shown === until ? 'some' : 'paused', shown);
        more.textContent = page.dataset[shown === until ? 'more' : 'older'];
        more.onclick = () => {
          const first = list.children.length;
          say('busy');
          next().then(() => list.children[first]?.querySelector('a').focus());
        };
      } catch (fault) {
        if (mine !== turn) return;
        index.files.clear(); // something was published since, or is on its way here
        if (!again) return search(true);
        say('failed');
        more.textContent = page.dataset.again;
        more.onclick = () => search(true);
      }
      more.hidden = false;
    };
    await next();
  }

  box.addEventListener('input', (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(() => tidy(box.value) !== last && search(), 150);
  });
  box.addEventListener('compositionend', () => box.dispatchEvent(new Event('input')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search();
  });
  page.addEventListener('keydown', (event) => {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!way || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const stops = [box, ...list.querySelectorAll('a')];
    const at = stops.indexOf(document.activeElement);
    if (at < 0 || !stops[at + way]) return;
    event.preventDefault();
    stops[at + way].focus();
  });
  box.value = new URLSearchParams(location.search).get('q') || '';
  if (box.value) search();
  else box.focus({ preventScroll: true });
}

const page = globalThis.document?.querySelector('[data-search]');
if (page) begin(page);
