// Use over time in the shape the engine tells it, from the fake household's pace. Days before the household was first
// seen have no amount, and the running span is not over.

import { m } from '../../paraglide/messages';
import { weekStart } from '../../format/format';
import { fmt, locale } from '../../state/locale.svelte';
import { money as sums, used as said } from '../../words/use';
import type {
  Amount,
  By,
  Chart,
  Price,
  UsageChartForm,
  UsageCost,
  UsageCosts,
  UsageForm,
  UsageSlot,
  UsageSpan,
  UsageSum,
  Unit,
  UsageView,
  Used,
} from '../types';
import { NOW, TODAY, at, between, plus } from './days';
import type { FakeSlot, Household } from './household';

/** The household was first seen in the middle of a week and of a month. */
const SEEN_SINCE = '2026-09-03';
const COUNT = 12;
const amount = (milli: number, unit: Unit): Amount => ({ milli, unit });

function startOf(by: By, day: string): string {
  if (by === 'month') return `${day.slice(0, 8)}01`;
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
  const since = weekStart(locale.region) === 'Sun' ? weekday : (weekday + 6) % 7;
  return plus(day, -since);
}

const after = (by: By, first: string): string => startOf(by, plus(first, by === 'week' ? 7 : 31));

function spansOf(by: By): UsageSpan[] {
  const spans: UsageSpan[] = [];
  let first = startOf(by, TODAY);
  while (spans.length < COUNT) {
    spans.unshift({ first, last: plus(after(by, first), -1), running: spans.length === 0 });
    first = startOf(by, plus(first, -1));
  }
  return spans;
}

/** Its price for a thousandth, if a purchase with one is in the ledger. */
function priceOf(slot: FakeSlot): { each: number; currency: string } | null {
  for (const { what, undone } of slot.entries) {
    if (what.kind !== 'bought' || undone || what.price_milli === null || what.currency === null) continue;
    const piece = slot.pooled ? (what.content?.milli ?? slot.pack) : (slot.capacity ?? 1000);
    const content = what.packs * piece;
    return { each: what.price_milli / content, currency: what.currency };
  }
  return null;
}

function usedIn(slot: FakeSlot, span: UsageSpan): Used {
  const days = between(span.first, span.last) + 1;
  const from = span.first > SEEN_SINCE ? span.first : SEEN_SINCE;
  const to = span.last < TODAY ? span.last : TODAY;
  const observed = slot.level === null ? 0 : Math.max(0, between(from, to) + 1);
  if (observed === 0) return { amount: null, observed_days: 0, days, whole: false, cost: [], unpriced: null };
  let milli = 0;
  for (let day = from; day <= to; day = plus(day, 1))
    milli +=
      slot.per_day * (0.6 + 0.8 * (Math.abs(Math.sin(between(TODAY, day) * 12.9898) * 43_758.5453) % 1));
  const step = slot.unit === 'COUNT' ? 1000 : 1;
  milli = Math.round(milli / step) * step;
  const price = priceOf(slot);
  const cost = price ? [{ milli: Math.round(milli * price.each), currency: price.currency }] : [];
  return {
    amount: amount(milli, slot.unit),
    observed_days: observed,
    days,
    whole: observed === days && !span.running,
    cost,
    unpriced: price || milli === 0 ? null : amount(milli, slot.unit),
  };
}

function addMoney(all: readonly Price[]): Price[] {
  const by = new Map<string, number>();
  for (const { milli, currency } of all) by.set(currency, (by.get(currency) ?? 0) + milli);
  return [...by].map(([currency, milli]) => ({ milli, currency }));
}

function add(uses: readonly Used[]): Used {
  const known = uses.filter((used) => used.amount !== null);
  const milli = known.reduce((sum, used) => sum + (used.amount?.milli ?? 0), 0);
  const unpriced = uses.reduce((sum, used) => sum + (used.unpriced?.milli ?? 0), 0);
  const unit = known[0]?.amount?.unit ?? 'COUNT';
  return {
    amount: known.length > 0 ? amount(milli, unit) : null,
    observed_days: uses.reduce((sum, used) => sum + used.observed_days, 0),
    days: uses.reduce((sum, used) => sum + used.days, 0),
    whole: uses.every((used) => used.whole),
    cost: addMoney(uses.flatMap((used) => used.cost)),
    unpriced: unpriced > 0 ? amount(unpriced, unit) : null,
  };
}

const together = (costs: readonly UsageCost[]): UsageCost => ({
  sums: addMoney(costs.flatMap((cost) => cost.sums)),
  incomplete: costs.some((cost) => cost.incomplete),
});

function costsOf(spans: number, slots: readonly { each: Used[] }[]): UsageCosts {
  const each = Array.from({ length: spans }, (_, i) =>
    together(
      slots.map((slot) => ({ sums: slot.each[i]?.cost ?? [], incomplete: Boolean(slot.each[i]?.unpriced) })),
    ),
  );
  return { each, total: together(each) };
}

