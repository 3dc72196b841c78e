// From the household in the browser to the engine's views. A stand-in for tests and design work: the desktop's
// forecasts come from Rust.

import type {
  Amount,
  DeviceView,
  Lane,
  LaneWeek,
  LedgerLine,
  Mark,
  Next,
  Precision,
  Section,
  SlotView,
  SuppliesView,
  SupplyRow,
  Unit,
  Verb,
  When,
  Why,
} from '../types';
import { figures, policy, sharedWith, shelfCandidates, shelfMates } from './care';
import { NOW, TODAY, at, between, plus } from './days';
import { id, type FakeDevice, type FakeEntry, type FakeSlot, type Household } from './household';

const DAYS = 42;
const order: Section[] = ['needs_you', 'on_its_way', 'six_weeks', 'later', 'not_known'];

/** Level and shelf after the entries recorded since the start. */
export function stock(slot: FakeSlot): { level: number | null; shelf: number } {
  let { level, shelf } = slot;
  for (const entry of slot.entries.toReversed()) {
    // Recorded since the start, whatever day was given: it counts from now on.
    if (entry.at > NOW || entry.fresh) {
      if (entry.undone) continue;
      level = entry.sets?.level ?? (level === null ? null : level + entry.level);
      shelf = entry.sets?.shelf ?? shelf + entry.shelf;
    } else if (entry.undone !== (entry.was_undone ?? false)) {
      // The figures of the household are those with its past as it was at the start.
      const sign = entry.undone ? -1 : 1;
      level = level === null ? null : level + sign * (entry.level + (slot.pooled ? entry.shelf : 0));
      if (!slot.pooled) shelf += sign * entry.shelf;
    }
  }
  return { level: level === null ? null : Math.max(0, level), shelf: Math.max(0, shelf) };
}

export function when(slot: FakeSlot, left: number): When | null {
  if (slot.per_day <= 0 || slot.learning || slot.unused) return null;
  const days = left / slot.per_day;
  const [from, to] = slot.spread;
  const [earliest, likely, latest] = [Math.round(days * from), Math.round(days), Math.round(days * to)];
  const width = latest - earliest;
  const precision: Precision =
    width <= 2
      ? 'day'
      : width <= 28
        ? 'about'
        : width <= 60
          ? 'part_of_month'
          : width <= 120
            ? 'month'
            : 'not_before';
  return {
    precision,
    earliest: plus(TODAY, earliest),
    likely: plus(TODAY, likely),
    latest: plus(TODAY, latest),
    days: likely,
  };
}

export function mark(slot: FakeSlot, now = stock(slot)): Mark {
  const total = slot.pooled && now.level !== null ? now.level + now.shelf : now.level;
  const fill = total === null || slot.capacity === null ? null : Math.min(1, total / slot.capacity);
  const pieces = slot.unit === 'COUNT' && slot.capacity !== null ? slot.capacity / 1000 : 0;
  return {
    fill,
    texture: slot.unit === 'COUNT' ? 'segments' : slot.unit === 'HOUR' ? 'lines' : 'solid',
    segments: pieces > 0 && pieces <= 12 ? pieces : 10,
    colours: slot.colours,
    low: slot.low === null || slot.capacity === null ? null : slot.low / slot.capacity,
    low_reached: total !== null && slot.low !== null && total <= slot.low,
    stale: slot.silent_days !== null,
    some_left: slot.some_left,
  };
}

/** By the slot's rule. */
function whyOrder(slot: FakeSlot, left: Amount, out: When): Why {
  const per_day = amount(slot.per_day, slot.unit);
  const { order_by, delivery_days, risk } = policy(slot, out);
  const by = order_by ?? out.likely;
  return risk === null
    ? { kind: 'days_in_hand', left, per_day, by, days: 7 }
    : { kind: 'delivery', left, per_day, early: out.earliest, by, days: delivery_days, risk };
}

const hushed = (slot: FakeSlot): boolean => slot.muted || slot.always || slot.snoozed !== null;

