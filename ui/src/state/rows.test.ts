import { describe, expect, it } from 'vitest';
import type { SupplyRow } from '../host/types';
import { filtered, kept, moved, parts } from './rows';

const row = (slot: string, name: string, device: string, section: SupplyRow['section']) =>
  ({ slot, name, device, device_name: `Device ${device}`, section }) as SupplyRow;
const rows = [
  row('1', 'Cyan ink', 'a', 'needs_you'),
  row('2', 'Filter', 'b', 'needs_you'),
  row('3', 'Black ink', 'a', 'later'),
];
const words = () => 'Runs out about Thu 3 Dec';

describe('the list', () => {
  it('is cut into sections, or into devices in the order of the sidebar', () => {
    expect(parts(rows, 'urgency', []).map((part) => [part.key, part.rows.length])).toEqual([
      ['needs_you', 2],
      ['later', 1],
    ]);
    expect(parts(rows, 'device', [{ id: 'b' }, { id: 'c' }, { id: 'a' }]).map((part) => part.key)).toEqual([
      'b',
      'a',
    ]);
  });

  it('finds by name, device and words in any order', () => {
    expect(filtered(rows, ' INK  cy ', words).map((r) => r.slot)).toEqual(['1']);
    expect(filtered(rows, 'filter DEVICE', words).map((r) => r.slot)).toEqual(['2']);
    expect(filtered(rows, 'dec thu', words)).toHaveLength(3);
    expect(filtered(rows, 'nothing', words)).toEqual([]);
    expect(filtered(rows, '  ', words)).toHaveLength(3);
  });

  it('moves the selection and stops at the ends', () => {
    const order = ['1', '2', '3'];
    expect(moved(order, null, 1)).toBe('1');
    expect(moved(order, '1', 1)).toBe('2');
    expect(moved(order, '3', 1)).toBe('3');
    expect(moved(order, '1', -1)).toBe('1');
    expect(moved(order, '2', 'last')).toBe('3');
    expect(moved([], '2', 'first')).toBeNull();
  });

  it('keeps the selection, or goes to the neighbour of what is gone', () => {
    expect(kept(['1', '3'], '3', ['1', '2', '3'])).toBe('3');
    expect(kept(['1', '3'], '2', ['1', '2', '3'])).toBe('3');
    expect(kept(['1', '2'], '3', ['1', '2', '3'])).toBe('2');
    expect(kept([], '3', ['3'])).toBeNull();
  });
});
