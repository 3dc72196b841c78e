// The list of Supplies as it is shown: filtered by what was typed, cut into sections, with one row selected.

import type { SupplyRow } from '../host/types';

export interface Part {
  /** A section's name or a device's id. */
  key: string;
  rows: SupplyRow[];
}

/** Rows whose name, device or words contain everything that was typed, in any order. */
export function filtered(
  rows: readonly SupplyRow[],
  typed: string,
  words: (row: SupplyRow) => string,
): SupplyRow[] {
  const wanted = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [...rows];
  return rows.filter((row) => {
    const text = `${row.name} ${row.device_name} ${words(row)}`.toLocaleLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** Consecutive parts in the order of the rows (urgency) or of the devices. */
export function parts(
  rows: readonly SupplyRow[],
  by: 'urgency' | 'device',
  devices: readonly { id: string }[],
): Part[] {
  const groups = new Map<string, SupplyRow[]>(
    by === 'device' ? devices.map((device) => [device.id, []]) : [],
  );
  for (const row of rows) {
    const key = by === 'device' ? row.device : row.section;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups].filter(([, group]) => group.length > 0).map(([key, group]) => ({ key, rows: group }));
}

/** Where the selection goes: `by` rows on, or to an end. Without a selection, to the first. */
export function moved(
  order: readonly string[],
  selected: string | null,
  to: number | 'first' | 'last',
): string | null {
  if (order.length === 0) return null;
  const at = selected === null ? -1 : order.indexOf(selected);
  if (to === 'first' || (at < 0 && typeof to === 'number')) return order[0] ?? null;
  if (to === 'last') return order.at(-1) ?? null;
  return order[Math.min(order.length - 1, Math.max(0, at + to))] ?? null;
}

/** After the list changed: the same row, else its neighbour by place, else the first. */
export function kept(
  order: readonly string[],
  selected: string | null,
  before: readonly string[],
): string | null {
  if (selected !== null && order.includes(selected)) return selected;
  const at = selected === null ? 0 : Math.max(0, before.indexOf(selected));
  return order[Math.min(at, order.length - 1)] ?? null;
}
