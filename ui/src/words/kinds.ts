// Names of device kinds.

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
