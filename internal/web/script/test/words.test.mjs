// Every message that a script asks for is in the catalogue, and no message is there for nobody.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = process.env.SCRIPT_DIR;
const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(root, 'src', name), 'utf8')).join('\n');
const catalogue = readdirSync(join(root, '../words')).filter((name) => name.endsWith('.zh.yaml')).map((name) => readFileSync(join(root, '../words', name), 'utf8')).join('\n');
const keys = catalogue.split('\n').map((line) => /^script\.([a-z0-9_.]+):/.exec(line)?.[1]).filter(Boolean);

test('what is asked for is there', () => {
  const literal = [...sources.matchAll(/\bt\('([a-z0-9_.]+)'/g)].map((m) => m[1]);
  const chosen = [...sources.matchAll(/\bt\([^()'`]*\? '([a-z0-9_.]+)' : (?:[^()'`]*\? '([a-z0-9_.]+)' : )?'([a-z0-9_.]+)'/g)].flatMap((m) => m.slice(1).filter(Boolean));
  for (const key of [...literal, ...chosen]) {
    assert.ok(keys.includes(key), key);
  }
  for (const [, prefix] of sources.matchAll(/\bt\(`([a-z0-9_.]+)\$\{/g)) {
    assert.ok(keys.some((key) => key.startsWith(prefix)), prefix);
  }
});

test('what is there is asked for', () => {
  const prefixes = [...sources.matchAll(/\bt\(`([a-z0-9_.]+)\$\{/g)].map((m) => m[1]);
  for (const key of keys) {
    assert.ok(sources.includes(`'${key}'`) || prefixes.some((prefix) => key.startsWith(prefix)), key);
  }
});

test('no script says a sentence of its own', () => {
  const code = sources.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
  const own = [...code.matchAll(/'[^'\n]*[\u4e00-\u9fff][^'\n]*'/g)].map((m) => m[0]).filter((s) => !/^'[。！？；]'$/.test(s));
  assert.deepEqual(own, []);
});
