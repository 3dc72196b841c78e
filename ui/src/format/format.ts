/**
 * Numbers, amounts, money, dates and times as the person's locale writes them: the twin of `domain::locale`, held
 * to the same answers by `table.snapshot.json`. Built-in locale data differs between webviews and is not used.
 *
 * Rounding never lies: what is not empty is not shown as 0, what is not full is not shown as full. Text never
 * breaks inside, but for a range of days after its dash.
 */
import data from './locales.json';

export type Locale = keyof typeof data.locales;
export type Unit = keyof typeof data.units;
export type Measurement = 'count' | 'percentage' | 'volume' | 'weight' | 'duration';

/** Whole thousandths of a unit. */
export interface Amount {
  milli: number;
  unit: Unit;
}

/** `under`: there is less than `text` says, but not nothing; "under {amount}" of the catalogue belongs around it. */
export interface Shown {
  text: string;
  under: boolean;
}

interface Habits {
  system: 'metric' | 'us';
  decimal: string;
  group: string;
  minGrouping: number;
  percent: string;
  money: string;
  currencies: Readonly<Record<string, string>>;
  weekStart: 'Mon' | 'Sun';
  weekdays: readonly string[];
  months: readonly string[];
  monthNames: readonly string[];
  monthYear: string;
  weekdayDay: string;
  shortDay: string;
  shortDayYear: string;
  firstDay: string;
  range: string;
  sameMonth: string;
  sameMonthYear: string;
  yearFirst: boolean;
  clock: string;
  dayParts: readonly string[];
  dayOne: string;
  labels: Readonly<Partial<Record<Unit, string>>>;
}

interface Currency {
  symbol: string;
  digits: number;
}

const locales = data.locales as unknown as Readonly<Record<Locale, Habits>>;
const currencies = new Map<string, Currency>(Object.entries(data.currencies));
const offered = data.offered as unknown as Record<Habits['system'], Record<Measurement, Unit[]>>;

const MINUS = '−';
const NO_BREAK = '\u00a0';

/** The pattern with each `{name}` replaced; names not given stay as they are. */
function fill(pattern: string, parts: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole);
}

// Numbers

/** The exact number of thousandths, without trailing zeros: `12.345,6`. */
export function formatNumber(milli: number, locale: Locale): string {
  const exact = BigInt(milli);
  return writeNumber(exact < 0n, magnitude(exact), 3, false, locale);
}

/** A price in thousandths of the currency's unit, in the currency's own number of decimals: `8,50 €`. */
export function money(milli: number, code: string, locale: Locale): string {
  const habits = locales[locale];
  const known = currencies.get(code);
  const digits = known?.digits ?? 2;
  const own = Object.hasOwn(habits.currencies, code) ? habits.currencies[code] : undefined;
  const symbol = own ?? known?.symbol ?? (/^[A-Z]{3}$/.test(code) ? code : '');
  const exact = BigInt(milli);
  const scaled = divNearest(magnitude(exact), 10n ** BigInt(3 - digits));
  const number = writeNumber(false, scaled, digits, true, locale);
  const sign = exact < 0n && scaled > 0n ? MINUS : '';
  if (symbol === '') return sign + number;
  // A code before the number needs a space that a symbol doesn't.
  const codeFirst = habits.money.startsWith('{c}') && /[A-Za-z]$/.test(symbol);
  return sign + fill(habits.money, { c: codeFirst ? symbol + NO_BREAK : symbol, n: number });
}

/** `scaled` / 10^`decimals` in the locale's separators; no sign before zero. */
function writeNumber(
  negative: boolean,
  scaled: bigint,
  decimals: number,
  keepZeros: boolean,
  locale: Locale,
): string {
  const habits = locales[locale];
  const digits = scaled.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const rest = digits.slice(digits.length - decimals);
  const shown = keepZeros ? rest : rest.replace(/0+$/, '');
  const grouping = whole.length >= 3 + habits.minGrouping;
  const grouped = grouping ? whole.replace(/\B(?=(?:\d{3})+$)/g, habits.group) : whole;
  const sign = negative && scaled > 0n ? MINUS : '';
  return sign + grouped + (shown === '' ? '' : habits.decimal + shown);
}