function next(slot: FakeSlot, left: number | null, spares: number, ends: When | null): Next {
  if (slot.rise) return { kind: 'confirm_rise', rise: slot.rise };
  if (left === null) return { kind: 'level_unknown', some_left: slot.some_left };
  if (slot.learning) return { kind: 'learning', ...slot.learning, more_days: 0 };
  if (slot.unused) return { kind: 'unused', last: slot.unused };
  const empty = left <= 0;
  if (empty || (ends && ends.days <= 1))
    return spares > 0 ? { kind: 'replace_now', spares, empty } : { kind: 'empty_no_spare' };
  const low = slot.low !== null && left <= slot.low;
  if (!hushed(slot) && spares === 0 && (low || (ends && ends.days <= 7))) {
    const by = policy(slot, ends).order_by;
    return {
      kind: 'order_by',
      by: by && between(TODAY, by) < 0 ? TODAY : by,
      now: by !== null && between(TODAY, by) < 0,
      runs_out: ends,
      paused: false,
    };
  }
  return ends ? { kind: 'runs', when: ends } : { kind: 'learning', seen: 0, more: 5, more_days: 0 };
}

const verbs = (slot: FakeSlot): Verb =>
  slot.supply === 'battery'
    ? 'empty'
    : slot.supply === 'waste'
      ? 'full'
      : slot.unit === 'HOUR'
        ? 'worn_out'
        : 'runs_out';

const LITRE = 1_000_000;
/** As people say it: 1500 ml is 1.5 l. */
export const amount = (milli: number, unit: Unit): Amount =>
  unit === 'MILLILITER' && milli >= LITRE
    ? { milli: Math.round(milli / 1000), unit: 'LITER' }
    : { milli: Math.round(milli), unit };

export function row(home: Household, slot: FakeSlot): SupplyRow {
  const device = home.devices.find((one) => one.id === slot.device) as FakeDevice;
  const now = stock(slot);
  const left = now.level === null ? null : slot.pooled ? now.level + now.shelf : now.level;
  const spares = slot.pooled ? 0 : Math.round(now.shelf / 1000);
  const ends = left === null ? null : when(slot, left);
  const told = hushed(slot) || spares > 0 ? null : (home.told?.next(slot, ends) ?? null);
  const says = told ?? next(slot, left, spares, ends);
  const asks =
    ['replace_now', 'empty_no_spare', 'confirm_rise', 'order_by'].includes(says.kind) ||
    (says.kind === 'order_arrives' && says.late);
  const first = ends ? between(TODAY, ends.earliest) : 0;
  const section: Section =
    asks && !hushed(slot)
      ? 'needs_you'
      : says.kind === 'order_arrives'
        ? 'on_its_way'
        : ends && left !== null
          ? first <= DAYS
            ? 'six_weeks'
            : 'later'
          : 'not_known';
  const lane: Lane =
    !ends || slot.rise
      ? { kind: 'unknown' }
      : first > DAYS
        ? { kind: 'beyond', month: `${ends.likely.slice(0, 7)}-01` }
        : {
            kind: 'dated',
            earliest: first,
            likely: ends.days,
            latest: ends.latest ? between(TODAY, ends.latest) : null,
          };
  return {
    slot: slot.id,
    device: slot.device,
    name: slot.name,
    device_name: device.name,
    device_kind: device.kind,
    supply: slot.supply,
    sensor: slot.sensor,
    section,
    next: says,
    verb: verbs(slot),
    mark: mark(slot, now),
    left: left === null ? null : amount(left, slot.unit),
    of: slot.unit === 'PERCENT' || slot.capacity === null ? null : amount(slot.capacity, slot.unit),
    estimated: false,
    spares: slot.pooled ? null : spares,
    pooled: slot.pooled,
    silent_days: slot.silent_days,
    lane,
    arrives: home.told?.arrives(slot) ?? null,
    action:
      section !== 'needs_you'
        ? null
        : says.kind === 'confirm_rise'
          ? 'answer_rise'
          : says.kind === 'replace_now'
            ? 'replaced'
            : 'bought',
    muted: slot.muted || slot.always,
    muted_always: slot.always,
    snoozed_until: slot.snoozed,
    dash: false,
    shared_with: sharedWith(home, slot),
  };
}

export const weeks = (): LaneWeek[] =>
  [2, 9, 16, 23, 30, 37].map((offset) => ({ offset, day: plus(TODAY, offset) }));

