// What forms do to the household in the browser, with the refusals a person can meet.

import { HostError } from '../host';
import type {
  AddDeviceForm,
  Amount,
  Code,
  FoundPrinter,
  Outcome,
  RecordForm,
  Recorded,
  SlotForm,
  Typed,
  Unit,
} from '../types';
import { NOW, TODAY, at, between } from './days';
import { watched, type FakeEntry, type FakeSlot, type Household } from './household';
import { amount, mark, stock, when } from './views';

export function refuse(code: Code, detail: string, field: string | null = null): never {
  throw new HostError({ code, detail, field });
}

const BASE: Partial<Record<Unit, [string, number]>> = {
  LITER: ['volume', 1000],
  MILLILITER: ['volume', 1],
  US_FLUID_OUNCE: ['volume', 29.5735],
  KILOGRAM: ['weight', 1000],
  GRAM: ['weight', 1],
  OUNCE: ['weight', 28.3495],
  POUND: ['weight', 453.592],
  HOUR: ['time', 1],
  DAY: ['time', 24],
};

/** A typed number in thousandths of `unit`. */
export function parse(typed: Typed, unit: Unit, field: string, zero = false): number {
  const text = typed.text.trim().replace(',', '.');
  const number = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number) || number < 0 || (number === 0 && !zero))
    refuse('bad_amount', 'Enter an amount above 0.', field);
  if (number > 1e9) refuse('bad_amount', 'The amount is larger than a billion.', field);
  const from = BASE[typed.unit] ?? ([typed.unit, 1] as const);
  const to = BASE[unit] ?? ([unit, 1] as const);
  if (from[0] !== to[0]) refuse('bad_amount', 'The unit is of another kind.', field);
  return Math.round((number * 1000 * from[1]) / to[1]);
}

export function find(home: Household, slot: string): FakeSlot {
  return home.slots.find((one) => one.id === slot) ?? refuse('slot_unknown', 'This supply was removed.');
}

function build(home: Household, form: RecordForm): { entry: FakeEntry; effect: Amount | null } {
  const slot = find(home, form.slot);
  if (form.on && between(TODAY, form.on) > 0) refuse('bad_date', 'The day is in the future.', 'on');
  const entry: FakeEntry = {
    id: form.id,
    at: form.on && form.on !== TODAY ? at(form.on) : NOW + 1,
    timed: !form.on,
    fresh: true,
    what: { kind: 'replaced', from_shelf: false },
    own: true,
    undone: false,
    note: form.note,
    amended: form.amends !== null,
    level: 0,
    shelf: 0,
  };
  const { what } = form;
  const now = stock(slot);
  if (what.kind === 'bought') {
    const packs = parse({ text: what.packs, unit: 'COUNT' }, 'COUNT', 'packs');
    if (packs % 1000 !== 0) refuse('bad_amount', 'Packs are whole.', 'packs');
    const content = what.content
      ? parse(what.content, slot.pooled ? slot.unit : 'COUNT', 'content')
      : slot.pack;
    entry.shelf = (packs / 1000) * content;
    entry.what = {
      kind: 'bought',
      packs: packs / 1000,
      content: slot.pooled ? amount(content, slot.unit) : null,
      price_milli: what.price ? Math.round(Number(what.price.replace(',', '.')) * 1000) : null,
      currency: what.currency ?? 'GBP',
      shop: what.shop,
      asin: what.asin,
    };
    return {
      entry,
      effect: slot.pooled ? amount(entry.shelf, slot.unit) : { milli: entry.shelf, unit: 'COUNT' },
    };
  }
  if (what.kind === 'replaced') {
    entry.what = { kind: 'replaced', from_shelf: what.from_shelf };
    entry.sets = { level: slot.capacity ?? now.level ?? 0 };
    entry.shelf = what.from_shelf ? -Math.min(now.shelf, slot.pooled ? slot.pack : 1000) : 0;
    return { entry, effect: null };
  }
  entry.sets = {};
  if (what.level) entry.sets.level = parse(what.level, slot.unit, 'level', true);
  if (what.shelf) entry.sets.shelf = parse(what.shelf, slot.pooled ? slot.unit : 'COUNT', 'shelf', true);
  if (slot.unit === 'PERCENT' && (entry.sets.level ?? 0) > 100_000)
    refuse('bad_amount', 'At most 100 percent.', 'level');
  entry.level = (entry.sets.level ?? now.level ?? 0) - (now.level ?? 0);
  entry.what = {
    kind: 'counted',
    level: what.level ? amount(entry.sets.level ?? 0, slot.unit) : null,
    shelf: what.shelf ? amount(entry.sets.shelf ?? 0, slot.pooled ? slot.unit : 'COUNT') : null,
  };
  return { entry, effect: what.level ? amount(entry.sets.level ?? 0, slot.unit) : null };
}

