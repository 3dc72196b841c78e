// How supplies of the household in the browser are watched: rules, quiet, shared shelves, the stocktake, the figures.

import type {
  Amount,
  CountForm,
  PolicyView,
  QuietForm,
  Reconciliation,
  ShelfMate,
  StocktakeForm,
  StocktakeView,
  StepView,
  Stocktaken,
  SupplyRow,
  Unit,
  When,
} from '../types';
import { find, record, refuse, undo } from './changes';
import { NOW, TODAY, at, between, plus } from './days';
import { type FakeDevice, type FakeEntry, type FakeSlot, type Household } from './household';
import { amount, row, stock } from './views';

export function policy(slot: FakeSlot, ends: When | null): PolicyView {
  const delivery_days = slot.delivery_days ?? 5;
  const risk = { amazon: null, careful: 5, normal: 10, thrifty: 25 }[slot.rule];
  const by = ends
    ? slot.rule === 'amazon'
      ? plus(ends.likely, -7)
      : plus(ends.earliest, -(delivery_days + 2))
    : null;
  return {
    rule: slot.rule,
    risk,
    delivery_days,
    delivery_own: slot.delivery_days !== null,
    days_in_hand: 7,
    order_by: by,
  };
}

const deviceOf = (home: Household, slot: FakeSlot): FakeDevice =>
  home.devices.find((one) => one.id === slot.device) as FakeDevice;

const mate = (home: Household, slot: FakeSlot): ShelfMate => ({
  slot: slot.id,
  name: slot.name,
  device_name: deviceOf(home, slot).name,
  same_product: false,
});

const present = (home: Household) => home.slots.filter((slot) => !deviceOf(home, slot).removed);

const mates = (home: Household, slot: FakeSlot): FakeSlot[] =>
  slot.group === null
    ? []
    : present(home).filter((other) => other.id !== slot.id && other.group === slot.group);

export const sharedWith = (home: Household, slot: FakeSlot): string[] =>
  mates(home, slot).map((other) => (other.device === slot.device ? other.name : deviceOf(home, other).name));

export const shelfMates = (home: Household, slot: FakeSlot): ShelfMate[] =>
  mates(home, slot).map((other) => mate(home, other));

export const shelfCandidates = (home: Household, slot: FakeSlot): ShelfMate[] =>
  present(home)
    .filter((other) => other.id !== slot.id && other.supply === slot.supply && other.pooled === slot.pooled)
    .filter((other) => slot.group === null || other.group !== slot.group)
    .map((other) => mate(home, other));

export function share(home: Household, slot: FakeSlot, other: string | null): null {
  if (other === null) {
    slot.group = null;
    return null;
  }
  const to = find(home, other);
  if (to.pooled !== slot.pooled) refuse('bad_field', 'These two can’t take from one shelf.', 'with');
  to.group ??= to.id;
  slot.group = to.group;
  return null;
}

export function quiet(slot: FakeSlot, form: QuietForm): null {
  if (form.kind === 'until' && (between(TODAY, form.day) < 1 || between(TODAY, form.day) > 366))
    refuse('bad_date', 'Choose a day after today, within a year.', 'until');
  slot.muted = form.kind === 'until_replaced';
  slot.always = form.kind === 'always';
  slot.snoozed = form.kind === 'until' ? form.day : null;
  return null;
}

/** Units a form offers, the household's own first. */
const UNITS: Partial<Record<Unit, Unit[]>> = { MILLILITER: ['MILLILITER', 'LITER'], HOUR: ['HOUR', 'DAY'] };

export function stocktake(home: Household): StocktakeView {
  const seen = new Set<string>();
  return {
    today: TODAY,
    lines: home.devices
      .filter((device) => !device.removed)
      .flatMap((device) => home.slots.filter((slot) => slot.device === device.id))
      .map((slot) => {
        const now = stock(slot);
        const shared = mates(home, slot).length > 0 ? slot.group : null;
        const shelf_above = shared !== null && seen.has(shared);
        if (shared !== null) seen.add(shared);
        return {
          row: row(home, slot),
          level: now.level === null ? null : amount(now.level, slot.unit),
          shelf: slot.pooled ? amount(now.shelf, slot.unit) : { milli: now.shelf, unit: 'COUNT' as const },
          units: UNITS[slot.unit] ?? [slot.unit],
          shelf_units: slot.pooled ? (UNITS[slot.unit] ?? [slot.unit]) : ['COUNT' as const],
          shelf_above,
        };
      }),
  };
}

