// What a plan does to a date, and marked days away, in words.

import type { AwayView, WhatIfView } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';

/** The plan brings the end nearer. */
export const sooner = ({ days_before, days_after }: WhatIfView): boolean =>
  days_before !== null && days_after !== null && days_after < days_before;

/** "6 days earlier", "2 days later", "no difference"; nothing where one of the dates can't be said. */
export function moved({ days_before, days_after }: WhatIfView): string | null {
  if (days_before === null || days_after === null) return null;
  const count = days_after - days_before;
  if (count === 0) return m.whatif_same();
  return count < 0 ? m.whatif_earlier({ count: -count }) : m.whatif_later({ count });
}

/** "1 Aug to 14 Aug", "1 Aug". */
export function awayDays(first: string, last: string): string {
  if (first === last) return fmt.day(first);
  return m.away_days({ first: fmt.shortDay(first), last: fmt.shortDay(last) });
}

/** For whom: a device, or everything. */
export const awayFor = (away: AwayView): string => away.device_name ?? m.away_everything();