function magnitude(n: bigint): bigint {
  return n < 0n ? -n : n;
}

/** `n / d` to the nearest whole number, ties to even; neither is below zero. */
function divNearest(n: bigint, d: bigint): bigint {
  const quotient = n / d;
  const twice = (n % d) * 2n;
  if (twice < d) return quotient;
  if (twice > d) return quotient + 1n;
  return quotient + (quotient & 1n);
}

// Amounts

type Rounding = 'nearest' | 'down';

/** An amount in the locale's units. Counts are a bare number: their noun comes from the slot. */
export function formatAmount(amount: Amount, locale: Locale): Shown {
  return show(amount, locale, 'nearest');
}

/** What is left of `full`: as long as there is less, it is not shown with the same text. */
export function formatLeft(left: Amount, full: Amount, locale: Locale): Shown {
  const shown = formatAmount(left, locale);
  const looksFull = isLess(left, full) && shown.text === formatAmount(full, locale).text;
  return looksFull ? show(left, locale, 'down') : shown;
}

/** An amount as it was recorded: its own unit and every decimal. */
export function formatExact(amount: Amount, locale: Locale): string {
  return withUnit(formatNumber(amount.milli, locale), amount.unit, locale);
}

/** What forms offer for a kind of measurement, in order; the first is the preselected one. */
export function unitsFor(kind: Measurement, locale: Locale): readonly Unit[] {
  return offered[locales[locale].system][kind];
}

/** The unit's symbol or word: `fl oz`, `Stück`, `時間`. */
export function unitLabel(unit: Unit, locale: Locale): string {
  return locales[locale].labels[unit] ?? data.units[unit].label;
}

function withUnit(number: string, unit: Unit, locale: Locale): string {
  const habits = locales[locale];
  if (unit === 'COUNT') return number;
  if (unit === 'PERCENT') return fill(habits.percent, { n: number });
  const label = unit === 'DAY' && number === '1' ? habits.dayOne : unitLabel(unit, locale);
  // Japanese words follow their number without a space; symbols keep it.
  return label >= '\u3000' ? number + label : number + NO_BREAK + label;
}

function factor(unit: Unit): bigint {
  return BigInt(data.units[unit].factor);
}

function isLess(a: Amount, b: Amount): boolean {
  const sameKind = data.units[a.unit].kind === data.units[b.unit].kind;
  return sameKind && BigInt(a.milli) * factor(a.unit) < BigInt(b.milli) * factor(b.unit);
}

interface Scale {
  unit: Unit;
  /** Decimals where fewer are not enough for three figures. */
  decimals: number;
  /** The next unit begins here: no rounding reaches it. */
  below?: bigint;
}

/** |amount| in some unit, as a fraction. */
interface Ratio {
  n: bigint;
  d: bigint;
}

/** The ratio times 10^`decimals`, with three significant figures at most where `figures` asks for it. */
function rounded({ n, d }: Ratio, decimals: number, figures: boolean, rounding: Rounding): bigint {
  const whole = n / d;
  const shown = whole < 10n ? decimals : whole < 100n ? Math.min(decimals, 1) : 0;
  const step = figures && whole >= 1000n ? 10n ** BigInt(whole.toString().length - 3) : 1n;
  const up = n * 10n ** BigInt(shown);
  const steps = rounding === 'nearest' ? divNearest(up, d * step) : up / (d * step);
  return steps * step * 10n ** BigInt(decimals - shown);
}