const ends = (row: SupplyRow): string =>
  row.next.kind === 'runs'
    ? row.next.when.earliest
    : row.next.kind === 'order_by'
      ? (row.next.runs_out?.earliest ?? '0')
      : '0';

export function rows(home: Household): SupplyRow[] {
  const shown = home.slots.filter((slot) =>
    home.devices.some((device) => device.id === slot.device && !device.removed),
  );
  return shown
    .map((slot) => row(home, slot))
    .sort((a, b) => order.indexOf(a.section) - order.indexOf(b.section) || ends(a).localeCompare(ends(b)));
}

export function supplies(home: Household, silent: number): SuppliesView {
  const all = rows(home);
  const need = all.filter((one) => one.section === 'needs_you');
  const dated = all
    .flatMap((one) => (one.next.kind === 'runs' ? [one.next.when] : []))
    .sort((a, b) => a.earliest.localeCompare(b.earliest));
  const soonest = dated[0];
  return {
    at: NOW,
    today: TODAY,
    headline:
      all.length === 0
        ? { kind: 'empty' }
        : need.length > 0
          ? { kind: 'need_you', count: need.length }
          : !soonest
            ? { kind: 'learning' }
            : soonest.days > 14
              ? { kind: 'lasts_until', when: soonest }
              : { kind: 'nothing_this_week' },
    named: need.slice(0, 2).map((one) => one.slot),
    rows: all,
    devices: home.devices
      .filter((one) => !one.removed)
      .map(({ id, name, kind, silent_days }) => ({ id, name, kind, silent_days })),
    weeks: weeks(),
    hour: 10,
    sync: {
      linked: false,
      read: home.devices.filter((one) => one.connection.kind === 'network').length,
      last_reading: silent > 0 ? at(TODAY, 9, 12) : at(TODAY, 9, 58),
      silent,
    },
    sample: home.sample,
    open_orders: home.told?.open() ?? 0,
  };
}

export function device(home: Household, one: FakeDevice): DeviceView {
  const { id, name, kind, model, location, connection } = one;
  return {
    id,
    name,
    kind,
    model,
    location,
    connection,
    rows: rows(home).filter((r) => r.device === id),
    weeks: weeks(),
    dash: { state: { is: 'not_linked' }, visit: null },
    notices: true,
  };
}

const UNITS: Partial<Record<Unit, Unit[]>> = {
  MILLILITER: ['MILLILITER', 'LITER', 'US_FLUID_OUNCE'],
  HOUR: ['HOUR', 'DAY'],
  GRAM: ['GRAM', 'KILOGRAM', 'OUNCE', 'POUND'],
};

function line(slot: FakeSlot, entry: FakeEntry, left: number | null): LedgerLine {
  const change = entry.level + entry.shelf;
  return {
    entry: entry.what.kind === 'uses' ? null : entry.id,
    at: entry.at,
    day: new Date(entry.at - new Date(entry.at).getTimezoneOffset() * 60_000).toISOString().slice(0, 10),
    timed: entry.timed,
    what: entry.what,
    change:
      change === 0 || entry.undone || (!slot.pooled && entry.shelf !== 0) ? null : amount(change, slot.unit),
    left: left === null || entry.undone ? null : amount(left, slot.unit),
    undone: entry.undone,
    own: entry.own,
    amended: entry.amended,
    note: entry.note,
    stocktake: entry.stocktake ?? null,
  };
}

