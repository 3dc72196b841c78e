// The field names of packs: bottles, cartridges, bags.

import { m } from '../paraglide/messages';
import type { SupplyKind, SupplyRow } from '../host/types';

const PACKS: Record<SupplyKind, () => string> = {
  ink: m.packs_cartridges,
  toner: m.packs_cartridges,
  part: m.packs_parts,
  waste: m.packs_containers,
  pods: m.packs,
  tablets: m.packs,
  detergent: m.packs_bottles,
  filter: m.packs_filters,
  brush: m.packs_brushes,
  battery: m.packs_batteries,
  food: m.packs_bags,
  other: m.packs,
};

/** "Bottles", for the number of them. Powder comes in packs, not in bottles. */
export function packsLabel(row: SupplyRow): string {
  const weight = row.left?.unit === 'GRAM' || row.left?.unit === 'KILOGRAM';
  return row.supply === 'detergent' && weight ? m.packs() : PACKS[row.supply]();
}
