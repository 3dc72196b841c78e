// The household of the pictures: Priya's home with a printer, an espresso machine, a washing machine and a robot
// vacuum. Model numbers of devices are invented.

import type { Connection, DeviceKind, LedgerWhat, Rise, Rule, SensorKind, SupplyKind, Unit } from '../types';
import { NOW, TODAY, at, plus } from './days';
import type { Told } from './orders';

export interface FakeEntry {
  id: string;
  at: number;
  timed: boolean;
  what: LedgerWhat;
  own: boolean;
  undone: boolean;
  /** It was undone before the start. */
  was_undone?: boolean;
  /** It was recorded since the start. */
  fresh?: boolean;
  note: string | null;
  amended: boolean;
  /** The step it was counted in. */
  stocktake?: string;
  /** Change of the level and of the shelf, thousandths. */
  level: number;
  shelf: number;
  /** Sets instead of changing. */
  sets?: { level?: number; shelf?: number };
}

export interface FakeSlot {
  id: string;
  device: string;
  name: string;
  supply: SupplyKind;
  sensor: SensorKind;
  unit: Unit;
  capacity: number | null;
  pack: number;
  level: number | null;
  shelf: number;
  pooled: boolean;
  low: number | null;
  own_low: boolean;
  colours: string[];
  per_day: number;
  /** The band as shares of the likely days. */
  spread: [number, number];
  learning: { seen: number; more: number } | null;
  unused: string | null;
  some_left: boolean;
  rise: Rise | null;
  muted: boolean;
  always: boolean;
  snoozed: string | null;
  rule: Rule;
  delivery_days: number | null;
  /** Slots of the same group take from one shelf. */
  group: string | null;
  low_readings?: number;
  silent_days: number | null;
  entries: FakeEntry[];
}

export interface FakeDevice {
  id: string;
  name: string;
  kind: DeviceKind;
  model: string | null;
  location: string | null;
  connection: Connection;
  silent_days: number | null;
  removed: boolean;
}

export interface Household {
  devices: FakeDevice[];
  slots: FakeSlot[];
  sample: boolean;
  /** What Amazon told of it. */
  told?: Told;
}

export const id = (number: number): string => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** Watched as usual. */
export const watched = {
  muted: false,
  always: false,
  snoozed: null,
  rule: 'normal',
  delivery_days: null,
  group: null,
} satisfies Partial<FakeSlot>;

const slot = (
  number: number,
  device: number,
  name: string,
  supply: SupplyKind,
  unit: Unit,
  more: Partial<FakeSlot>,
): FakeSlot => ({
  id: id(number),
  device: id(device),
  name,
  supply,
  sensor: 'level',
  unit,
  capacity: 100_000,
  pack: 1000,
  level: 0,
  shelf: 0,
  pooled: false,
  low: 10_000,
  own_low: false,
  colours: [],
  per_day: 0,
  spread: [0.75, 1.4],
  learning: null,
  unused: null,
  some_left: false,
  rise: null,
  ...watched,
  silent_days: null,
  entries: [],
  ...more,
});

const ink = (
  number: number,
  device: number,
  name: string,
  colour: string,
  level: number,
  days: number,
  spread: [number, number],
  shelf = 0,
): FakeSlot =>
  slot(number, device, name, 'ink', 'PERCENT', {
    colours: [colour],
    level: level * 1000,
    per_day: (level * 1000) / days,
    spread,
    shelf: shelf * 1000,
    entries: [readings(number, 12, 14)],
  });

const device = (
  number: number,
  name: string,
  kind: DeviceKind,
  more: Partial<FakeDevice> = {},
): FakeDevice => ({
  id: id(number),
  name,
  kind,
  model: null,
  location: null,
  connection: { kind: 'by_hand' },
  silent_days: null,
  removed: false,
  ...more,
});

const uses = (count: number, from: string, levels = false): LedgerWhat => ({
  kind: 'uses',
  count,
  from,
  first_at: at(from),
  levels,
});

