// Supplies of a device being added, as they stand in the form. Numbers stay text: the engine reads and judges them.

import type { Locale } from '../../format/format';
import type { FoundPrinter, FoundSupply, Mark, SensorKind, SlotForm, SupplyKind, Template, Unit } from '../../host/types';
import { field, sketched, written } from '../typed';

export interface SlotDraft {
  key: number;
  /** It is to be watched. */
  on: boolean;
  /** The printer's own name for it; nothing = by hand. */
  instance: string | null;
  name: string;
  supply: SupplyKind;
  sensor: SensorKind;
  unit: Unit;
  capacity: string;
  pack: string;
  packUnit: Unit;
  level: string;
  shelf: string;
  low: string;
  /** As the printer states it. */
  found: FoundSupply | null;
}

let made = 0;

const blank = (unit: Unit): SlotDraft => ({
  key: ++made, on: true, instance: null, name: '', supply: 'other', sensor: 'none', unit, capacity: '', pack: '', packUnit: unit,
  level: '', shelf: '', low: '', found: null,
});

/** An empty one, by hand. */
export function emptySlot(): SlotDraft {
  return blank('COUNT');
}

export function slotsOfPrinter(printer: FoundPrinter): SlotDraft[] {
  return printer.supplies.map((found) => ({
    ...blank('PERCENT'), instance: found.instance, name: found.name, supply: found.supply, sensor: 'level', packUnit: 'COUNT', found,
  }));
}

export function slotsOfTemplate(template: Template, region: Locale): SlotDraft[] {
  return template.slots.map((slot) => ({
    ...blank(slot.unit),
    name: slot.name,
    supply: slot.supply,
    sensor: slot.sensor,
    capacity: slot.capacity && slot.unit !== 'PERCENT' ? written(slot.capacity.milli, region) : '',
    pack: written(slot.pack.milli, region),
    packUnit: slot.pack.unit,
  }));
}

/** Stock of one unit: buying adds to what is left. Otherwise packs and shelf are counted in pieces. */
export function poured(slot: SlotDraft): boolean {
  return (slot.sensor === 'usage' || slot.sensor === 'none') && !['PERCENT', 'HOUR', 'DAY', 'MINUTE'].includes(slot.unit);
}

/** After the unit or the way of measuring was changed: fields that would now mean something else are emptied. */
export function changedUnit(slot: SlotDraft, unit: Unit, sensor: SensorKind): SlotDraft {
  const next = { ...slot, unit, sensor };
  next.packUnit = poured(next) ? unit : 'COUNT';
  if (unit !== slot.unit) Object.assign(next, { capacity: '', level: '', low: '' });
  if (next.packUnit !== slot.packUnit) Object.assign(next, { pack: next.packUnit === 'COUNT' && !poured(next) ? '1' : '', shelf: '' });
  return next;
}

export function slotForm(slot: SlotDraft): SlotForm {
  const shelf = poured(slot) ? slot.unit : 'COUNT';
  return {
    instance: slot.instance,
    name: slot.name.trim(),
    supply: slot.supply,
    sensor: slot.sensor,
    unit: slot.unit,
    capacity: field(slot.capacity, slot.unit),
    pack: field(slot.pack, slot.packUnit),
    low: field(slot.low, slot.unit),
    level: slot.found ? null : field(slot.level, slot.unit),
    shelf: field(slot.shelf, shelf),
  };
}

/** A mark to show before it is added: the printer's own, else drawn from what was typed. */
export function markOf(slot: SlotDraft, region: Locale): Mark {
  if (slot.found) return slot.found.mark;
  const full = slot.unit === 'PERCENT' ? 100 : (sketched(slot.capacity, region) ?? (poured(slot) ? sketched(slot.pack, region) : null));
  const level = sketched(slot.level, region);
  const fill = level === null || !full ? null : Math.min(1, level / full);
  const texture = slot.unit === 'COUNT' ? 'segments' : slot.unit === 'HOUR' || slot.unit === 'DAY' ? 'lines' : 'solid';
  const segments = full !== null && full <= 12 ? Math.max(1, Math.round(full)) : 10;
  return { fill, texture, segments, colours: [], low: null, low_reached: false, stale: false, some_left: false };
}

/** Where a refusal of the whole form belongs: "slots.2.capacity" is the capacity of the third supply watched. */
export function refusedSlot(name: string | null, slots: readonly SlotDraft[]): { slot: SlotDraft; field: string } | null {
  const parts = /^slots(?:\.(\d+))?(?:\.(\w+))?$/.exec(name ?? '');
  const watched = slots.filter((slot) => slot.on);
  if (parts) {
    const slot = watched[Number(parts[1] ?? 0)];
    return slot ? { slot, field: parts[2] ?? '' } : null;
  }
  const only = watched.length === 1 ? watched[0] : undefined;
  const known = ['capacity', 'pack', 'low', 'level', 'shelf', 'unit', 'sensor'];
  return only && name && known.includes(name) ? { slot: only, field: name } : null;
}
