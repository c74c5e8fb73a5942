// What can be tried without a browser: cutting a digest, the parts of a cover, comparing two bodies, colours, addresses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runes } from '../src/editor/body.ts';
import { pairs } from '../src/editor/compare.ts';
import { around, RATIOS, scaled, shifted } from '../src/editor/cover.ts';
import { cut } from '../src/editor/fields.ts';
import { completed } from '../src/editor/linkdialog.ts';
import { canonical } from '../src/editor/model.ts';
import { nearest, parseColor, sheetRules, tame } from '../src/editor/paste.ts';
import { picturesOf } from '../src/editor/rtf.ts';

globalThis.document = { documentElement: { lang: 'zh-CN' } };

test('a digest is cut at characters and never inside one', () => {
  assert.equal(cut('  短的\n摘要 ', 10), '短的 摘要');
  const family = '👩‍👩‍👧';
  const text = `甲${family.repeat(30)}`;
  for (let most = 2; most < 60; most++) {
    const out = cut(text, most);
    assert.ok(runes(out) <= most, `${most}: ${runes(out)}`);
    const inside = out.replace(/^甲/, '').replace(/…$/, '');
    assert.equal(inside.replaceAll(family, ''), '', `${most}: ${out}`);
  }
  assert.equal(cut('第一句话说完了，很好。第二句话还长得很', 16), '第一句话说完了，很好。');
  assert.equal(cut('没有句号只有逗号，后面还有很多字呢', 10), '没有句号只有逗号…');
});

test('the parts of a cover have their shape and stay within the photo', () => {
  const photos = [{ width: 4000, height: 3000 }, { width: 3000, height: 4000 }, { width: 900, height: 100 }, { width: 100, height: 900 }];
  for (const photo of photos) {
    for (const ratio of Object.values(RATIOS)) {
      for (const focus of [{ x: 0.5, y: 0.5 }, { x: 0, y: 1 }, { x: 1, y: 0 }]) {
        let rect = around(photo, ratio, focus);
        for (const change of [(r) => r, (r) => scaled(photo, ratio, r, 0.3, { x: 1, y: 1 }), (r) => shifted(r, 2, -2), (r) => scaled(photo, ratio, r, 5, { x: 0, y: 0 })]) {
          rect = change(rect);
          assert.ok(rect.x1 >= 0 && rect.y1 >= 0 && rect.x2 <= 1 && rect.y2 <= 1 && rect.x1 < rect.x2 && rect.y1 < rect.y2, JSON.stringify(rect));
          const shape = ((rect.x2 - rect.x1) * photo.width) / ((rect.y2 - rect.y1) * photo.height);
          assert.ok(Math.abs(shape - ratio) < 0.01 * ratio, `${shape} is not ${ratio}`);
        }
      }
    }
  }
});

test('two bodies face each other', () => {
  const p = (text) => ({ type: 'paragraph', text: [{ text }] });
  const hr = { type: 'divider' };
  const shown = (a, b) => pairs(a, b).map((pair) => pair.map((block) => (block ? (block.text?.[0].text ?? '—') : '·')).join('/')).join(' ');
  assert.equal(shown([p('a'), p('b'), p('c')], [p('a'), p('x'), p('c')]), 'a/a b/x c/c');
  assert.equal(shown([p('a'), p('c')], [p('a'), p('b'), hr, p('c')]), 'a/a ·/b ·/— c/c');
  assert.equal(shown([p('a'), hr], []), 'a/· —/·');
  assert.equal(shown([], []), '');
});

test('colours of other programs become the palette', () => {
  const name = (value) => { const rgb = parseColor(value); return rgb && nearest(...rgb); };
  assert.equal(name('#c00000'), 'red');
  assert.equal(name('rgb(255, 192, 0)'), 'orange');
  assert.equal(name('rgba(0,128,0,.5)'), 'green');
  assert.equal(name('#1e6bb8'), 'blue');
  assert.equal(name('#7030a0'), 'purple');
  for (const text of ['black', '#333', 'rgb(63,63,63)', 'windowtext', '#fff', 'transparent', 'expression(1)']) {
    assert.equal(name(text), undefined, text);
  }
});

