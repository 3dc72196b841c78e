import { describe, expect, it } from 'vitest';
import type { ChartPoint } from '../host/types';
import { isEvent, legendOf, nearest, ordered, placed, spoken, stepped } from './readout';

const point = (x: number, y: number, kind: ChartPoint['kind'] = 'reading', text = 'Sat 24 Oct\n1 l left'): ChartPoint => ({
  x, y, at: x * 1000, level: 1, text, kind,
});

const curve = ordered([
  point(40, 100), point(0, 50), point(20, 75), point(60, 40), point(60, 10, 'bought'), point(80, 60, 'today'),
  point(100, 80, 'forecast'),
]);

describe('stops', () => {
  it('are ordered by place, the event after the reading it happened with', () => {
    expect(curve.map((p) => [p.x, p.kind])).toEqual([
      [0, 'reading'], [20, 'reading'], [40, 'reading'], [60, 'reading'], [60, 'bought'], [80, 'today'], [100, 'forecast'],
    ]);
  });

  it('drop points that stand nowhere', () => {
    expect(ordered([point(NaN, 1), point(1, Infinity), point(2, 2)])).toHaveLength(1);
  });

  it('snap to the nearest, and to the event where two are equally near', () => {
    expect(nearest(curve, 24)).toBe(1);
    expect(nearest(curve, 60)).toBe(4);
    expect(nearest(curve, 58)).toBe(4);
    expect(nearest(curve, -500)).toBe(0);
    expect(nearest(curve, 500)).toBe(6);
    expect(nearest([], 3)).toBeNull();
  });

  it('are stepped through one by one and stay at the ends', () => {
    expect(stepped(curve, 2, 'next')).toBe(3);
    expect(stepped(curve, 0, 'previous')).toBe(0);
    expect(stepped(curve, 6, 'next')).toBe(6);
    expect(stepped(curve, 3, 'first')).toBe(0);
    expect(stepped(curve, 3, 'last')).toBe(6);
  });

  it('begin at today', () => {
    expect(stepped(curve, null, 'next')).toBe(5);
    expect(stepped(curve.slice(0, 3), null, 'previous')).toBe(2);
    expect(stepped([], null, 'next')).toBeNull();
  });

  it('with Shift are the events only', () => {
    expect(stepped(curve, 0, 'next', true)).toBe(4);
    expect(stepped(curve, 4, 'next', true)).toBe(5);
    expect(stepped(curve, 5, 'next', true)).toBe(5);
    expect(stepped(curve, 5, 'previous', true)).toBe(4);
    expect(curve.filter(isEvent)).toHaveLength(2);
  });

  it('are spoken as one sentence', () => {
    expect(spoken(point(0, 0, 'bought', 'Sat 24 Oct\nBought 1.5 l\n2.28 l left'))).toBe(
      'Sat 24 Oct: Bought 1.5 l, 2.28 l left',
    );
    expect(spoken(point(0, 0, 'reading', 'Sat 24 Oct'))).toBe('Sat 24 Oct');
  });
});

describe('the readout box', () => {
  const box = { width: 90, height: 60 };
  const picture = { width: 400, height: 200 };

  it('stands on the side away from the curve', () => {
    // High and flat on the right of 200, low on the left: the box belongs at the top on the left.
    const points = [point(0, 150), point(199, 160), point(200, 40), point(400, 50)];
    const place = placed(points, points[2]!, box, picture);
    expect(place).toEqual({ left: 200 - 12 - 90, top: 28 });
    // Mirrored: on the right.
    const mirrored = [point(0, 50), point(200, 40), point(201, 160), point(400, 150)];
    expect(placed(mirrored, mirrored[1]!, box, picture).left).toBe(212);
  });

  it('never leaves the picture', () => {
    const points = [point(0, 50), point(400, 50)];
    for (const at of points) {
      for (const size of [picture, { width: 120, height: 80 }]) {
        const place = placed(points, at, box, size);
        expect(place.left).toBeGreaterThanOrEqual(0);
        expect(place.left + box.width).toBeLessThanOrEqual(size.width);
      }
    }
  });
});

it('the legend names what occurs, in a fixed order', () => {
  expect(legendOf(curve)).toEqual(['bought', 'forecast']);
  expect(legendOf([])).toEqual([]);
});
