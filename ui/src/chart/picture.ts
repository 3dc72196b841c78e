// The chart's picture on its way into the page. The text comes from our own engine, yet it holds names that people
// and printers gave: it is parsed as XML, only shapes and words are let in, and anything else refuses the picture.

const SHAPES = new Set([
  'svg',
  'title',
  'desc',
  'g',
  'defs',
  'clippath',
  'path',
  'line',
  'rect',
  'circle',
  'ellipse',
  'polyline',
  'polygon',
  'text',
  'tspan',
]);

function harmless(element: Element): boolean {
  if (!SHAPES.has(element.localName.toLowerCase())) return false;
  return Array.from(element.attributes).every((attribute) => {
    const name = attribute.name.toLowerCase();
    if (name.startsWith('on') || name === 'href' || name.endsWith(':href')) return false;
    const value = attribute.value.replaceAll(/\s/g, '').toLowerCase();
    return !/url\((?!["']?#)/.test(value) && !value.includes('javascript:');
  });
}

/** The picture as a node of this document, or nothing when it is not a harmless SVG. */
export function pictureOf(svg: string): SVGSVGElement | null {
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
  const root = parsed.documentElement;
  if (!root || root.localName !== 'svg' || parsed.getElementsByTagName('parsererror').length > 0) return null;
  if (![root, ...root.querySelectorAll('*')].every(harmless)) return null;
  return document.importNode(root, true) as unknown as SVGSVGElement;
}

/** `<title>` and `<desc>` of the picture, for the frame that is focused instead of it. */
export function described(picture: SVGSVGElement): { title: string; text: string } {
  const said = (name: string) =>
    Array.from(picture.children)
      .find((child) => child.localName === name)
      ?.textContent?.trim() ?? '';
  return { title: said('title'), text: said('desc') };
}
