import { describe, expect, it } from 'vitest';
import { described, pictureOf } from './picture';

const svg = (inside: string, attributes = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"${attributes}>${inside}</svg>`;

describe('a picture', () => {
  it('comes in with its shapes, classes and words', () => {
    const node = pictureOf(
      svg('<title>Ink</title><desc>2 percent left</desc><g><path class="c-area" d="M0 0"/></g>'),
    );
    expect(node?.querySelector('path')?.getAttribute('class')).toBe('c-area');
    expect(node && described(node)).toEqual({ title: 'Ink', text: '2 percent left' });
  });

  it.each([
    ['a script', '<script>alert(1)</script>'],
    ['foreign content', '<foreignObject><p/></foreignObject>'],
    ['an image from elsewhere', '<image width="1" height="1"/>'],
    ['a style sheet', '<style>*{}</style>'],
    ['an event attribute', '<path onclick="alert(1)" d="M0 0"/>'],
    ['an event attribute in capitals', '<path OnLoad="alert(1)" d="M0 0"/>'],
    ['a link', '<a><text>x</text></a>'],
    ['a reference', '<g href="http://127.0.0.1/"/>'],
    ['a picture loaded by paint', '<path fill="url( http://127.0.0.1/x )" d="M0 0"/>'],
    ['a script address', '<path d="javascript:alert(1)"/>'],
    ['an animation', '<set attributeName="x"/>'],
  ])('with %s is refused', (_, inside) => {
    expect(pictureOf(svg(inside))).toBeNull();
  });

  it('may paint with a part of itself', () => {
    expect(pictureOf(svg('<rect clip-path="url(#a)"/>'))).not.toBeNull();
  });

  it('with an event attribute on the outside is refused', () => {
    expect(pictureOf(svg('', ' onload="alert(1)"'))).toBeNull();
  });

  it.each(['', 'no picture', '<p>words</p>'])('of %j is none', (text) => {
    expect(pictureOf(text)).toBeNull();
  });
});