test('addresses are completed as people mean them', () => {
  assert.equal(completed(' example.com/a '), 'https://example.com/a');
  assert.equal(completed('news@example.com'), 'mailto:news@example.com');
  assert.equal(completed('HTTP://example.com'), 'HTTP://example.com');
  assert.equal(completed('javascript:alert(1)'), 'javascript:alert(1)');
});

test('equal contents are equal as text', () => {
  const a = { body: { blocks: [], version: 1 }, title: ' 题 ', cover: { focus: { y: 0.5, x: 0.5 } }, credits: { source: '', text: '甲' }, digest: '' };
  const b = { title: '题', credits: { text: '甲' }, cover: { focus: { x: 0.5, y: 0.5 } }, body: { version: 1, blocks: [] } };
  assert.equal(JSON.stringify(canonical(a)), JSON.stringify(b));
});

test('the pictures that Word copies beside its text are found in their order', () => {
  const png = `89504e470d0a1a0a${'00'.repeat(60)}`;
  const jpeg = `ffd8ffe0${'11'.repeat(60)}`;
  const rtf = String.raw`{\rtf1\ansi{\*\listpicture{\pict\pngblip ${png}}}{\header{\pict\jpegblip ${jpeg}}}\pard Text {\*\shppict{\pict{\*\picprop}\picw10\pich10\pngblip\bliptag-5{\*\blipuid ${'ab'.repeat(16)}}
${png.slice(0, 64)}
${png.slice(64)}}}{\nonshppict{\pict\wmetafile8 ${'00'.repeat(80)}}} more {\pict\emfblip ${'01'.repeat(60)}}{\pict\jpegblip ${jpeg}}{\pict\pngblip ${'33'.repeat(64)}}}`;
  const found = picturesOf(rtf);
  assert.equal(found.length, 4);
  assert.equal(found[0], `data:image/png;base64,${Buffer.from(png, 'hex').toString('base64')}`);
  assert.equal(found[1], ''); // a drawing of Windows
  assert.equal(found[2], `data:image/jpeg;base64,${Buffer.from(jpeg, 'hex').toString('base64')}`);
  assert.equal(found[3], ''); // not what it says it is
  assert.deepEqual(picturesOf('<html>'), []);
  assert.deepEqual(picturesOf('{\\rtf1 }}}}{{{{'), []);
  const large = `ffd8ff${'ab'.repeat(200_001)}`;
  assert.equal(picturesOf(`{\\rtf1{\\pict\\jpegblip ${large}}}`)[0], `data:image/jpeg;base64,${Buffer.from(large, 'hex').toString('base64')}`);
});

test('what is pasted is tamed in time that grows with its length', () => {
  assert.equal(tame(`<p style="a" onclick=x>1 < 2</p><style>.a{b}</style><NoScript>x</noscript ><base href=x><b style='>'>y</b><i style`),
    `<p data-pasted-style="a" data-pasted-onclick=x>1 < 2</p><b data-pasted-style='>'>y</b><i style`);
  assert.equal(tame('a < b <style>.a{}'), 'a < b <style>.a{}');
  assert.deepEqual([...sheetRules('<style>\n<!-- @media x { p.MsoTitle, .b {color: red;margin:0} } .c{font-weight:bold}--></style>')],
    [['p.MsoTitle', 'color: red;'], ['.b', 'color: red;'], ['.c', 'font-weight:bold;']]);
  const long = (unit) => unit.repeat(1 << 20 >> Math.log2(unit.length));
  const from = performance.now();
  for (const markup of ['<style>', '<style', '<a ', '<a "', '<base ', '<noscript>', '</style ']) {
    tame(long(markup));
    sheetRules(long(markup));
  }
  for (const sheet of ['a', ' ', '.a ', '{', '}', ' ,']) {
    sheetRules(`<style>${long(sheet).slice(1000)}{color:red}${long(sheet).slice(5000)}</style>`);
  }
  assert.deepEqual(picturesOf(`{\\rtf1${'{'.repeat(1 << 20)}`), []);
  assert.ok(performance.now() - from < 20_000); // it took hours
});