function readings(number: number, count: number, from: number): FakeEntry {
  return entry(number * 100 + 1, TODAY, uses(count, plus(TODAY, -from), true), { own: false });
}

export function entry(
  number: number,
  day: string,
  what: LedgerWhat,
  more: Partial<FakeEntry> = {},
): FakeEntry {
  return {
    id: id(number),
    at: at(day),
    timed: false,
    what,
    own: true,
    undone: false,
    note: null,
    amended: false,
    level: 0,
    shelf: 0,
    ...more,
  };
}

export const printer = (number: number, name: string): FakeDevice =>
  device(number, name, 'printer', {
    model: 'Larkfield InkWell 640',
    location: 'Study',
    connection: {
      kind: 'network',
      address: 'ipp://192.168.1.24/ipp/print',
      answers: true,
      last_answer: NOW - 120_000,
      trouble: null,
    },
  });

const detergent = (): FakeEntry[] => [
  entry(3101, '2026-11-20', uses(10, '2026-11-09'), { own: false, level: -570_000 }),
  entry(
    3102,
    '2026-11-08',
    { kind: 'counted', level: { milli: 1_250_000, unit: 'MILLILITER' }, shelf: null },
    { level: -60_000, note: 'Spilled some' },
  ),
  entry(3103, '2026-11-07', uses(9, '2026-10-29'), { own: false, level: -513_000 }),
  entry(
    3104,
    '2026-10-24',
    {
      kind: 'bought',
      packs: 1,
      content: { milli: 1_500_000, unit: 'MILLILITER' },
      price_milli: 8_500,
      currency: 'GBP',
      shop: 'Corner shop',
      asin: null,
    },
    { shelf: 1_500_000 },
  ),
  entry(
    3105,
    '2026-10-23',
    { kind: 'overshoot', amount: { milli: 120_000, unit: 'MILLILITER' } },
    { own: false },
  ),
  entry(
    3106,
    '2026-09-12',
    {
      kind: 'bought',
      packs: 1,
      content: { milli: 1_500_000, unit: 'MILLILITER' },
      price_milli: null,
      currency: null,
      shop: null,
      asin: null,
    },
    { undone: true, was_undone: true, shelf: 1_500_000 },
  ),
];

const cyan = (): FakeEntry[] => [
  readings(11, 3, 2),
  entry(
    1102,
    '2026-11-02',
    { kind: 'bought', packs: 1, content: null, price_milli: 14_990, currency: 'GBP', shop: null, asin: null },
    { shelf: 1000 },
  ),
  entry(1103, '2026-10-03', { kind: 'replaced', from_shelf: true }),
];

