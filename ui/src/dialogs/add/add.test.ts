import { describe, expect, it } from 'vitest';
import type { DeviceKind, FoundPrinter, FoundSupply, Template } from '../../host/types';
import { looksLikeAddress, moved, optionsFor, withAnswer } from './options';
import { changedUnit, emptySlot, markOf, refusedSlot, slotForm, slotsOfPrinter, slotsOfTemplate } from './slots';

const label = (kind: DeviceKind) => ({ printer: 'Printer', washing_machine: 'Washing machine', other: 'Another device' })[kind as string] ?? kind;
const templates = [
  { kind: 'printer', slots: [] },
  {
    kind: 'washing_machine',
    slots: [{ name: 'Waschmittel', supply: 'detergent', sensor: 'none', unit: 'MILLILITER', capacity: { milli: 1_500_000, unit: 'MILLILITER' }, pack: { milli: 1_500_000, unit: 'MILLILITER' } }],
  },
  { kind: 'other', slots: [] },
] as Template[];

const found = (key: string, name: string, host: string, supplies: Partial<FoundSupply>[] = []) =>
  ({ key, name, model: null, location: 'Study', address: `ipp://${host}/ipp/print`, host, supplies, known: null }) as FoundPrinter;
const inkwell = found('a', 'InkWell 640', '192.168.1.24', [{ instance: 'Cyan', name: 'Cyan ink', supply: 'ink' }]);

const ids = (query: string, printers = [inkwell]) => optionsFor(query, printers, templates, label).map((option) => option.id);

describe('what is typed', () => {
  it.each(['192.168.1.24', '10.0.0.7:631', 'ipp://printer.local/ipp/print', 'printer.local', 'fe80::1', '[fe80::1]:631', 'localhost', 'printer:631', 'ipps://x'])('%s is an address', (text) => {
    expect(looksLikeAddress(text)).toBe(true);
  });

  it.each(['', ' ', 'coffee', 'washing machine', 'InkWell 640', 'add.', 'a b.c'])('“%s” is none', (text) => {
    expect(looksLikeAddress(text)).toBe(false);
  });

  it('filters printers and kinds; another device is always there', () => {
    expect(ids('')).toEqual(['printer-a', 'kind-printer', 'kind-washing_machine', 'kind-other']);
    expect(ids('wash')).toEqual(['kind-washing_machine', 'kind-other']);
    expect(ids('study ink')).toEqual(['printer-a', 'kind-other']);
    expect(ids('another')).toEqual(['kind-other']);
  });

  it('offers to ask an address, and a word that names nothing else', () => {
    expect(ids('192.168.1.24')).toEqual(['address', 'printer-a', 'kind-other']);
    expect(ids('printserver')).toEqual(['address', 'kind-other']);
    expect(ids('no such thing')).toEqual(['kind-other']);
  });

  it('is moved through with the arrow keys and stays at the ends', () => {
    const options = optionsFor('', [inkwell], templates, label);
    expect(moved(options, null, 1)).toBe('printer-a');
    expect(moved(options, 'printer-a', -1)).toBe('printer-a');
    expect(moved(options, 'printer-a', 1)).toBe('kind-printer');
    expect(moved(options, 'kind-other', 1)).toBe('kind-other');
    expect(moved([], null, 1)).toBeNull();
  });

  it('keeps one line for a printer that answers twice', () => {
    const again = { ...inkwell, name: 'InkWell' };
    expect(withAnswer([inkwell], again)).toEqual([again]);
    expect(withAnswer([inkwell], found('b', 'B', 'b')).map((one) => one.key)).toEqual(['a', 'b']);
  });
});

describe('supplies', () => {
  it('of a printer name its instances and nothing it knows better', () => {
    const [slot] = slotsOfPrinter(inkwell);
    expect(slotForm(slot!)).toEqual({
      instance: 'Cyan', name: 'Cyan ink', supply: 'ink', sensor: 'level', unit: 'PERCENT', capacity: null, pack: null, low: null, level: null, shelf: null,
    });
  });

  it('of a kind are filled in as the region writes', () => {
    const [slot] = slotsOfTemplate(templates[1]!, 'de-DE');
    expect(slotForm({ ...slot!, level: '1,2', low: ' ' })).toMatchObject({
      name: 'Waschmittel', capacity: { text: '1500', unit: 'MILLILITER' }, pack: { text: '1500', unit: 'MILLILITER' }, level: { text: '1,2', unit: 'MILLILITER' }, low: null,
    });
  });

  it('forget figures that would mean something else in another unit', () => {
    const slot = { ...emptySlot(), level: '3', pack: '6' };
    expect(changedUnit(slot, 'GRAM', 'none')).toMatchObject({ unit: 'GRAM', packUnit: 'GRAM', level: '', pack: '' });
    expect(changedUnit(slot, 'HOUR', 'level_usage')).toMatchObject({ packUnit: 'COUNT', pack: '6', level: '' });
    expect(changedUnit(slot, 'COUNT', 'usage')).toMatchObject({ level: '3', pack: '6' });
  });

  it('are drawn from what was typed, and unknown until then', () => {
    const slot = { ...emptySlot(), unit: 'MILLILITER' as const, pack: '1000' };
    expect(markOf(slot, 'en-GB').fill).toBeNull();
    expect(markOf({ ...slot, level: '250' }, 'en-GB').fill).toBe(0.25);
    expect(markOf({ ...slot, level: '5000' }, 'en-GB').fill).toBe(1);
    expect(markOf({ ...slot, level: 'lots' }, 'en-GB').fill).toBeNull();
    expect(markOf({ ...slot, level: '5', pack: '0' }, 'en-GB').fill).toBeNull();
  });

  it('are found again by the field that was refused', () => {
    const [a, b, c] = [emptySlot(), { ...emptySlot(), on: false }, emptySlot()];
    expect(refusedSlot('slots.1.capacity', [a, b, c])).toEqual({ slot: c, field: 'capacity' });
    expect(refusedSlot('slots.0', [a, b, c])).toEqual({ slot: a, field: '' });
    expect(refusedSlot('slots.7.low', [a])).toBeNull();
    expect(refusedSlot('level', [a, b])).toEqual({ slot: a, field: 'level' });
    expect(refusedSlot('level', [a, c])).toBeNull();
    expect(refusedSlot('name', [a])).toBeNull();
    expect(refusedSlot(null, [a])).toBeNull();
  });
});
