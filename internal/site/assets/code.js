// Draws an address as a QR code (ISO/IEC 18004): bytes, error correction M, versions 1 to 10, which is up to 213 bytes. Fetched
// when a reader asks for it. The mask is always the first; readers of codes are told which it is.
const corrections = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26]; // bytes in each block, by version
const blocks = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5];
const bytesIn = [26, 44, 70, 100, 134, 172, 196, 242, 292, 346];

const powers = [];
const logs = [];
for (let i = 0, x = 1; i < 255; i++) {
  powers[i] = x;
  logs[x] = i;
  x = (x << 1) ^ (x > 127 ? 0x11d : 0);
}
const times = (a, b) => (a && b ? powers[(logs[a] + logs[b]) % 255] : 0);

// The remainder of the bytes divided by the generator of that many corrections.
const correct = (data, n) => {
  let generator = [1];
  for (let i = 0; i < n; i++) {
    const next = [...generator, 0];
    generator.forEach((c, j) => { next[j + 1] ^= times(c, powers[i]); });
    generator = next;
  }
  const all = [...data, ...Array(n).fill(0)];
  data.forEach((_, i) => {
    const factor = all[i];
    generator.forEach((c, j) => { all[i + j] ^= times(c, factor); });
  });
  return all.slice(data.length);
};

const codewords = (text, version) => {
  const [n, each] = [blocks[version - 1], corrections[version - 1]];
  const room = bytesIn[version - 1] - n * each;
  const bits = [];
  const put = (value, length) => { for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1); };
  put(4, 4);
  put(text.length, version > 9 ? 16 : 8);
  for (const b of text) put(b, 8);
  put(0, Math.min(4, room * 8 - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 0xec; bits.length < room * 8; pad ^= 0xfd) put(pad, 8);
  const data = Array.from({length: room}, (_, i) => parseInt(bits.slice(i * 8, i * 8 + 8).join(''), 2));
  const short = Math.floor(room / n);
  const parts = [];
  for (let i = 0, at = 0; i < n; i++) {
    const length = short + (i >= n - (room % n) ? 1 : 0);
    parts.push(data.slice(at, at + length));
    at += length;
  }
  const out = [];
  for (let i = 0; i <= short; i++) for (const part of parts) if (i < part.length) out.push(part[i]);
  const extra = parts.map((part) => correct(part, each));
  for (let i = 0; i < each; i++) for (const part of extra) out.push(part[i]);
  return out;
};

// Whether a module is dark, by row and column; undefined for an address that is too long.
export const modules = (address) => {
  const text = new TextEncoder().encode(address);
  const version = 1 + bytesIn.findIndex((all, i) => all - blocks[i] * corrections[i] >= text.length + (i > 8 ? 3 : 2));
  if (!version) return undefined;
  const size = 17 + 4 * version;
  const dark = Array.from({length: size}, () => Array(size).fill(false));
  const fixed = Array.from({length: size}, () => Array(size).fill(false));
  const set = (x, y, on) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    dark[y][x] = Boolean(on);
    fixed[y][x] = true;
  };
  const square = (x, y, radius, light) => {
    for (let i = -radius; i <= radius; i++) {
      for (let j = -radius; j <= radius; j++) set(x + i, y + j, !light.includes(Math.max(Math.abs(i), Math.abs(j))));
    }
  };
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, [2, 4]);
  const last = size - 7;
  const rows = version < 2 ? [] : version < 7 ? [6, last] : [6, (6 + last) / 2, last];
  const corner = (x, y) => (x === 6 && (y === 6 || y === last)) || (x === last && y === 6);
  for (const x of rows) for (const y of rows) if (!corner(x, y)) square(x, y, 2, [1]);

  const remainder = (value, bits, generator) => {
    let left = value;
    for (let i = 0; i < bits; i++) left = (left << 1) ^ ((left >> (bits - 1)) * generator);
    return (value << bits) | left;
  };
  const format = remainder(0, 10, 0x537) ^ 0x5412; // level M, mask 0
  for (let i = 0; i < 15; i++) {
    const on = (format >> i) & 1;
    set(8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, on);
    set(i < 8 ? size - 1 - i : i === 8 ? 7 : 14 - i, 8, on);
  }
  set(8, size - 8, true);
  if (version > 6) {
    const said = remainder(version, 12, 0x1f25);
    for (let i = 0; i < 18; i++) {
      const [far, near] = [size - 11 + (i % 3), Math.floor(i / 3)];
      set(far, near, (said >> i) & 1);
      set(near, far, (said >> i) & 1);
    }
  }
  const all = codewords(text, version);
  let at = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i++) {
      const y = (right + 1) & 2 ? i : size - 1 - i;
      for (const x of [right, right - 1]) {
        if (fixed[y][x]) continue;
        const bit = (all[at >> 3] >> (7 - (at & 7))) & 1; // beyond the end 0
        dark[y][x] = Boolean(bit) !== ((x + y) % 2 === 0);
        at++;
      }
    }
  }
  return dark;
};

// A drawing of it, with the quiet zone that it needs around; undefined for an address that is too long.
export const draw = (address) => {
  const dark = modules(address);
  if (!dark) return undefined;
  const path = dark.map((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : '')).join('')).join('');
  const side = dark.length + 8;
  const svg = (name, attributes) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    return e;
  };
  const out = svg('svg', {viewBox: `-4 -4 ${side} ${side}`, role: 'img', 'shape-rendering': 'crispEdges'});
  out.append(svg('rect', {x: -4, y: -4, width: side, height: side, fill: '#fff'}), svg('path', {d: path, fill: '#000'}));
  return out;
};