export function priya(): Household {
  return {
    sample: false,
    devices: [
      printer(1, 'Study printer'),
      device(2, 'Espresso machine', 'coffee_machine', { location: 'Kitchen' }),
      device(3, 'Washing machine', 'washing_machine', { location: 'Bathroom' }),
      device(4, 'Robot vacuum', 'vacuum', { silent_days: 3 }),
    ],
    slots: [
      slot(11, 1, 'Cyan ink', 'ink', 'PERCENT', {
        colours: ['#00FFFF'],
        level: 2000,
        per_day: 3000,
        spread: [0, 3],
        shelf: 1000,
        entries: cyan(),
      }),
      slot(41, 4, 'Filter', 'filter', 'HOUR', {
        sensor: 'level_usage',
        capacity: 150_000,
        level: 12_000,
        low: 15_000,
        per_day: 1090,
        rule: 'amazon',
        spread: [9 / 11, 14 / 11],
        silent_days: 3,
        entries: [readings(41, 4, 9)],
      }),
      slot(21, 2, 'Coffee pods', 'pods', 'COUNT', {
        sensor: 'usage',
        capacity: 50_000,
        pack: 50_000,
        level: 44_000,
        low: 10_000,
        pooled: true,
        per_day: 3500,
        spread: [0.8, 1.3],
        entries: [entry(2101, '2026-11-20', uses(6, '2026-11-17'), { own: false, level: -6000 })],
      }),
      slot(31, 3, 'Liquid detergent', 'detergent', 'MILLILITER', {
        sensor: 'usage',
        capacity: 1_500_000,
        pack: 1_500_000,
        level: 680_000,
        low: 400_000,
        own_low: true,
        rule: 'amazon',
        pooled: true,
        per_day: 57_000,
        spread: [9 / 12, 17 / 12],
        entries: detergent(),
      }),
      ink(12, 1, 'Black ink', '#000000', 31, 27, [18 / 27, 42 / 27], 1),
      ink(13, 1, 'Magenta ink', '#FF00FF', 46, 55, [39 / 55, 79 / 55]),
      ink(14, 1, 'Yellow ink', '#FFFF00', 72, 105, [75 / 105, 160 / 105]),
      slot(42, 4, 'Main brush', 'brush', 'HOUR', {
        sensor: 'level_usage',
        capacity: 300_000,
        level: 214_000,
        low: 30_000,
        per_day: 1092,
        spread: [150 / 196, 260 / 196],
        silent_days: 3,
      }),
      slot(22, 2, 'Descaling tablets', 'tablets', 'COUNT', {
        sensor: 'none',
        capacity: 6000,
        pack: 6000,
        level: 3000,
        low: null,
        pooled: true,
        learning: { seen: 2, more: 3 },
        entries: [
          entry(2201, '2026-11-14', { kind: 'counted', level: { milli: 3000, unit: 'COUNT' }, shelf: null }),
        ],
      }),
    ],
  };
}

/** Sixty supplies on fifteen printers. */
export function many(): Household {
  const home: Household = { sample: false, devices: [], slots: [] };
  for (let i = 0; i < 15; i++) {
    home.devices.push(printer(1000 + i, `Printer ${i + 1}`));
    const inks = [
      ['Black ink', '#000000'],
      ['Cyan ink', '#00FFFF'],
      ['Magenta ink', '#FF00FF'],
      ['Yellow ink', '#FFFF00'],
    ] as const;
    inks.forEach(([name, colour], j) => {
      const level = ((i * 23 + j * 31) % 92) + 6;
      home.slots.push(
        ink(2000 + i * 10 + j, 1000 + i, name, colour, level, level * 1.3, [0.75, 1.35], (i + j) % 3),
      );
    });
  }
  return home;
}

/** Everything that is unusual at once: long names, a rise that asks, unknown levels, three colours in one. */
export function odd(): Household {
  const home = priya();
  const [study, coffee] = home.devices;
  if (study) study.name = 'Multifunction printer on the upper floor';
  if (coffee) coffee.name = 'Espressovollautomat mit Milchaufschäumer';
  const rename: Record<string, Partial<FakeSlot>> = {
    [id(11)]: {
      name: 'High-yield cyan pigment ink cartridge XL',
      rise: {
        entry: id(1199),
        at: at(TODAY, 9, 4),
        from: { milli: 2000, unit: 'PERCENT' },
        to: { milli: 97_000, unit: 'PERCENT' },
        last_answer: null,
      },
      level: 97_000,
      per_day: 1500,
    },
    [id(12)]: { level: null, some_left: true },
    [id(13)]: { name: 'Tri-colour ink', colours: ['#00FFFF', '#FF00FF', '#FFFF00'] },
    [id(14)]: { level: null },
    [id(21)]: { level: 0 },
    [id(42)]: { unused: '2026-09-05', per_day: 0 },
  };
  for (const one of home.slots) Object.assign(one, rename[one.id]);
  return home;
}

/** Nothing but the first days of history. */
export function learning(): Household {
  const home = priya();
  for (const one of home.slots)
    Object.assign(one, {
      level: one.capacity ? one.capacity * 0.9 : one.level,
      learning: { seen: 1, more: 4 },
      silent_days: null,
    });
  for (const one of home.devices) one.silent_days = null;
  return home;
}
