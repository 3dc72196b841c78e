// The printers on the browser's network, and the kinds of device with their usual slots.

import type { FoundPrinter, FoundSupply, Template, TemplateSlot, Unit } from '../types';
import { m } from '../../paraglide/messages';

const supply = (
  instance: string,
  name: string,
  kind: FoundSupply['supply'],
  colour: string,
  level: number,
  low: boolean,
): FoundSupply => ({
  instance,
  name,
  supply: kind,
  low,
  level: { milli: level * 1000, unit: 'PERCENT' },
  stated: null,
  mark: {
    fill: level / 100,
    texture: 'solid',
    segments: 10,
    colours: [colour],
    low: null,
    low_reached: low,
    stale: false,
    some_left: false,
  },
});

export const printers: FoundPrinter[] = [
  {
    key: 'inkwell',
    name: 'InkWell 640',
    model: 'Larkfield InkWell 640',
    location: 'Study',
    address: 'ipp://192.168.1.24/ipp/print',
    host: '192.168.1.24',
    known: null,
    supplies: [
      supply('BlackInk', 'Black ink', 'ink', '#000000', 31, false),
      supply('CyanInk', 'Cyan ink', 'ink', '#00FFFF', 2, true),
      supply('MagentaInk', 'Magenta ink', 'ink', '#FF00FF', 46, false),
      supply('YellowInk', 'Yellow ink', 'ink', '#FFFF00', 72, false),
    ],
  },
  {
    key: 'laserdesk',
    name: 'LaserDesk 200',
    model: 'Larkfield LaserDesk 200',
    location: 'Office',
    address: 'ipp://192.168.1.31/ipp/print',
    host: '192.168.1.31',
    known: null,
    supplies: [supply('BlackToner', 'Black toner', 'toner', '#000000', 64, false)],
  },
];

/** Answers, but has no levels; only found by its address. */
export const mute: FoundPrinter = {
  key: 'mute',
  name: 'PlainPrint 10',
  model: 'Larkfield PlainPrint 10',
  location: null,
  address: 'ipp://192.168.1.40/ipp/print',
  host: '192.168.1.40',
  supplies: [],
  known: null,
};

const SUPPLIES: Record<string, () => string> = {
  supply_ink_black: m.supply_ink_black,
  supply_ink_cyan: m.supply_ink_cyan,
  supply_ink_magenta: m.supply_ink_magenta,
  supply_ink_yellow: m.supply_ink_yellow,
  supply_coffee_pods: m.supply_coffee_pods,
  supply_descaling_tablets: m.supply_descaling_tablets,
  supply_liquid_detergent: m.supply_liquid_detergent,
  supply_softener: m.supply_softener,
  supply_dishwasher_tablets: m.supply_dishwasher_tablets,
  supply_rinse_aid: m.supply_rinse_aid,
  supply_salt: m.supply_salt,
  supply_filter: m.supply_filter,
  supply_main_brush: m.supply_main_brush,
  supply_side_brush: m.supply_side_brush,
  supply_food: m.supply_food,
  supply_batteries: m.supply_batteries,
  supply_other: m.supply_other,
};

/** The name of a usual supply, in the person's language. */
function supplyName(key: string): string {
  const words = key.replace(/^supply_/, '').replaceAll('_', ' ');
  return SUPPLIES[key]?.() ?? words.charAt(0).toUpperCase() + words.slice(1);
}

const usual = (
  name: string,
  supply: TemplateSlot['supply'],
  sensor: TemplateSlot['sensor'],
  unit: Unit,
  capacity: number | null,
  pack: number,
): TemplateSlot => ({
  name: supplyName(`supply_${name}`),
  supply,
  sensor,
  unit,
  capacity: capacity === null ? null : { milli: capacity * 1000, unit },
  pack: { milli: pack * 1000, unit: unit === 'PERCENT' || unit === 'HOUR' ? 'COUNT' : unit },
});

export const templates = (): Template[] => [
  {
    kind: 'printer',
    slots: [
      usual('ink_black', 'ink', 'none', 'PERCENT', 100, 1),
      usual('ink_cyan', 'ink', 'none', 'PERCENT', 100, 1),
      usual('ink_magenta', 'ink', 'none', 'PERCENT', 100, 1),
      usual('ink_yellow', 'ink', 'none', 'PERCENT', 100, 1),
    ],
  },
  {
    kind: 'coffee_machine',
    slots: [
      usual('coffee_pods', 'pods', 'usage', 'COUNT', 50, 50),
      usual('descaling_tablets', 'tablets', 'none', 'COUNT', 6, 6),
    ],
  },
  {
    kind: 'washing_machine',
    slots: [
      usual('liquid_detergent', 'detergent', 'usage', 'MILLILITER', 1500, 1500),
      usual('softener', 'detergent', 'usage', 'MILLILITER', 1000, 1000),
    ],
  },
  {
    kind: 'dishwasher',
    slots: [
      usual('dishwasher_tablets', 'tablets', 'usage', 'COUNT', 40, 40),
      usual('rinse_aid', 'detergent', 'none', 'MILLILITER', 400, 400),
      usual('salt', 'other', 'none', 'GRAM', 2000, 2000),
    ],
  },
  {
    kind: 'vacuum',
    slots: [
      usual('filter', 'filter', 'level_usage', 'HOUR', 150, 1),
      usual('main_brush', 'brush', 'level_usage', 'HOUR', 300, 1),
      usual('side_brush', 'brush', 'level_usage', 'HOUR', 200, 1),
    ],
  },
  { kind: 'air_purifier', slots: [usual('filter', 'filter', 'level_usage', 'HOUR', 4000, 1)] },
  { kind: 'pet_feeder', slots: [usual('food', 'food', 'usage', 'GRAM', 3000, 3000)] },
  { kind: 'battery_device', slots: [usual('batteries', 'battery', 'none', 'COUNT', 4, 4)] },
  { kind: 'other', slots: [] },
];