function after(slot: FakeSlot, entry: FakeEntry, amends: string | null): FakeSlot {
  const kept = slot.entries.map((one) => (one.id === amends ? { ...one, undone: true } : one));
  return {
    ...slot,
    rise: null,
    learning: slot.learning,
    entries: [entry, ...kept].sort((a, b) => b.at - a.at),
  };
}

export function preview(home: Household, form: RecordForm): Outcome {
  const slot = find(home, form.slot);
  const { entry, effect } = build(home, form);
  const changed = after(slot, entry, form.amends);
  const [was, is] = [stock(slot), stock(changed)];
  const total = (one: typeof was) =>
    one.level === null ? null : slot.pooled ? one.level + one.shelf : one.level;
  const [left_before, left_after] = [total(was), total(is)];
  return {
    before: mark(slot),
    after: mark(changed),
    left_before: left_before === null ? null : amount(left_before, slot.unit),
    left_after: left_after === null ? null : amount(left_after, slot.unit),
    spares_after: slot.pooled ? null : Math.round(is.shelf / 1000),
    when_before: left_before === null ? null : when(slot, left_before),
    when_after: left_after === null ? null : when(slot, left_after),
    later_reading:
      form.on && slot.sensor === 'level' && between(form.on, '2026-11-19') > 0 ? '2026-11-19' : null,
    effect,
  };
}

export function record(home: Household, form: RecordForm): Recorded {
  const slot = find(home, form.slot);
  const { entry, effect } = build(home, form);
  if (!slot.entries.some((one) => one.id === entry.id))
    Object.assign(slot, { ...after(slot, entry, form.amends) });
  return { entry: entry.id, slot: slot.id, effect };
}

export function undo(home: Household, entry: string): Recorded {
  for (const slot of home.slots) {
    const one = slot.entries.find((candidate) => candidate.id === entry);
    if (one) {
      one.undone = !one.undone;
      return { entry, slot: slot.id, effect: null };
    }
  }
  return refuse('entry_unknown', 'This entry is gone.');
}

let made = 0;

function slotOf(form: SlotForm, device: string, field: string): FakeSlot {
  if (form.name.trim() === '') refuse('bad_field', 'Every supply needs a name.', field);
  made += 1;
  const typed = (value: Typed | null, unit: Unit, zero = false) =>
    value && value.text.trim() !== '' ? parse(value, unit, field, zero) : null;
  const capacity = typed(form.capacity, form.unit) ?? (form.unit === 'PERCENT' ? 100_000 : null);
  const pooled =
    ['COUNT', 'MILLILITER', 'LITER', 'GRAM', 'KILOGRAM'].includes(form.unit) && form.sensor !== 'level';
  return {
    id: `01900000-0000-7000-9000-${String(made).padStart(12, '0')}`,
    device,
    name: form.name.trim(),
    supply: form.supply,
    sensor: form.sensor,
    unit: form.unit,
    capacity,
    pack: typed(form.pack, form.unit) ?? 1000,
    level: typed(form.level, form.unit, true),
    shelf: typed(form.shelf, pooled ? form.unit : 'COUNT', true) ?? 0,
    pooled,
    low: typed(form.low, form.unit),
    own_low: form.low !== null,
    colours: [],
    per_day: 0,
    spread: [0.75, 1.4],
    learning: { seen: 0, more: 5 },
    unused: null,
    some_left: false,
    rise: null,
    ...watched,
    silent_days: null,
    entries: [],
  };
}

export function addDevice(home: Household, form: AddDeviceForm, printers: FoundPrinter[]): string {
  if (form.name.trim() === '') refuse('bad_field', 'The device needs a name.', 'name');
  if (home.devices.some((one) => one.id === form.id)) return form.id;
  const printer = form.address
    ? (printers.find((one) => one.address === form.address) ??
      refuse('unreachable', `Nothing answers at ${form.address}.`, 'address'))
    : null;
  const slots = printer
    ? printer.supplies
        .filter(
          (one) => form.slots.length === 0 || form.slots.some((wanted) => wanted.instance === one.instance),
        )
        .map((one) => ({
          ...slotOf(
            {
              instance: one.instance,
              name: one.name,
              supply: one.supply,
              sensor: 'level',
              unit: 'PERCENT',
              capacity: null,
              pack: null,
              low: { text: '10', unit: 'PERCENT' },
              level: null,
              shelf: null,
            },
            form.id,
            'slots',
          ),
          level: one.level?.milli ?? null,
          colours: one.mark.colours,
          some_left: one.mark.some_left,
        }))
    : form.slots.map((one, i) => slotOf(one, form.id, `slots.${i}`));
  home.devices.push({
    id: form.id,
    name: form.name.trim(),
    kind: form.kind,
    model: form.model,
    location: form.location,
    silent_days: null,
    removed: false,
    connection: printer
      ? { kind: 'network', address: printer.address, answers: true, last_answer: NOW, trouble: null }
      : { kind: 'by_hand' },
  });
  home.slots.push(...slots);
  return form.id;
}
