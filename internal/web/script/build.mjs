// Builds dist/app.js and dist/editor.js, each with .gz and .br beside it, code.js and variants.txt for the website, and licenses.txt;
// refuses what is too large.
// With --test it bundles test/*.test.mjs, which import the sources, and runs them with node's own test runner.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, existsSync, renameSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import traditional from 'opencc-js/dict/TSCharacters';

const here = dirname(fileURLToPath(import.meta.url));
const KB = 1024;
const LIMITS = { app: 40 * KB, together: 250 * KB, code: 3 * KB }; // of the larger of the two compressed forms

if (process.argv.includes('--test')) {
  process.exit(await test());
}
process.exit(await scripts());

async function scripts() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { app: 'src/app.ts', editor: 'src/editor.ts' },
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'external',
    outdir: 'dist',
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  const sizes = {};
  let legal = '';
  for (const file of result.outputFiles) {
    const name = basename(file.path);
    if (name.endsWith('.LEGAL.txt')) {
      legal += file.text;
      continue;
    }
    if (/\beval\(/.test(file.text)) {
      throw new Error(`${name} calls eval, which the pages' policy forbids`);
    }
    const gz = gzipSync(file.contents, { level: 9 });
    const br = brotliCompressSync(file.contents, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: file.contents.length } });
    write(name, file.contents);
    write(`${name}.gz`, gz);
    write(`${name}.br`, br);
    sizes[name] = Math.max(gz.length, br.length);
    console.log(`${name}: ${kb(file.contents.length)}, gzip ${kb(gz.length)}, brotli ${kb(br.length)}`);
  }
  const code = await websites();
  const excess = within('app.js', sizes['app.js'], LIMITS.app) + within('app.js and editor.js', sizes['app.js'] + sizes['editor.js'], LIMITS.together) +
    within('code.js', gzipSync(code.text, { level: 9 }).length, LIMITS.code);
  if (excess === 0) {
    write('code.js', code.text);
    write('variants.txt', variants(traditional));
    const inputs = [...Object.keys(result.metafile.inputs), ...code.inputs, 'node_modules/opencc-js/'];
    write('licenses.txt', licenses(inputs) + legal); // last: .ci/assets takes it for the time of the build
  }
  return excess;
}

// The module that the website's articles draw QR codes with. It goes to readers by itself, so that it says whose it is.
async function websites() {
  const owner = JSON.parse(readFileSync(join(here, 'node_modules/lean-qr/package.json'), 'utf8'));
  const [copyright] = readFileSync(join(here, 'node_modules/lean-qr/LICENSE'), 'utf8').match(/^Copyright .*$/m);
  const { outputFiles: [file], metafile } = await build({
    absWorkingDir: here,
    entryPoints: ['src/site/code.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    banner: { js: `/* with ${owner.name} ${owner.version} (${owner.license}), ${copyright} */` },
    outdir: 'dist',
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  console.log(`code.js: ${kb(file.contents.length)}, gzip ${kb(gzipSync(file.contents, { level: 9 }).length)}`);
  return { text: file.text, inputs: Object.keys(metafile.inputs) };
}

function within(what, size, limit) {
  if (size <= limit) {
    return 0;
  }
  console.error(`${what}: ${kb(size)} compressed, at most ${kb(limit)} are allowed`);
  return 1;
}

// Written beside and renamed, so that nobody embeds half a file.
function write(name, data) {
  const path = join(here, 'dist', name);
  writeFileSync(`${path}.new`, data);
  renameSync(`${path}.new`, path);
}

function kb(n) {
  return `${(n / KB).toFixed(1)} KB`;
}

// Which traditional characters count as which simplified ones when somebody searches, of those in Unicode's main block of Chinese: a line of
// them and a line of those. One that stands for several by what is around it counts as the first. Of a chain, only the end is kept.
function variants(pairs) {
  const all = new Map(pairs.split('|').map((pair) => pair.split(' ')));
  const usual = (char) => /^[\u4e00-\u9fff]$/.test(char);
  const kept = [...all].filter(([from, to]) => from !== to && usual(from) && usual(to) && (all.get(to) ?? to) === to).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = kept.map(([from]) => from).join('') + '\n' + kept.map(([, to]) => to).join('') + '\n';
  console.log(`variants.txt: ${kept.length} characters, ${kb(Buffer.byteLength(text))}, gzip ${kb(gzipSync(text, { level: 9 }).length)}`);
  return text;
}

// What is inside the bundles and the tables, with the words under which it may be there.
function licenses(inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const match = input.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (match) {
      packages.add(match[0]);
    }
  }
  return [...packages].sort().map((path) => {
    const dir = join(here, path);
    const about = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
    const files = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isFile() && /^(third_party_)?licen[cs]e/i.test(entry.name)).map((entry) => entry.name);
    const text = files.sort().map((name) => readFileSync(join(dir, name), 'utf8').trim()).join('\n\n');
    return `${about.name} ${about.version} (${about.license})\n\n${text}\n\n${'-'.repeat(80)}\n\n`;
  }).join('');
}

async function test() {
  const dir = join(here, 'test');
  const tests = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.test.mjs')) : [];
  if (tests.length === 0) {
    return 0;
  }
  const out = mkdtempSync(join(tmpdir(), 'newsdesk-script-'));
  try {
    mkdirSync(out, { recursive: true });
    await build({
      absWorkingDir: here,
      entryPoints: tests.map((name) => `test/${name}`),
      bundle: true,
      platform: 'node',
      format: 'esm',
      outExtension: { '.js': '.mjs' },
      outdir: out,
      logLevel: 'warning',
    });
    const files = tests.map((name) => join(out, name));
    return spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...files], { stdio: 'inherit', env: { ...process.env, TZ: 'Asia/Shanghai', SCRIPT_DIR: here } }).status ?? 1;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
