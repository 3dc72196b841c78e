// A chart in the shape the engine draws: the same classes, points and kinds, from the fake household's numbers.

import { m } from '../../paraglide/messages';
import { fmt } from '../../state/locale.svelte';
import type { Chart, ChartForm, ChartPoint, PointKind } from '../types';
import { TODAY, at, between, plus } from './days';
import type { FakeSlot } from './household';
import { amount, stock, when } from './views';

const PAST: Record<string, number> = { month: 30, three_months: 90, year: 365 };
const KINDS: Record<string, PointKind> = {
  bought: 'bought',
  received: 'delivered',
  replaced: 'replaced',
  counted: 'corrected',
};
const SHAPES: Record<string, string> = {
  bought: '<path d="M6 1 11.3 10.8H.7z"/><path d="M6 5v3.6M4.2 6.8h3.6"/>',
  delivered: '<path d="M1 1h10v10H1z"/><path d="M6 3.3v5M3.9 6.3 6 8.4l2.1-2.1"/>',
  replaced: '<circle cx="6" cy="6" r="5"/><path d="M3.5 6h5M6.7 4.2 8.5 6 6.7 7.8"/>',
  corrected: '<path d="M6 .7 11.3 6 6 11.3.7 6z"/>',
};

/** A round step of 1, 2 or 5 that cuts `highest` into four to six. */
function roundStep(highest: number): number {
  const power = 10 ** Math.floor(Math.log10(highest / 4));
  return [1, 2, 5, 10].map((mantissa) => mantissa * power).find((step) => highest / step <= 5) ?? power * 10;
}

interface Event {
  day: number;
  kind: PointKind;
  text: string;
  /** What it added. */
  by: number;
}

function eventsOf(slot: FakeSlot): Event[] {
  return slot.entries.flatMap(({ own, undone, at: when_at, what, level, shelf }) => {
    const kind = KINDS[what.kind];
    const day = between(TODAY, fmt.dayOf(when_at));
    if (!own || undone || !kind || day > 0) return [];
    const text =
      what.kind === 'bought'
        ? m.ledger_bought({ text: what.content ? fmt.amount(what.content) : String(what.packs) })
        : what.kind === 'replaced'
          ? m.ledger_replaced()
          : m.ledger_counted();
    return [
      {
        day,
        kind,
        text,
        by: slot.pooled ? level + shelf : what.kind === 'replaced' ? (slot.capacity ?? 0) : 0,
      },
    ];
  });
}