export function slotView(home: Household, slot: FakeSlot, lines: number): SlotView {
  const now = stock(slot);
  const shown = row(home, slot);
  const all = rows(home).map((one) => one.slot);
  const place = all.indexOf(slot.id);
  const device = home.devices.find((one) => one.id === slot.device) as FakeDevice;
  let running = slot.pooled && now.level !== null ? now.level + now.shelf : now.level;
  const ledger = slot.entries.map((entry) => {
    const made = line(slot, entry, running);
    if (running !== null && !entry.undone) running -= slot.pooled ? entry.level + entry.shelf : entry.level;
    return made;
  });
  const left = shown.left;
  const out =
    shown.next.kind === 'runs'
      ? shown.next.when
      : shown.next.kind === 'order_by'
        ? shown.next.runs_out
        : null;
  return {
    at: NOW,
    today: TODAY,
    row: shown,
    dash: { state: { is: 'not_linked' }, visit: null },
    why:
      shown.mark.low_reached && slot.low !== null
        ? { kind: 'low_readings', since: '2026-11-19', readings: 3, mark: amount(slot.low, slot.unit) }
        : left && out && slot.per_day > 0 && slot.pooled
          ? whyOrder(slot, left, out)
          : slot.per_day > 0
            ? { kind: 'pace', per_day: amount(slot.per_day, slot.unit), over_days: 63 }
            : null,
    level: now.level === null ? null : amount(now.level, slot.unit),
    shelf: slot.pooled ? amount(now.shelf, slot.unit) : { milli: now.shelf, unit: 'COUNT' },
    pack: slot.pooled ? amount(slot.pack, slot.unit) : { milli: 1000, unit: 'COUNT' },
    capacity: slot.capacity === null ? null : amount(slot.capacity, slot.unit),
    per_day: slot.per_day > 0 ? amount(slot.per_day, slot.unit) : null,
    basis:
      slot.per_day > 0
        ? {
            per_day: amount(slot.per_day, slot.unit),
            over_days: 63,
            refills: slot.pooled ? 0 : 1,
            absent_days: 0,
            step_percent: null,
          }
        : null,
    record: slot.per_day > 0 ? { ends: 6, off_days: 3, inside: 14, judged: 18, scaled: false } : null,
    low_mark: slot.low === null ? null : amount(slot.low, slot.unit),
    low_source:
      slot.low === null ? 'none' : slot.own_low ? 'own' : slot.supply === 'ink' ? 'device' : 'usual',
    measured_at: slot.silent_days ? at(plus(TODAY, -slot.silent_days), 9, 30) : at(TODAY, 9, 58),
    unit: slot.unit,
    units: UNITS[slot.unit] ?? [slot.unit],
    overshoot: slot.entries.some((e) => e.what.kind === 'overshoot')
      ? { milli: 120_000, unit: 'MILLILITER' }
      : null,
    recent_packs: packs(slot),
    ledger: ledger.slice(0, lines),
    more: ledger.length > lines,
    previous: all[place - 1] ?? null,
    following: all[place + 1] ?? null,
    connection: device.connection,
    policy: policy(slot, out),
    low_readings: slot.low_readings ?? 0,
    low_needed: 3,
    shelf_mates: shelfMates(home, slot),
    shelf_candidates: shelfCandidates(home, slot),
    attachable: [],
    reconciliation: home.told?.any
      ? { ...figures(slot, shown), amazon: { kind: 'through_maker' } }
      : figures(slot, shown),
    orders: home.told?.slot(home, slot) ?? null,
  };
}

/** Distinct packs that were bought, newest first. */
function packs(slot: FakeSlot): Amount[] {
  const bought = slot.entries.flatMap((entry) =>
    entry.what.kind === 'bought' && entry.what.content && !entry.undone ? [entry.what.content] : [],
  );
  return bought.filter(
    (pack, i) => bought.findIndex((other) => other.milli === pack.milli && other.unit === pack.unit) === i,
  );
}

/** The single readings or uses of a folded run, newest first, evenly spread. */
export function run(home: Household, slot: FakeSlot, from: number, to: number): LedgerLine[] {
  const folded = slotView(home, slot, 1000).ledger.find(
    (one) => one.what.kind === 'uses' && one.what.first_at === from && one.at === to,
  );
  const what = folded?.what;
  if (!folded || what?.kind !== 'uses') return [];
  const each = folded.change ? Math.round(folded.change.milli / what.count) : 0;
  return Array.from({ length: what.count }, (_, i) => {
    const then = Math.round(to - ((to - from) * i) / Math.max(1, what.count - 1));
    const day = new Date(then - new Date(then).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
    return {
      ...folded,
      entry: id(90_000 + i),
      at: then,
      day,
      timed: true,
      what: { ...what, count: 1, from: day, first_at: then },
      change: folded.change ? { milli: each, unit: folded.change.unit } : null,
      left:
        folded.left && folded.left.unit === folded.change?.unit
          ? { milli: folded.left.milli - each * i, unit: folded.left.unit }
          : null,
    };
  });
}
