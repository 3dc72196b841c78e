// Names of device kinds, and of the supplies they usually have.

import type { DeviceKind } from '../host/types';
import { m } from '../paraglide/messages';

const KINDS: Record<DeviceKind, () => string> = {
  printer: m.kind_printer,
  coffee_machine: m.kind_coffee_machine,
  washing_machine: m.kind_washing_machine,
  dishwasher: m.kind_dishwasher,
  vacuum: m.kind_vacuum,
  air_purifier: m.kind_air_purifier,
  pet_feeder: m.kind_pet_feeder,
  battery_device: m.kind_battery_device,
  other: m.kind_other,
};

export const kindName = (kind: DeviceKind): string => KINDS[kind]();

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

/** The name of a usual supply by its message key; a key nobody translated yet is shown as words. */
export function supplyName(key: string): string {
  const words = key.replace(/^supply_/, '').replaceAll('_', ' ');
  return SUPPLIES[key]?.() ?? words.charAt(0).toUpperCase() + words.slice(1);
}
