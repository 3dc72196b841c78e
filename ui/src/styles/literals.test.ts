// No colour and no size is written outside the token files; the dark values that must stand twice are the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = resolve(import.meta.dirname, '..');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.svelte'),
);
const read = (file: string) => readFileSync(join(src, file), 'utf8');

const COLOUR =
  /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(|\b(?:color|background|fill|stroke)\s*:\s*(?:black|white|red|gr[ae]y|blue|green)\b/i;
const SIZE = /(?<![\w-])\d*\.?\d+(?:px|rem|pt|pc|cm|mm)\b/;

describe('components', () => {
  it('are found', () => expect(files.length).toBeGreaterThan(20));

  it.each(files)('%s holds no colour or size', (file) => {
    const text = read(file);
    const style = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '';
    const inline = [...text.matchAll(/\bstyle(?::[\w-]+)?="([^"]*)"/g)].map((m) => m[1]);
    const markup = [style.replace(/\/\*[\s\S]*?\*\//g, ''), ...inline].join('\n');
    expect(markup.match(COLOUR)?.[0]).toBeUndefined();
    expect(markup.match(SIZE)?.[0]).toBeUndefined();
  });
});

describe('tokens', () => {
  const css = read('styles/tokens.css');
  const block = (start: string) => {
    const from = css.indexOf(start);
    const body = css.slice(css.indexOf('{', from) + 1, css.indexOf('}', from));
    return [...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((m) => `${m[1]}: ${m[2]}`).sort();
  };
  it('are the same for a dark system and for chosen dark', () => {
    const dark = block(':root[data-theme="dark"]');
    expect(dark.length).toBeGreaterThan(30);
    expect(block(':root:not([data-theme="light"])')).toEqual(dark);
  });
});
