// Numbers on their way into and out of text fields. The engine reads what was typed by the person's region; here
// numbers are only written, exactly, in the same spelling.

import units from '../format/locales.json';
import { formatNumber, money, type Locale } from '../format/format';
import type { Amount, Typed, Unit } from '../host/types';

/** Exactly, to three decimals, without grouping: "1.5" in Britain, "1,5" in Germany. */
export function written(milli: number, region: Locale): string {
  const whole = Math.round(milli);
  const digits = String(Math.abs(whole)).padStart(4, '0');
  const rest = digits.slice(-3).replace(/0+$/, '');
  return `${whole < 0 ? '-' : ''}${digits.slice(0, -3)}${rest === '' ? '' : decimal(region) + rest}`;
}

const decimal = (region: Locale): string => formatNumber(1500, region).charAt(1);

/** An amount as a filled-in field. */
export function typed(amount: Amount, region: Locale): Typed {
  return { text: written(amount.milli, region), unit: amount.unit };
}

/** A field, or nothing when it was left empty. */
export function field(text: string, unit: Unit): Typed | null {
  return text.trim() === '' ? null : { text: text.trim(), unit };
}

/** Text, or nothing when it was left empty. */
export function words(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

/** The number in a field, for drawing and for steppers only; nothing when it is none. Judging it is the engine's part. */
export function sketched(text: string, region: Locale): number | null {
  const plain = text.trim().replace(decimal(region), '.');
  return /^\d+(\.\d*)?$|^\.\d+$/.test(plain) ? Number(plain) : null;
}

/** One up or down from what is in the field, never below `least`; from nothing readable, `least`. */
export function nudged(text: string, by: number, region: Locale, least: number): string {
  const now = sketched(text, region);
  const next = now === null ? least : Math.max(least, Math.round((now + by) * 1000) / 1000);
  return written(next * 1000, region);
}

/** What `after` is more than `before`, in the unit of `before`; nothing when they are of different kinds. */
export function difference(after: Amount | null, before: Amount | null): Amount | null {
  if (!after || !before) return null;
  const [to, from] = [units.units[after.unit], units.units[before.unit]];
  if (to.kind !== from.kind) return null;
  // Factors are whole numbers beyond what a number holds exactly.
  const exact = BigInt(after.milli) * BigInt(to.factor) - BigInt(before.milli) * BigInt(from.factor);
  return { milli: Number(exact / BigInt(from.factor)), unit: before.unit };
}

export function same(a: Amount, b: Amount): boolean {
  return a.milli === b.milli && a.unit === b.unit;
}

const CURRENCY: Record<Locale, string> = {
  'de-DE': 'EUR', 'en-GB': 'GBP', 'en-US': 'USD', 'es-ES': 'EUR', 'es-US': 'USD', 'fr-FR': 'EUR', 'it-IT': 'EUR', 'ja-JP': 'JPY',
};

/** The currency's sign and the side of the number it stands on; of the region's currency when none is given. */
export function moneySign(currency: string | null, region: Locale): { before: string; after: string } {
  const [before = '', after = ''] = money(0, currency ?? CURRENCY[region], region).split(/\d[\d.,]*/);
  return { before: before.trim(), after: after.trim() };
}
