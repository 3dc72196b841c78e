// Language and region in force. Messages and formats read them here, so that everything on screen follows a change
// of the settings at once. Numbers, units and the clock follow the region; days and months stand in sentences, so
// they are of the region only where it speaks the sentence's language.

/* eslint-disable svelte/prefer-svelte-reactivity -- the dates here are made and read in one expression */
import * as format from '../format/format';
import type { Amount, Settings } from '../host/types';
import { m } from '../paraglide/messages';
import { overwriteGetLocale } from '../paraglide/runtime';

export type Language = 'en' | 'de';
export const REGIONS = ['de-DE', 'en-GB', 'en-US', 'es-ES', 'es-US', 'fr-FR', 'it-IT', 'ja-JP'] as const;
export type Region = (typeof REGIONS)[number];

const current = $state({
  language: 'en' as Language,
  region: 'en-GB' as Region,
  units: 'region',
  today: '1970-01-01',
});

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
export function follow(
  settings: Pick<Settings, 'language' | 'locale' | 'units'>,
  system: readonly string[],
): void {
  const wanted = settings.language === 'system' ? (system[0] ?? 'en') : settings.language;
  current.language = wanted.startsWith('de') ? 'de' : 'en';
  current.region = REGIONS.find((region) => region === settings.locale) ?? regionFor(system);
  current.units = settings.units;
  if (typeof document !== 'undefined') document.documentElement.lang = current.language;
}

/** The day that dates are written from: the year is left out where it goes without saying. */
export function setToday(day: string): void {
  current.today = day;
}

/** A day ahead is this side of ten months almost always: its year would be noise. Days behind, and far ones, have theirs. */
const NEAR_DAYS = 300;

/** The day whose year goes without saying beside `day`. */
function yearFrom(day: string): string {
  const ahead = (Date.parse(`${day}T12:00:00Z`) - Date.parse(`${current.today}T12:00:00Z`)) / 86_400_000;
  return ahead > 0 && ahead < NEAR_DAYS ? day : current.today;
}

/** The region that writes dates inside sentences. */
function spoken(): Region {
  if (current.region.startsWith(current.language)) return current.region;
  return current.language === 'de' ? 'de-DE' : 'en-GB';
}

const isUs = (region: Region): boolean => region.endsWith('-US');

/** The region that writes amounts: the person may want the units of the other side of the sea. */
function measuring(): Region {
  if (current.units === 'us' && !isUs(current.region)) return 'en-US';
  return current.units === 'metric' && isUs(current.region) ? 'en-GB' : current.region;
}

const said = ({ text, under }: format.Shown): string => (under ? m.under_amount({ amount: text }) : text);
const weekdays = [m.weekday_7, m.weekday_1, m.weekday_2, m.weekday_3, m.weekday_4, m.weekday_5, m.weekday_6];

export const locale = {
  get language() {
    return current.language;
  },
  get region() {
    return current.region;
  },
  /** The region whose units are in force, for `unitsFor` and `unitLabel` of the formats. */
  get measuring() {
    return measuring();
  },
  get today() {
    return current.today;
  },
};

/** Numbers, dates and amounts as the person's region writes them. */
export const fmt = {
  /** "Thu 3 Dec". */
  day: (day: string): string => format.day(day, yearFrom(day), spoken()),
  /** "30 Nov". */
  shortDay: (day: string): string => format.shortDay(day, yearFrom(day), spoken()),
  /** "30 Nov" of an axis, never with a year. */
  axisDay: (day: string): string => format.shortDay(day, day, spoken()),
  /** "Wednesday". */
  weekday: (day: string): string => weekdays[new Date(`${day}T12:00:00Z`).getUTCDay()]?.() ?? '',
  /** "March", with the year when it is more than eleven months away. */
  month: (day: string): string => format.monthFrom(day, current.today, spoken()),
  /** "Mar". */
  shortMonth: (day: string): string => format.shortMonth(day, spoken()),
  /** "09:58", of milliseconds since 1970, in the zone of this computer. */
  clock: (at: number): string => format.clock(at, -new Date(at).getTimezoneOffset(), current.region),
  /** The day of a moment in the zone of this computer, `YYYY-MM-DD`. */
  dayOf: (at: number): string =>
    new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 10),
  /** "680 ml", "2.18 l", "31%", "14", "12 h". */
  amount: (amount: Amount): string => said(format.formatAmount(amount, measuring())),
  /** What is left of a full one: never shown as full while it is not. */
  left: (left: Amount, full: Amount | null): string =>
    said(full ? format.formatLeft(left, full, measuring()) : format.formatAmount(left, measuring())),
  /** An amount as it was recorded: its own unit and every decimal. */
  exact: (amount: Amount): string => format.formatExact(amount, current.region),
  /** "2.18", for a field. */
  number: (milli: number): string => format.formatNumber(milli, current.region),
  /** "£8.50". */
  money: (milli: number, currency: string): string => format.money(milli, currency, current.region),
};
