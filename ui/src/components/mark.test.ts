import { describe, expect, it } from 'vitest';
import { inside, isLineAlone, level, lines, paints, segments } from './mark';

describe('the supply mark', () => {
  it('fills from the bottom', () => {
    const box = inside('row');
    expect(level('row', 0)).toBeCloseTo(box.bottom);
    expect(level('row', 1)).toBeCloseTo(box.top);
    expect(level('row', 0.46)).toBeCloseTo(20.31, 1);
    expect(level('row', 7)).toBeCloseTo(box.top);
  });

  it('is the line alone up to three hundredths', () => {
    expect([0, 0.01, 0.03, 0.031].map(isLineAlone)).toEqual([false, true, true, false]);
  });

  it('shows one segment as long as anything is left, and never one too many', () => {
    expect(segments('row', 0, 10).tops).toHaveLength(0);
    expect(segments('row', 0.01, 10).tops).toHaveLength(1);
    expect(segments('row', 0.28, 10).tops.map((y) => Number(y.toFixed(2)))).toEqual([33.25, 29.85, 26.45]);
    expect(segments('row', 1, 6).tops).toHaveLength(6);
    expect(segments('row', 1, 6).tops.at(-1)).toBeCloseTo(inside('row').top);
  });

  it('draws a life as lines inside the outline', () => {
    const { tops } = lines('row', 1);
    expect(tops.length).toBeGreaterThan(8);
    expect(Math.min(...tops)).toBeGreaterThanOrEqual(inside('row').top);
    expect(lines('row', 0.71).tops).toHaveLength(8);
  });

  it('wears only colours that are colours', () => {
    expect(paints(['#00FFFF', '#12ab9F', 'red;fill:url(x)', '#123'])).toEqual(['var(--ink-cyan)', '#12ab9f']);
  });
});
