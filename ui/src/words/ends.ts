// When something ends, in words. How exactly it is said follows the width of the band.

import type { Verb, When } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';

type Message = (parts: { day: string; month: string }) => string;
interface Phrases {
  day: Message;
  about: Message;
  today: Message;
  tomorrow: Message;
  early: Message;
  mid: Message;
  late: Message;
  month: Message;
}

const phrases: Record<Verb, Phrases> = {
  runs_out: {
    day: m.end_runs_out_day,
    about: m.end_runs_out_about,
    today: m.end_runs_out_today,
    tomorrow: m.end_runs_out_tomorrow,
    early: m.end_runs_out_early,
    mid: m.end_runs_out_mid,
    late: m.end_runs_out_late,
    month: m.end_runs_out_month,
  },
  worn_out: {
    day: m.end_worn_out_day,
    about: m.end_worn_out_about,
    today: m.end_worn_out_today,
    tomorrow: m.end_worn_out_tomorrow,
    early: m.end_worn_out_early,
    mid: m.end_worn_out_mid,
    late: m.end_worn_out_late,
    month: m.end_worn_out_month,
  },
  empty: {
    day: m.end_empty_day,
    about: m.end_empty_about,
    today: m.end_empty_today,
    tomorrow: m.end_empty_tomorrow,
    early: m.end_empty_early,
    mid: m.end_empty_mid,
    late: m.end_empty_late,
    month: m.end_empty_month,
  },
  full: {
    day: m.end_full_day,
    about: m.end_full_about,
    today: m.end_full_today,
    tomorrow: m.end_full_tomorrow,
    early: m.end_full_early,
    mid: m.end_full_mid,
    late: m.end_full_late,
    month: m.end_full_month,
  },
};

const lasting: Phrases = {
  day: m.head_lasts_until_day,
  about: m.head_lasts_until_about,
  today: m.head_lasts_until_day,
  tomorrow: m.head_lasts_until_day,
  early: m.head_lasts_until_early,
  mid: m.head_lasts_until_mid,
  late: m.head_lasts_until_late,
  month: m.head_lasts_until_month,
};

/** 1–10 early, 11–20 mid, 21– late. */
export function partOfMonth(day: string): 'early' | 'mid' | 'late' {
  const date = Number(day.slice(8, 10));
  return date <= 10 ? 'early' : date <= 20 ? 'mid' : 'late';
}

function phrase(when: When, of: Phrases): string {
  const parts = { day: fmt.day(when.likely), month: fmt.month(when.likely) };
  switch (when.precision) {
    case 'day':
    case 'about':
      if (when.days === 0) return of.today(parts);
      if (when.days === 1) return of.tomorrow(parts);
      return of[when.precision](parts);
    case 'part_of_month':
      return of[partOfMonth(when.likely)](parts);
    case 'month':
      return of.month(parts);
    case 'not_before':
      return m.end_not_before({ month: fmt.month(when.earliest) });
  }
}

/** "Runs out about Thu 3 Dec", "Worn out in June", "Not before May". */
export const endPhrase = (when: When, verb: Verb): string => phrase(when, phrases[verb]);

/** "All of it lasts until mid-January". */
export const lastsUntil = (when: When): string => phrase(when, lasting);

/** "between 30 Nov and 8 Dec"; empty where the phrase is exact already. */
export function betweenPhrase(when: When): string {
  if (when.precision === 'day') return '';
  if (when.latest === null) return m.between_open({ from: fmt.shortDay(when.earliest) });
  // A year that both share is said once.
  const shared = when.earliest.slice(0, 4) === when.latest.slice(0, 4);
  const from = shared ? fmt.axisDay(when.earliest) : fmt.shortDay(when.earliest);
  return m.between({ from, to: fmt.shortDay(when.latest) });
}

/** What stands below the phrase: the band, or the weeks where only a month is said. */
export function belowPhrase(when: When): string {
  if (when.precision !== 'month' && when.precision !== 'not_before') return betweenPhrase(when);
  const weeks = Math.round(when.days / 7);
  return weeks > 52 ? m.year_at_pace() : m.weeks_at_pace({ count: weeks });
}
