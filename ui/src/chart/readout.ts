// Where the chart's readout stands and what it says: pure, so that pointer, keyboard and table agree. Points come
// from the engine with the picture, in CSS pixels of that picture.

import type { ChartPoint, PointKind } from '../host/types';

export interface Size {
  width: number;
  height: number;
}

export interface Place {
  left: number;
  top: number;
}

const MARKERS: PointKind[] = ['bought', 'delivered', 'replaced', 'corrected', 'expected'];

/** Something happened there (bought, replaced, …) or it is today: what Shift with an arrow key steps through. */
export function isEvent(point: ChartPoint): boolean {
  return point.kind === 'today' || MARKERS.includes(point.kind);
}

/** By position; of several at one place the event comes last, since it says more. */
export function ordered(points: readonly ChartPoint[]): ChartPoint[] {
  return points
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y))
    .sort((a, b) => a.x - b.x || Number(isEvent(a)) - Number(isEvent(b)));
}

/** Index of the point nearest to `x`; of equally near ones the event, else the later. `points` are ordered. */
export function nearest(points: readonly ChartPoint[], x: number): number | null {
  let best: number | null = null;
  let distance = Infinity;
  for (let i = 0; i < points.length; i++) {
    const point = points[i]!;
    const here = Math.abs(point.x - x);
    const wins = here < distance || (here === distance && (isEvent(point) || !isEvent(points[best!]!)));
    if (wins) {
      best = i;
      distance = here;
    }
    if (point.x - x > distance) break;
  }
  return best;
}

/** The next stop for a key; the first press lands on today, or the last point. */
export function stepped(
  points: readonly ChartPoint[],
  from: number | null,
  key: 'previous' | 'next' | 'first' | 'last',
  eventsOnly = false,
): number | null {
  if (points.length === 0) return null;
  if (key === 'first') return 0;
  if (key === 'last') return points.length - 1;
  if (from === null) {
    const today = points.findLastIndex((point) => point.kind === 'today');
    return today >= 0 ? today : points.length - 1;
  }
  const by = key === 'next' ? 1 : -1;
  for (let i = from + by; i >= 0 && i < points.length; i += by) {
    if (!eventsOnly || isEvent(points[i]!)) return i;
  }
  return from;
}

/** The heading of a point and the lines below it. */
export function linesOf(point: ChartPoint): { heading: string; lines: string[] } {
  const [heading = '', ...lines] = point.text.split('\n');
  return { heading, lines };
}

/** One spoken sentence for a point. */
export function spoken(point: ChartPoint): string {
  const { heading, lines } = linesOf(point);
  return lines.length === 0 ? heading : `${heading}: ${lines.join(', ')}`;
}

/** Height of the drawn curve at `x`, or nothing outside it. */
function curveAt(curve: readonly ChartPoint[], x: number): number | null {
  const right = curve.findIndex((point) => point.x >= x);
  if (right < 0) return null;
  const b = curve[right]!;
  if (b.x === x) return b.y;
  const a = curve[right - 1];
  if (!a) return null;
  return a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
}

/** How much of the curve a box would hide, in samples of its width. */
function hidden(curve: readonly ChartPoint[], place: Place, box: Size): number {
  const samples = 12;
  let count = 0;
  for (let i = 0; i <= samples; i++) {
    const y = curveAt(curve, place.left + (box.width * i) / samples);
    if (y !== null && y > place.top - 6 && y < place.top + box.height + 6) count++;
  }
  return count;
}

/**
 * Where the readout box goes: beside the crosshair, on the side and at the height that hides least of the curve,
 * and always inside the picture.
 */
export function placed(points: readonly ChartPoint[], at: ChartPoint, box: Size, picture: Size): Place {
  const gap = 12;
  const top = 28;
  const curve = points.filter((point) => !MARKERS.includes(point.kind));
  const left = at.x - gap - box.width;
  const right = at.x + gap;
  const sides = [left, right].filter((x) => x >= 0 && x + box.width <= picture.width);
  const clamped = Math.max(0, Math.min(right, picture.width - box.width));
  const heights = [top, Math.max(top, picture.height - 30 - box.height)];
  let best: Place = { left: sides[0] ?? clamped, top };
  let least = Infinity;
  for (const y of heights) {
    for (const x of sides.length > 0 ? sides : [clamped]) {
      const place = { left: x, top: y };
      const count = hidden(curve, place, box);
      if (count < least) {
        least = count;
        best = place;
      }
    }
  }
  return best;
}

/** Marker kinds and parts that occur, in the order of the legend. */
export function legendOf(points: readonly ChartPoint[]): PointKind[] {
  const kinds = new Set(points.map((point) => point.kind));
  const all: PointKind[] = [...MARKERS, 'forecast'];
  return all.filter((kind) => kinds.has(kind));
}
