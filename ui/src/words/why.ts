// Why the next step is what it is, in figures.

import type { Why } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';
import { countWord } from './headline';

export function whySentence(why: Why): string {
  switch (why.kind) {
    case 'low_readings':
      return m.why_low_readings({
        count: why.readings,
        words: countWord(why.readings),
        day: fmt.day(why.since),
        amount: fmt.amount(why.mark),
      });
    case 'low_counted':
      return m.why_low_counted({ day: fmt.day(why.since), amount: fmt.amount(why.mark) });
    case 'low_counting':
      return m.why_low_counting({ readings: why.readings, needed: why.needed, amount: fmt.amount(why.mark) });
    case 'days_in_hand':
      return m.why_days_in_hand({
        count: why.days,
        left: fmt.amount(why.left),
        pace: fmt.amount(why.per_day),
        day: fmt.day(why.by),
      });
    case 'delivery':
      return m.why_delivery({
        count: why.days,
        left: fmt.amount(why.left),
        pace: why.per_day ? fmt.amount(why.per_day) : m.no_amount(),
        early: fmt.day(why.early),
        odds: Math.round(100 / Math.max(1, why.risk)),
        day: fmt.day(why.by),
      });
    case 'paused':
      return m.why_paused({ count: why.days, day: fmt.day(why.by) });
    case 'pace':
      return m.why_pace({ count: Math.max(1, Math.round(why.over_days / 7)), pace: fmt.amount(why.per_day) });
    case 'interval':
      return m.why_interval({ count: why.days });
  }
}