function scaleOf(amount: Amount, locale: Locale): Scale {
  const metric = locales[locale].system === 'metric';
  const absolute = { milli: Math.abs(amount.milli), unit: amount.unit };
  const atLeast = (limit: number, unit: Unit) => !isLess(absolute, { milli: limit * 1000, unit });
  switch (data.units[amount.unit].kind as Measurement) {
    case 'count':
      return { unit: 'COUNT', decimals: 0 };
    case 'percentage':
      if (atLeast(100, 'PERCENT')) return { unit: 'PERCENT', decimals: 0 };
      return { unit: 'PERCENT', decimals: 0, below: 100n };
    case 'volume':
      if (!metric) return { unit: 'US_FLUID_OUNCE', decimals: 2 };
      if (atLeast(1, 'LITER')) return { unit: 'LITER', decimals: 2 };
      return { unit: 'MILLILITER', decimals: 2, below: 1000n };
    case 'weight':
      if (metric && atLeast(1, 'KILOGRAM')) return { unit: 'KILOGRAM', decimals: 2 };
      if (metric) return { unit: 'GRAM', decimals: 2, below: 1000n };
      if (atLeast(1, 'POUND')) return { unit: 'POUND', decimals: 2 };
      return { unit: 'OUNCE', decimals: 2, below: 16n };
    case 'duration':
      if (atLeast(1000, 'HOUR')) return { unit: 'DAY', decimals: 0 };
      if (atLeast(10, 'HOUR')) return { unit: 'HOUR', decimals: 0, below: 1000n };
      if (amount.milli === 0 || atLeast(2, 'HOUR')) return { unit: 'HOUR', decimals: 1 };
      if (atLeast(1, 'HOUR')) return { unit: 'MINUTE', decimals: 0, below: 120n };
      if (atLeast(1, 'MINUTE')) return { unit: 'MINUTE', decimals: 0, below: 60n };
      return { unit: 'SECOND', decimals: 0, below: 60n };
  }
}

function show(amount: Amount, locale: Locale, rounding: Rounding): Shown {
  const { unit, decimals, below } = scaleOf(amount, locale);
  const exact = BigInt(amount.milli);
  const ratio = { n: magnitude(exact) * factor(amount.unit), d: factor(unit) * 1000n };
  // Counts and percentages are whole however large they are.
  const figures = unit !== 'COUNT' && unit !== 'PERCENT';
  const down = rounded(ratio, decimals, figures, 'down');
  let scaled = rounding === 'down' ? down : rounded(ratio, decimals, figures, 'nearest');
  if (below !== undefined && scaled >= below * 10n ** BigInt(decimals)) scaled = down;
  const under = exact > 0n && down === 0n;
  if (under) scaled = 1n;
  const negative = exact < 0n;
  const text =
    unit === 'MINUTE' && scaled >= 60n
      ? hoursAndMinutes(negative, scaled, locale)
      : withUnit(writeNumber(negative, scaled, decimals, false, locale), unit, locale);
  return { text, under };
}

function hoursAndMinutes(negative: boolean, minutes: bigint, locale: Locale): string {
  const hours = withUnit((negative ? MINUS : '') + String(minutes / 60n), 'HOUR', locale);
  if (minutes % 60n === 0n) return hours;
  const rest = withUnit(String(minutes % 60n), 'MINUTE', locale);
  return hours + (rest.includes(NO_BREAK) ? NO_BREAK : '') + rest;
}

// Dates and times. A date is `YYYY-MM-DD`; one that isn't is a defect of the caller and shows as it came.

interface Day {
  year: number;
  month: number;
  day: number;
}

function parsed(date: string): Day | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? { year, month, day } : undefined;
}

/** Days since 1970-01-01 in the Gregorian calendar; March begins the year, so that leap days end it. */
function dayNumber({ year, month, day }: Day): number {
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719468;
}

/** Weekday and day: `Thu 3 Dec`; the year only if it is not today's. */
export function day(date: string, today: string, locale: Locale): string {
  const parts = { w: weekday(date, locale), s: shortDay(date, today, locale) };
  return parsed(date) ? fill(locales[locale].weekdayDay, parts) : date;
}

