// Until when something is enough: "about Thu 3 Dec", "early February", "at least May".

import type { When } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';
import { partOfMonth } from './ends';

export function untilPhrase(when: When): string {
  const parts = { day: fmt.day(when.likely), month: fmt.month(when.likely) };
  switch (when.precision) {
    case 'day':
      return m.until_day(parts);
    case 'about':
      return m.until_about(parts);
    case 'part_of_month':
      return { early: m.until_early, mid: m.until_mid, late: m.until_late }[partOfMonth(when.likely)](parts);
    case 'month':
      return m.until_month(parts);
    case 'not_before':
      return m.until_at_least({ month: fmt.month(when.earliest) });
  }
}
