// Makes the renditions of the photo benchmark with sharp and prints what that took, as JSON.
//
// Standard input: { files, jobs: [{ name, width, height, quality, crop }], way, threads, atOnce, chain, out }
//   way      'each': one pipeline for each rendition, from the file, as sharp's users write it, all files at once;
//            'once': decoded once to the widest rendition, the others derived from its raw pixels
//   threads  sharp.concurrency() of 'once'; atOnce: files worked on at a time; chain: small ones from the 960 wide one
//   out      a folder for the renditions, when they are to be looked at and not measured
'use strict';
const fs = require('fs');
const path = require('path');
const sharp = require('sharp');

const { files, jobs, way, threads, atOnce, chain, out } = JSON.parse(fs.readFileSync(0));

const shape = j => j.crop
  ? { width: j.width, height: j.height, fit: 'cover', kernel: 'lanczos3' }
  : { width: j.width, withoutEnlargement: true, kernel: 'lanczos3' };
const write = (pipeline, j) => pipeline.jpeg({ quality: j.quality }).toBuffer();

const each = file => Promise.all(jobs.map(j => write(sharp(file).rotate().resize(shape(j)), j)));

const raw = pipeline => pipeline.raw().toBuffer({ resolveWithObject: true });
const again = ({ data, info }) => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });

async function once(file) {
  const widest = jobs[0];
  const master = await raw(sharp(file).rotate().resize(shape(widest)));
  const middle = chain ? await raw(again(master).resize({ width: 960, kernel: 'lanczos3' })) : master;
  return Promise.all(jobs.map(j => {
    if (j === widest) return write(again(master), j);
    if (chain && !j.crop && j.width === 960) return write(again(middle), j);
    return write(again(chain && j.width < 600 ? middle : master).resize(shape(j)), j);
  }));
}

async function all() {
  if (way === 'each') return Promise.all(files.map(each));
  const results = new Array(files.length);
  let next = 0;
  const worker = async () => {
    while (next < files.length) {
      const i = next++;
      results[i] = await once(files[i]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

(async () => {
  if (way === 'once') {
    sharp.cache(false);
    sharp.concurrency(threads);
  }
  await sharp(files[0]).resize({ width: jobs[0].width }).jpeg().toBuffer(); // what is loaded only once does not count
  const cpu = process.cpuUsage(), start = process.hrtime.bigint();
  const results = await all();
  const wall = Number(process.hrtime.bigint() - start) / 1e9, used = process.cpuUsage(cpu);
  if (out) {
    results.forEach((r, i) => r.forEach((data, k) => fs.writeFileSync(path.join(out, `${i}-${jobs[k].name}.jpg`), data)));
  }
  const status = fs.readFileSync('/proc/self/status', 'utf8');
  console.log(JSON.stringify({
    wall, cpu: (used.user + used.system) / 1e6, peak: Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024,
    bytes: results.flat().reduce((sum, data) => sum + data.length, 0),
    version: `${sharp.versions.sharp}, libvips ${sharp.versions.vips}`,
  }));
})();