/** Day and month: `3 Dec`. Where the year goes without saying, as on an axis, `today` may be the date itself. */
export function shortDay(date: string, today: string, locale: Locale): string {
  const d = parsed(date);
  return d ? short(d, d.year !== parsed(today)?.year, locales[locale]) : date;
}

/** Both ends of a span of days, in either order: `30 Nov – 8 Dec`, `3–8 Dec`. A year both share is written once. */
export function dayRange(one: string, other: string, today: string, locale: Locale): string {
  const habits = locales[locale];
  const [first, last] = one <= other ? [one, other] : [other, one];
  const from = parsed(first);
  const to = parsed(last);
  if (!from || !to) return `${first}${NO_BREAK}– ${last}`;
  if (first === last) return shortDay(first, today, locale);
  const year = parsed(today)?.year;
  const sameYear = from.year === to.year;
  const fromYear = from.year !== year;
  const toYear = to.year !== year;
  if (sameYear && from.month === to.month) {
    return fill(fromYear ? habits.sameMonthYear : habits.sameMonth, {
      d: dayText(from, habits),
      e: dayText(to, habits),
      m: shortMonth(first, locale),
      y: String(from.year),
    });
  }
  return fill(habits.range, {
    a: short(from, fromYear && (!sameYear || habits.yearFirst), habits),
    b: short(to, toYear && (!sameYear || !habits.yearFirst), habits),
  });
}

function short(d: Day, withYear: boolean, habits: Habits): string {
  const parts = { d: dayText(d, habits), m: habits.months[d.month - 1] ?? '', y: String(d.year) };
  return fill(withYear ? habits.shortDayYear : habits.shortDay, parts);
}

function dayText(d: Day, habits: Habits): string {
  return d.day === 1 ? habits.firstDay : String(d.day);
}

/** Abbreviated weekday: `Thu`. */
export function weekday(date: string, locale: Locale): string {
  const d = parsed(date);
  // 1970 began on a Thursday, the fourth day from Monday.
  return d ? (locales[locale].weekdays[(((dayNumber(d) + 3) % 7) + 7) % 7] ?? '') : date;
}

/** Month in full, as within a sentence: `December`, `décembre`. */
export function month(date: string, locale: Locale): string {
  const d = parsed(date);
  return d ? (locales[locale].monthNames[d.month - 1] ?? '') : date;
}

/** Month in full and its year: `December 2027`. */
export function monthYear(date: string, locale: Locale): string {
  const d = parsed(date);
  return d ? fill(locales[locale].monthYear, { M: month(date, locale), y: String(d.year) }) : date;
}

/** Month in full, with the year unless it is this month or one of the eleven to come. */
export function monthFrom(date: string, today: string, locale: Locale): string {
  const d = parsed(date);
  const t = parsed(today);
  if (!d || !t) return monthYear(date, locale);
  const ahead = (d.year - t.year) * 12 + d.month - t.month;
  return ahead >= 0 && ahead < 12 ? month(date, locale) : monthYear(date, locale);
}

/** Abbreviated month: `Dec`. */
export function shortMonth(date: string, locale: Locale): string {
  const d = parsed(date);
  return d ? (locales[locale].months[d.month - 1] ?? '') : date;
}

/** Time of day of a moment, in a zone so many minutes east of Greenwich; seconds are cut off. */
export function clock(epochMs: number, offsetMinutes: number, locale: Locale): string {
  const habits = locales[locale];
  const minutes = Math.floor(epochMs / 60_000) + offsetMinutes;
  const ofDay = ((minutes % 1440) + 1440) % 1440;
  const hour = Math.floor(ofDay / 60);
  return fill(habits.clock, {
    HH: String(hour).padStart(2, '0'),
    H: String(hour),
    h: String(hour % 12 === 0 ? 12 : hour % 12),
    mm: String(ofDay % 60).padStart(2, '0'),
    p: habits.dayParts[hour < 12 ? 0 : 1] ?? '',
  });
}

/** The day weeks begin with. */
export function weekStart(locale: Locale): 'Mon' | 'Sun' {
  return locales[locale].weekStart;
}