/** All of it or nothing: judged on a copy first. */
export function takeStock(home: Household, form: StocktakeForm): Stocktaken {
  const counted = form.lines.filter((line) => line.level ?? line.shelf);
  if (counted.length === 0) refuse('bad_amount', 'Nothing was counted yet.');
  const all = (into: Household) => counted.forEach((line, i) => one(into, form, line, i));
  all(structuredClone(home));
  all(home);
  return { id: form.id, count: counted.length };
}

function one(home: Household, form: StocktakeForm, line: CountForm, i: number): void {
  const entry = `${form.id.slice(0, -2)}${(16 + i).toString(16)}`;
  const what = { kind: 'counted' as const, level: line.level, shelf: line.shelf };
  try {
    record(home, { id: entry, slot: line.slot, on: form.on, note: form.note, amends: null, what });
  } catch (thrown) {
    const told = (thrown as { trouble?: { code: 'bad_amount'; detail: string; field: string } }).trouble;
    if (!told) throw thrown;
    refuse(told.code, told.detail, told.field === 'on' ? 'on' : `lines.${i}.${told.field}`);
  }
  const made = find(home, line.slot).entries.find((candidate) => candidate.id === entry);
  if (made) made.stocktake = form.id;
}

/** Every count of a stocktake; whether there was one. */
export function undoStocktake(home: Household, step: string): string | null {
  const entries = home.slots.flatMap((slot) => slot.entries.filter((entry) => entry.stocktake === step));
  const redo = entries.every((entry) => entry.undone);
  entries.filter((entry) => entry.undone === redo).forEach((entry) => undo(home, entry.id));
  return entries.length > 0
    ? (home.slots.find((slot) => slot.entries.includes(entries[0] as FakeEntry))?.id ?? null)
    : null;
}

const day = (ms: number): string =>
  new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

export function figures(slot: FakeSlot, shown: SupplyRow): Reconciliation {
  const now = stock(slot);
  const since = slot.entries.filter((entry) => !entry.undone && (entry.at > NOW || entry.fresh));
  const step = (
    entry: FakeEntry,
    kind: 'counted' | 'bought' | 'replaced',
    change: Amount,
    stated: Amount | null,
  ): StepView => ({
    entry: entry.id,
    day: day(entry.at),
    cause: { kind },
    stated,
    change,
    device_name: null,
  });
  const counted = since.find((entry) => entry.sets?.level !== undefined);
  const said = slot.level ?? 0;
  const difference = now.level !== null && counted ? now.level - said : 0;
  const bought = slot.entries.filter(
    (entry) => entry.what.kind === 'bought' && !entry.undone && entry.shelf > 0,
  );
  const unit: Unit = slot.pooled ? slot.unit : 'COUNT';
  const held = (milli: number): Amount => (slot.pooled ? amount(milli, unit) : { milli, unit });
  const gained = bought.reduce((sum, entry) => sum + entry.shelf, 0);
  const rest = now.shelf - gained;
  const moved = bought.map((entry) => step(entry, 'bought', held(entry.shelf), null));
  if (rest !== 0)
    moved.push({
      entry: null,
      day: null,
      cause: slot.pooled ? { kind: 'opened', count: 1 } : { kind: 'unrecorded' },
      stated: null,
      change: held(rest),
      device_name: null,
    });
  return {
    ledger: shown.left ? { amount: shown.left, at: NOW, day: TODAY } : null,
    device:
      slot.sensor === 'none'
        ? { kind: 'unmeasured' }
        : slot.sensor !== 'level'
          ? { kind: 'uses', last: at(TODAY, 8, 12) }
          : slot.level === null
            ? { kind: 'no_number', last: at(TODAY, 9, 58) }
            : {
                kind: 'level',
                figure: { amount: amount(said, slot.unit), at: at(TODAY, 9, 58), day: TODAY },
                difference:
                  difference === 0 || !counted
                    ? null
                    : {
                        amount: amount(difference, slot.unit),
                        steps: [
                          step(
                            counted,
                            counted.what.kind === 'replaced' ? 'replaced' : 'counted',
                            amount(difference, slot.unit),
                            counted.what.kind === 'counted' ? counted.what.level : null,
                          ),
                        ],
                      },
              },
    shelf: {
      now: held(now.shelf),
      counted: null,
      difference: moved.length > 0 ? { amount: held(now.shelf), steps: moved } : null,
    },
    amazon: { kind: 'not_reported' },
  };
}

/** Where two supplies of one household share a shelf, to look at. */
export function shared(home: Household): Household {
  const [first, second] = home.slots.filter((slot) => slot.supply === 'ink');
  if (first && second) share(home, second, first.id);
  return home;
}