function slotOf(slot: FakeSlot, spans: readonly UsageSpan[]): UsageSlot {
  const each = spans.map((span) => usedIn(slot, span));
  const whole = each.filter((used) => used.whole);
  const sum = whole.reduce((total, used) => total + (used.amount?.milli ?? 0), 0);
  return {
    slot: slot.id,
    name: slot.name,
    supply: slot.supply,
    unit: slot.unit,
    each,
    total: add(each),
    mean:
      whole.length > 0
        ? { amount: amount(Math.round(sum / whole.length), slot.unit), spans: whole.length }
        : null,
  };
}

function sumsOf(slots: readonly UsageSlot[], spans: number): UsageSum[] {
  const groups = new Map<string, UsageSlot[]>();
  for (const slot of slots) {
    if (slot.unit === 'PERCENT' || slot.unit === 'HOUR') continue;
    const key = `${slot.supply} ${slot.unit}`;
    groups.set(key, [...(groups.get(key) ?? []), slot]);
  }
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .flatMap((group) => {
      const each = Array.from({ length: spans }, (_, i) => add(group.flatMap((slot) => slot.each[i] ?? [])));
      const [first] = group;
      return first
        ? [{ supply: first.supply, slots: group.map((slot) => slot.slot), each, total: add(each) }]
        : [];
    });
}

export function usage(home: Household, form: UsageForm): UsageView {
  const spans = spansOf(form.by);
  const devices = home.devices
    .filter((device) => !device.removed && (form.device === null || form.device === device.id))
    .map((device) => {
      const slots = home.slots
        .filter((slot) => slot.device === device.id && (form.slot === null || form.slot === slot.id))
        .map((slot) => slotOf(slot, spans));
      return {
        device: device.id,
        name: device.name,
        kind: device.kind,
        slots,
        sums: sumsOf(slots, spans.length),
        cost: costsOf(spans.length, slots),
      };
    })
    .filter((device) => device.slots.length > 0);
  const each = spans.map((_, i) => together(devices.flatMap((device) => device.cost.each[i] ?? [])));
  return { at: NOW, today: TODAY, by: form.by, spans, devices, cost: { each, total: together(each) } };
}

export function usageChart(slot: FakeSlot, form: UsageChartForm): Chart {
  const { width, height, scale } = form;
  const spans = spansOf(form.by);
  const view = slotOf(slot, spans);
  const [left, top, bottom] = [46 * scale, 16 * scale, height - 24 * scale];
  const room = (width - 10 - left) / spans.length;
  const highest = Math.max(1000, ...view.each.map((used) => used.amount?.milli ?? 0));
  const y = (milli: number): number => bottom - ((bottom - top) * milli) / highest;
  const label = (span: UsageSpan): string =>
    form.by === 'week' ? fmt.axisDay(span.first) : fmt.shortMonth(span.first);
  const stride = Math.ceil((52 * scale) / room);
  const parts = [`<path class="c-axisline" d="M${left} ${bottom}H${width - 10}"/>`];
  const text = (x: number, ty: number, words: string, anchor: string): string =>
    `<text class="c-axis" x="${x.toFixed(1)}" y="${ty.toFixed(1)}" text-anchor="${anchor}">${words.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</text>`;
  parts.push(
    `<path class="c-grid" d="M${left} ${top}H${width - 10}"/>`,
    text(left - 8, top + 4 * scale, fmt.amount(amount(highest, slot.unit)), 'end'),
    text(left - 8, bottom + 4 * scale, '0', 'end'),
  );
  const points = spans.flatMap((span, i) => {
    const one = view.each[i];
    if (!one) return [];
    const middle = left + room * (i + 0.5);
    const half = Math.min(28, room / 3);
    const value = one.amount?.milli ?? null;
    if (value === null) parts.push(text(middle, bottom - 5, '–', 'middle'));
    else {
      parts.push(
        `<path class="${one.whole ? 'c-bar' : 'c-bar-part'}" d="M${(middle - half).toFixed(1)} ${bottom}V${y(value).toFixed(1)}H${(middle + half).toFixed(1)}V${bottom}Z"/>`,
      );
      if (one.whole)
        parts.push(
          `<path class="c-history" d="M${(middle - half).toFixed(1)} ${y(value).toFixed(1)}H${(middle + half).toFixed(1)}"/>`,
        );
    }
    if ((spans.length - 1 - i) % stride === 0)
      parts.push(text(middle, bottom + 16 * scale, label(span), 'middle'));
    const heading =
      form.by === 'week' ? `${fmt.shortDay(span.first)} – ${fmt.shortDay(span.last)}` : fmt.month(span.first);
    const lines = [heading, said(span, one), ...(one.cost.length > 0 ? [sums(one.cost)] : [])];
    return [
      {
        x: middle,
        y: value === null ? bottom : y(value),
        at: at(span.first),
        level: value === null ? null : value / 1000,
        text: lines.join('\n'),
        kind: 'reading' as const,
      },
    ];
  });
  if (view.mean) {
    const level = y(view.mean.amount.milli).toFixed(1);
    parts.push(`<path class="c-likely" d="M${left} ${level}H${width - 10}"/>`);
  }
  const name = slot.name.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const title = `${name}, ${form.by === 'week' ? m.use_by_week() : m.use_by_month()}`;
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-size="${11 * scale}"><title>${title}</title><desc>${name}</desc>${parts.join('')}</svg>`,
    points,
    width,
    height,
    plot: { left, right: width - 10, top, bottom, now: width - 10 },
  };
}