/** Levels day by day, backwards from now: use undone, events taken away, and a pack when it would have been full. */
function historyOf(slot: FakeSlot, level: number, past: number, events: Event[]): [number, number][] {
  const pace = slot.per_day || (slot.capacity ?? level) / 60;
  const ceiling = Math.max(level, (slot.capacity ?? 0) + (slot.pooled ? slot.pack * 0.6 : 0));
  const history: [number, number][] = [[0, level]];
  let now = level;
  for (let day = -1; day >= -past; day--) {
    now += pace * (0.6 + 0.8 * (Math.abs(Math.sin(day * 12.9898) * 43_758.5453) % 1));
    const added = events.filter((event) => event.day === day).reduce((sum, event) => sum + event.by, 0);
    const pack = slot.pooled ? slot.pack : ceiling;
    if (added > 0) now = slot.pooled ? Math.max(0, now - added) : ceiling * 0.04;
    else if (now > ceiling) now = Math.max(ceiling * 0.04, now - pack);
    history.unshift([day, now]);
  }
  return history;
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

export function chart(slot: FakeSlot, form: ChartForm): Chart {
  const { width, height, scale } = form;
  const past = PAST[form.range] ?? 90;
  const now = stock(slot);
  const level = now.level === null ? 0 : slot.pooled ? now.level + now.shelf : now.level;
  const events = eventsOf(slot).filter((event) => event.day >= -past);
  const history = now.level === null ? [] : historyOf(slot, level, past, events);
  const ends = now.level === null ? null : when(slot, level);
  const latest = ends?.latest ? between(TODAY, ends.latest) : 0;
  const future = Math.min(past * 0.66, Math.max(past * 0.25, latest * 1.1));
  const highest = Math.max(slot.unit === 'PERCENT' ? 100_000 : 1000, ...history.map(([, value]) => value));
  const step = roundStep(highest);
  const top_value = Math.ceil(highest / step) * step;

  const size = 11 * scale;
  const [left, right, top, bottom] = [Math.round(38 * scale), 10, 28, Math.round(24 * scale)];
  const x = (days: number) => left + ((days + past) / (past + future)) * (width - left - right);
  const y = (milli: number) => height - bottom - (milli / top_value) * (height - top - bottom);
  const one = (value: number) => value.toFixed(1);
  const floor = y(0);
  const parts: string[] = [];
  const line = (name: string, x1: number, y1: number, x2: number, y2: number) =>
    parts.push(`<line class="${name}" x1="${one(x1)}" y1="${one(y1)}" x2="${one(x2)}" y2="${one(y2)}"/>`);
  const text = (name: string, tx: number, ty: number, words: string, anchor = 'start') =>
    parts.push(
      `<text class="${name}" x="${one(tx)}" y="${one(ty)}" font-size="${size}" text-anchor="${anchor}">${escaped(words)}</text>`,
    );

  const path = history
    .map(([day, value], i) =>
      i === 0 ? `M${one(x(day))} ${one(y(value))}` : `H${one(x(day))}V${one(y(value))}`,
    )
    .join('');
  if (path) parts.push(`<path class="c-area" d="${path}V${one(floor)}H${one(x(-past))}z"/>`);
  for (let value = 0; value <= top_value + 1; value += step) {
    line(value === 0 ? 'c-axisline' : 'c-grid', left, y(value), width - right, y(value));
    const label =
      value + step > top_value + 1
        ? fmt.amount(amount(value, slot.unit))
        : fmt.number(slot.unit === 'MILLILITER' && top_value >= 1_000_000 ? value / 1000 : value);
    text('c-axis', left - 8, y(value) + size / 3, label, 'end');
  }
  for (let day = -past; day <= future; day++) {
    const date = plus(TODAY, day);
    if (!date.endsWith('-01') && !(form.range === 'month' && new Date(`${date}T12:00:00Z`).getUTCDay() === 1))
      continue;
    line('c-axisline', x(day), floor, x(day), floor + 5);
    if (!ends || Math.abs(x(day) - x(ends.days)) > 46 * scale)
      text(
        'c-axis',
        x(day) + 4,
        floor + 4 + size,
        form.range === 'month' ? fmt.shortDay(date) : fmt.shortMonth(date),
      );
  }
  if (slot.low !== null) {
    line('c-low', left, y(slot.low), width - right, y(slot.low));
    text('c-lowt', left + 6, y(slot.low) - 5, `${m.fact_low()}, ${fmt.amount(amount(slot.low, slot.unit))}`);
  }
  if (ends) {
    const [a, b, likely] = [x(between(TODAY, ends.earliest)), x(Math.min(future, latest)), x(ends.days)];
    parts.push(
      `<path class="c-band" d="M${one(x(0))} ${one(y(level))}L${one(a)} ${one(floor)}H${one(b)}z"/><path class="c-band-edge" d="M${one(a)} ${one(floor)}L${one(x(0))} ${one(y(level))}L${one(b)} ${one(floor)}"/>`,
    );
    line('c-likely', x(0), y(level), likely, floor);
    line('c-span', a, floor, b, floor);
    if (ends.days <= future) text('c-likelyt', likely, floor + 4 + size, fmt.shortDay(ends.likely), 'middle');
  }
  line('c-today', x(0), 20, x(0), floor);
  text('c-todayt', x(0) + 5, 27, m.today());
  if (path) parts.push(`<path class="c-history" d="${path}"/>`);

  const levelAt = (day: number) => history.find(([d]) => d === day)?.[1] ?? level;
  const points: ChartPoint[] = history
    .filter(([day]) => past < 100 || day % 4 === 0)
    .map(([day, value]) => ({
      x: x(day),
      y: y(value),
      at: at(plus(TODAY, day)),
      level: value / 1000,
      text: `${fmt.day(plus(TODAY, day))}\n${m.mark_left({ left: fmt.amount(amount(value, slot.unit)) })}`,
      kind: day === 0 ? 'today' : 'reading',
    }));
  for (const event of events) {
    const value = levelAt(event.day);
    line('c-stem', x(event.day), 16.5, x(event.day), y(value));
    parts.push(
      `<g class="c-mark" transform="translate(${one(x(event.day) - 6)} 3)">${SHAPES[event.kind] ?? ''}</g>`,
    );
    points.push({
      x: x(event.day),
      y: y(value),
      at: at(plus(TODAY, event.day)),
      level: value / 1000,
      text: `${fmt.day(plus(TODAY, event.day))}\n${event.text}\n${m.mark_left({ left: fmt.amount(amount(value, slot.unit)) })}`,
      kind: event.kind,
    });
  }
  if (ends) {
    for (let day = 1; day <= Math.min(future, latest); day++) {
      const value = Math.max(0, level * (1 - day / Math.max(1, ends.days)));
      points.push({
        x: x(day),
        y: y(value),
        at: at(plus(TODAY, day)),
        level: value / 1000,
        text: `${fmt.day(plus(TODAY, day))}\n${m.mark_left({ left: fmt.amount(amount(value, slot.unit)) })}`,
        kind: 'forecast',
      });
    }
  }
  if (now.level !== null)
    parts.push(`<circle class="c-dot" cx="${one(x(0))}" cy="${one(y(level))}" r="3.5"/>`);
  points.sort((a, b) => a.x - b.x);
  const title = escaped(`${slot.name}, ${m.chart()}`);
  const says = escaped(
    ends ? `${fmt.amount(amount(level, slot.unit))}. ${fmt.day(ends.likely)}.` : slot.name,
  );
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title>${title}</title><desc>${says}</desc>${parts.join('')}</svg>`,
    points,
    width,
    height,
    plot: { left, right: width - right, top, bottom: height - bottom, now: x(0) },
  };
}
