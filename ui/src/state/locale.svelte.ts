// Language and region in force. Messages and formats read them here, so that everything on screen follows a change
// of the settings at once.

import { overwriteGetLocale } from '../paraglide/runtime';
import type { Amount, Settings } from '../host/types';
import * as provisional from './provisional';

export type Language = 'en' | 'de';
export const REGIONS = ['de-DE', 'en-GB', 'en-US', 'es-ES', 'es-US', 'fr-FR', 'it-IT', 'ja-JP'] as const;
export type Region = (typeof REGIONS)[number];

const current = $state({ language: 'en' as Language, region: 'en-GB' as Region, units: 'region', today: '' });

overwriteGetLocale(() => current.language);

/** The nearest of the eight regions to what the system asks for. */
export function regionFor(tags: readonly string[]): Region {
  for (const tag of tags) {
    const exact = REGIONS.find((region) => region.toLowerCase() === tag.toLowerCase());
    if (exact) return exact;
    const near = REGIONS.find((region) => region.slice(0, 2) === tag.slice(0, 2).toLowerCase());
    if (near) return near;
  }
  return 'en-GB';
}

/** Sets language and region from the settings and what the system asks for. */
export function follow(settings: Pick<Settings, 'language' | 'locale' | 'units'>, system: readonly string[]): void {
  const region = REGIONS.find((r) => r === settings.locale) ?? regionFor(system);
  const wanted = settings.language === 'system' ? (system[0] ?? 'en') : settings.language;
  current.language = wanted.startsWith('de') ? 'de' : 'en';
  current.region = region;
  current.units = settings.units;
  if (typeof document !== 'undefined') document.documentElement.lang = current.language;
}

export function setToday(day: string): void {
  current.today = day;
}

export const locale = {
  get language() {
    return current.language;
  },
  get region() {
    return current.region;
  },
};

/** Numbers, dates and amounts as the region writes them. */
export const fmt = {
  /** "Thu 3 Dec"; the year only when it is not this one and the day is more than 300 days away. */
  day: (day: string) => provisional.day(day, current.region),
  /** "30 Nov". */
  shortDay: (day: string) => provisional.shortDay(day, current.region),
  /** "Wednesday", in the language of the interface. */
  weekday: (day: string) => provisional.weekday(day, current.language),
  /** "March", in the language of the interface. */
  month: (day: string) => provisional.month(day, current.language),
  /** "Mar". */
  shortMonth: (day: string) => provisional.shortMonth(day, current.language),
  /** "09:58", of milliseconds since 1970. */
  clock: (at: number) => provisional.clock(at, current.region),
  /** The day of a moment in the person's zone, `YYYY-MM-DD`. */
  dayOf: (at: number) => provisional.dayOf(at),
  /** "680 ml", "2.18 l", "31%", "14", "12 h". */
  amount: (amount: Amount) => provisional.amount(amount, current.region, current.units),
  /** "2.18" and "l", for a field. */
  number: (milli: number) => provisional.number(milli, current.region),
  /** "£8.50". */
  money: (milli: number, currency: string) => provisional.money(milli, currency, current.region),
};
