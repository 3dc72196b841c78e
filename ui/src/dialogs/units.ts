// Units a form offers: the engine names those of a slot; for a supply being added the region's own come first.

import { unitLabel, unitsFor as regional, type Locale, type Measurement } from '../format/format';
import { m } from '../paraglide/messages';
import type { SensorKind, Unit } from '../host/types';

const KINDS: Measurement[] = ['count', 'volume', 'weight', 'percentage', 'duration'];

export function unitName(unit: Unit, region: Locale): string {
  return unit === 'COUNT' ? m.unit_count() : unitLabel(unit, region);
}

/** Kinds of quantity each way of measuring allows. */
function kindsOf(sensor: SensorKind): Measurement[] {
  if (sensor === 'level_usage') return ['duration'];
  if (sensor === 'usage') return ['count', 'volume', 'weight'];
  return sensor === 'level' ? ['percentage', 'count', 'volume', 'weight'] : KINDS;
}

/** Units to choose from for a supply measured by `sensor`; `now` stays among them where it may. */
export function unitsFor(sensor: SensorKind, region: Locale, now: Unit): Unit[] {
  const list = kindsOf(sensor).flatMap((kind) => [...regional(kind, region)]);
  const allowed = kindsOf(sensor).includes(kindOf(now, region) ?? 'count') && kindOf(now, region) !== null;
  return allowed && !list.includes(now) ? [now, ...list] : list;
}

function kindOf(unit: Unit, region: Locale): Measurement | null {
  return (
    KINDS.find((kind) =>
      [...regional(kind, region), ...regional(kind, 'en-US'), ...regional(kind, 'de-DE')].includes(unit),
    ) ?? null
  );
}
