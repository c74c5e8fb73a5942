// Bodies go into the editor's document and come back. Canonical ones come back in the same bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getSchema } from '@tiptap/core';
import { Node } from '@tiptap/pm/model';
import { fromDoc, normalize, oneLine, origins, PALETTE, runes, safeLink, toDoc } from '../src/editor/body.ts';
import { extensions } from '../src/editor/schema.ts';

// A generator with a seed, so that a failure can be repeated.
function random(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let n = Math.imul(state ^ (state >>> 15), 1 | state);
    n = (n + Math.imul(n ^ (n >>> 7), 61 | n)) ^ n;
    return ((n ^ (n >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  const maybe = (p) => next() < p;
  const pick = (list) => list[below(list.length)];
  const many = (least, most, f) => Array.from({ length: least + below(most - least + 1) }, f);
  return { below, maybe, pick, many };
}

const WORDS = ['新闻', '学院', ' ', '\n', 'a b', '\t', '　', '👩‍👩‍👧', '“引”', 'e\u0301', '𠮷', '<b>&amp;', '\u00a0', '。', '\n\n', '\u200b', '0'];

function generator(r) {
  const digest = () => Array.from({ length: 64 }, () => '0123456789abcdef'[r.below(16)]).join('');
  const text = () => r.many(0, 6, () => r.pick(WORDS)).join('');
  const run = () => ({
    text: text(),
    ...(r.maybe(0.3) ? { bold: true } : {}), ...(r.maybe(0.2) ? { italic: true } : {}),
    ...(r.maybe(0.1) ? { underline: true } : {}), ...(r.maybe(0.1) ? { strike: true } : {}),
    ...(r.maybe(0.2) ? { color: r.pick(PALETTE) } : {}), ...(r.maybe(0.2) ? { link: r.pick(['https://example.com/a?b=c#d', 'mailto:a@example.com']) } : {}),
  });
  const runs = () => r.many(0, 4, run);
  const align = () => (r.maybe(0.3) ? { align: r.pick(['center', 'right']) } : {});
  const picture = () => ({ photo: digest(), ...(r.maybe(0.5) ? { caption: text().replaceAll('\n', '') } : {}), ...(r.maybe(0.5) ? { alt: text().replaceAll('\n', '') } : {}) });
  const list = (depth) => ({
    ...(r.maybe(0.5) ? { ordered: true } : {}), ...(r.maybe(0.3) ? { start: r.below(5) } : {}),
    items: r.many(0, 3, () => ({ text: runs(), ...(depth > 1 && r.maybe(0.4) ? { list: list(depth - 1) } : {}) })),
  });
  const cell = () => ({ ...align(), ...(r.maybe(0.2) ? { colspan: r.below(4) } : {}), ...(r.maybe(0.2) ? { rowspan: r.below(4) } : {}), text: runs() });
  const blocks = [
    () => ({ type: 'paragraph', ...align(), text: runs() }),
    () => ({ type: 'heading', level: 2 + r.below(3), ...align(), text: runs() }),
    () => ({ type: 'photo', ...picture() }),
    () => ({ type: 'gallery', photos: r.many(0, 4, picture) }),
    () => ({ type: 'list', ...list(6) }),
    () => ({ type: 'quote', paragraphs: r.many(0, 3, () => ({ ...align(), text: runs() })) }),
    () => ({ type: 'table', ...(r.maybe(0.5) ? { header: true } : {}), rows: r.many(0, 4, () => r.many(0, 4, cell)) }),
    () => ({ type: 'divider' }),
  ];
  return () => ({ version: 1, blocks: r.many(0, 8, () => r.pick(blocks)()) });
}

const schema = getSchema(extensions());
const through = (body) => {
  const node = Node.fromJSON(schema, toDoc(body));
  node.check(); // what the editor holds is what its schema allows
  return { doc: node.toJSON(), body: fromDoc(node.toJSON()) };
};

test('every body comes back canonical, and canonical ones in the same bytes', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const body = generator(random(seed))();
    const want = normalize(body);
    const once = through(body).body;
    assert.equal(JSON.stringify(once), JSON.stringify(want), `seed ${seed}: ${JSON.stringify(body)}`);
    const { body: twice, doc } = through(once);
    assert.equal(JSON.stringify(twice), JSON.stringify(once), `seed ${seed}, the second time`);
    const from = origins(doc);
    assert.equal(from.length, once.blocks.length, `seed ${seed}: every block has its place`);
  }
});

const D = 'a'.repeat(64);
for (const [name, blocks, want] of [
  ['nothing', []],
  ['a bold line break between plain words', [{ type: 'paragraph', text: [{ text: '甲' }, { text: '\n', bold: true }, { text: '乙' }] }]],
  ['two breaks', [{ type: 'paragraph', align: 'center', text: [{ text: '甲\n\n乙', italic: true }] }]],
  ['neighbours of one look', [{ type: 'paragraph', text: [{ text: '甲', bold: true }, { text: '乙', bold: true }] }],
    [{ type: 'paragraph', text: [{ text: '甲乙', bold: true }] }]],
  ['every look at once', [{ type: 'heading', level: 4, align: 'right', text: [{ text: 'x', bold: true, italic: true, underline: true, strike: true, color: 'gray', link: 'https://例子.中国/路径' }] }]],
  ['links beside each other', [{ type: 'paragraph', text: [{ text: 'a', link: 'https://a.example' }, { text: 'b', link: 'https://b.example' }] }]],
  ['the same photo twice', [{ type: 'photo', photo: D }, { type: 'gallery', photos: [{ photo: D, caption: '一' }, { photo: D, alt: '二' }] }]],
  ['a gallery of one', [{ type: 'gallery', photos: [{ photo: D, caption: ' 图 ' }] }], [{ type: 'photo', photo: D, caption: '图' }]],
  ['lists beside each other', [{ type: 'list', items: [{ text: [{ text: '1' }] }] }, { type: 'list', items: [{ text: [{ text: '2' }] }] }]],
  ['an item that only holds a list', [{ type: 'list', items: [{ text: [], list: { ordered: true, start: 7, items: [{ text: [{ text: '内' }] }] } }] }]],
  ['six deep', [{ type: 'list', ...[1, 2, 3, 4, 5].reduce((inner) => ({ items: [{ text: [{ text: '层' }], list: inner }] }), { items: [{ text: [{ text: '底' }] }] }) }]],
  ['a table with spans and an empty row', [{ type: 'table', header: true, rows: [[{ colspan: 2, text: [{ text: 'A' }] }], [{ align: 'right', rowspan: 2, text: [{ text: '1\n2' }] }, { text: [] }], []] }]],
  ['white space within', [{ type: 'paragraph', text: [{ text: 'a  b\tc　d' }] }]],
]) {
  test(name, () => assert.equal(JSON.stringify(through({ version: 1, blocks }).body), JSON.stringify({ version: 1, blocks: want ?? blocks })));
}

test('characters are counted as Go counts them', () => {
  assert.equal(runes('𠮷野家👩‍👩‍👧e\u0301'), 3 + 5 + 2);
  assert.equal(runes('\ud800'), 1);
});

test('short fields are one line', () => assert.equal(oneLine('　 甲\n\u2003乙 \u200b'), '甲 乙'));

test('links that may stand behind words', () => {
  for (const link of ['https://example.com', 'http://例子.中国/路?q=一#二', 'mailto:a@b.example', 'HTTPS://EXAMPLE.COM/']) {
    assert.ok(safeLink(link), link);
  }
  for (const link of ['', 'javascript:alert(1)', 'java\nscript:x', 'data:text/html,x', '//example.com', '/path', 'https://', 'https://a@b.example', 'mailto:x',
    'https://example.com/ x', 'https://example.com/%0d', 'vbscript:x', 'file:///etc', 'https://exa\u200bmple.com', `https://example.com/${'x'.repeat(1000)}`]) {
    assert.ok(!safeLink(link), link);
  }
});
