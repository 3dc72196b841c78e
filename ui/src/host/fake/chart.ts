// A chart in the shape the engine draws: the same classes and points, from the fake household's numbers.

import { fmt } from '../../state/locale.svelte';
import type { Chart, ChartForm, ChartPoint } from '../types';
import { NOW, TODAY, at, between, plus } from './days';
import type { FakeSlot } from './household';
import { amount, stock, when } from './views';

const PAST: Record<string, number> = { month: 30, three_months: 90, year: 365 };

export function chart(slot: FakeSlot, form: ChartForm): Chart {
  const { width, height } = form;
  const past = PAST[form.range] ?? 90;
  const now = stock(slot);
  const level = now.level === null ? 0 : slot.pooled ? now.level + now.shelf : now.level;
  const full = slot.capacity ?? Math.max(level, 1000);
  const ends = when(slot, level);
  const future = Math.min(past * 0.6, Math.max(past * 0.3, ends?.latest ? between(TODAY, ends.latest) * 1.1 : 0));
  const [left, right, top, bottom] = [52, 10, 28, 24];
  const x = (days: number) => left + ((days + past) / (past + future)) * (width - left - right);
  const y = (milli: number) => height - bottom - (milli / full) * (height - top - bottom);
  const step = 3;
  const history: [number, number][] = [];
  const pace = slot.per_day || full / 60;
  for (let day = 0; day <= past; day += step) {
    const back = level + day * pace;
    history.unshift([-day, ((back - 1) % full) + 1]);
  }
  const path = history.map(([d, v], i) => `${i ? 'L' : 'M'}${x(d).toFixed(1)} ${y(v).toFixed(1)}`).join('');
  const parts = [1, 0.75, 0.5, 0.25, 0].map((share) => {
    const line = y(full * share).toFixed(1);
    return `<line class="c-grid" x1="${left}" x2="${width - right}" y1="${line}" y2="${line}"/><text class="c-axis" x="${left - 8}" y="${line}" dy="4" text-anchor="end">${fmt.amount(amount(full * share, slot.unit))}</text>`;
  });
  if (ends) {
    const [a, b] = [x(between(TODAY, ends.earliest)), x(ends.latest ? between(TODAY, ends.latest) : future)];
    const [l, o] = [x(ends.days), y(0)];
    parts.push(`<path class="c-band" d="M${x(0)} ${y(level)}L${a} ${o}L${b} ${o}z"/><path class="c-likely" d="M${x(0)} ${y(level)}L${l} ${o}"/><line class="c-span" x1="${a}" x2="${b}" y1="${o}" y2="${o}"/><text class="c-likelyt" x="${l}" y="${o + 18}" text-anchor="middle">${fmt.shortDay(ends.likely)}</text>`);
  }
  if (slot.low !== null) parts.push(`<line class="c-low" x1="${left}" x2="${width - right}" y1="${y(slot.low)}" y2="${y(slot.low)}"/>`);
  parts.push(`<path class="c-area" d="${path}L${x(0)} ${y(0)}L${x(-past)} ${y(0)}z"/><path class="c-history" d="${path}"/><line class="c-today" x1="${x(0)}" x2="${x(0)}" y1="${top}" y2="${height - bottom}"/><circle class="c-dot" cx="${x(0)}" cy="${y(level)}" r="3.5"/>`);
  const points: ChartPoint[] = history.map(([d, v]) => ({
    x: x(d), y: y(v), at: at(plus(TODAY, d)), level: v / 1000, text: [fmt.day(plus(TODAY, d)), fmt.amount(amount(v, slot.unit))], kind: d === 0 ? 'today' : 'history',
  }));
  for (const entry of slot.entries) {
    const d = (entry.at - NOW) / 86_400_000;
    if (!entry.own || entry.undone || d < -past || d > 0) continue;
    points.push({ x: x(d), y: y(level), at: entry.at, level: null, text: [fmt.day(fmt.dayOf(entry.at)), entry.what.kind], kind: entry.what.kind });
  }
  points.sort((a, b) => a.x - b.x);
  return { svg: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title>${slot.name.replace(/[<&]/g, '')}</title><desc>${slot.name.replace(/[<&]/g, '')}</desc>${parts.join('')}</svg>`, points, width, height };
}
