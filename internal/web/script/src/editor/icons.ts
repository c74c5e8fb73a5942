// Icons of the editor: those of the pages' sprite, and a few that only a text editor needs, drawn on the same 24×24 grid.

const OWN: Record<string, string> = {
  underline: 'M7 4v7a5 5 0 0 0 10 0V4M5 20h14',
  strike: 'M4 12h16M16.5 7.5C16 5.6 14.300 4.500 12 4.500c-2.600 0-4.300 1.300-4.300 3.200 0 1.300.7 2.200 2 2.800M7.500 16.200c.5 2 2.200 3.300 4.700 3.300 2.700 0 4.500-1.400 4.500-3.400 0-.6-.1-1.100-.4-1.600',
  color: 'M12 4 6.500 17M12 4l5.500 13M8.300 13h7.400M4 21h16',
  numbered: 'M10 6h11M10 12h11M10 18h11M4 4.500 5.500 4v4M4 8h3M4 11.300c.3-.8 2.700-1 2.700.4 0 1-2.700 1.500-2.700 2.800h2.800M4 17c1-.7 2.700-.4 2.700.6s-1.500 1-1.500 1 1.600 0 1.600 1.100-1.900 1.300-2.900.5',
  center: 'M4 6h16M7 10h10M4 14h16M7 18h10',
  end: 'M4 6h16M10 10h10M4 14h16M10 18h10',
  divider: 'M4 12h16M8 6h8M8 18h8',
  grip: 'M9 5h.01M15 5h.01M9 12h.01M15 12h.01M9 19h.01M15 19h.01',
  clear: 'M6 5h13M12 5 9.500 19M4 4l16 16M7 19h6',
};

const SVG = 'http://www.w3.org/2000/svg';

/** The sprite's address, as the server wrote it into the page. */
function sprite(): string | undefined {
  return document.querySelector('svg use[href*="icons"]')?.getAttribute('href')?.split('#')[0];
}

/** Draws an icon; it says nothing aloud. */
export function icon(name: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('viewBox', '0 0 24 24');
  const own = OWN[name];
  const inner = document.createElementNS(SVG, own ? 'path' : 'use');
  inner.setAttribute(own ? 'd' : 'href', own ?? `${sprite() ?? ''}#${name}`);
  svg.append(inner);
  return svg;
}
