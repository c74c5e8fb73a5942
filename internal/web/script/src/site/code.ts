// Draws an address as a QR code, on the website: article.js fetches this module when a reader asks for one, so that it is a file
// for the whole site and none of an article's.

import { correction, generate } from 'lean-qr/nano';

const QUIET = 4; // modules of white around it, which readers of codes need

/** A drawing of it; undefined for an address that is too long for any. */
export function draw(address: string): SVGElement | undefined {
  let code;
  try {
    code = generate(address, { minCorrectionLevel: correction.M });
  } catch {
    return undefined;
  }
  let path = '';
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (code.get(x, y)) {
        path += `M${x} ${y}h1v1h-1z`;
      }
    }
  }
  const side = code.size + 2 * QUIET;
  const out = element('svg', { viewBox: `${-QUIET} ${-QUIET} ${side} ${side}`, role: 'img', 'shape-rendering': 'crispEdges' });
  out.append(
    element('rect', { x: -QUIET, y: -QUIET, width: side, height: side, fill: '#fff' }),
    element('path', { d: path, fill: '#000' }),
  );
  return out;
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const out = document.createElementNS('http://www.w3.org/2000/svg', name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) {
    out.setAttribute(key, String(value));
  }
  return out;
}
