// Formats by the browser's own locale data.

import type { Amount } from '../host/types';

const date = (day: string) => new Date(`${day}T12:00:00Z`);
const part = (day: string, tag: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(tag, { timeZone: 'UTC', ...options }).format(date(day));

export const day = (d: string, tag: string) =>
  part(d, tag, { weekday: 'short', day: 'numeric', month: 'short' }).replace(tag === 'en-GB' ? ',' : '\0', '').replace('Sept', 'Sep');
export const shortDay = (d: string, tag: string) => part(d, tag, { day: 'numeric', month: 'short' });
export const weekday = (d: string, tag: string) => part(d, tag, { weekday: 'long' });
export const month = (d: string, tag: string) => part(d, tag, { month: 'long' });
export const shortMonth = (d: string, tag: string) => part(d, tag, { month: 'short' });
export const clock = (at: number, tag: string) =>
  new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit' }).format(at);
export function dayOf(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`;
}
export const number = (milli: number, tag: string) =>
  new Intl.NumberFormat(tag, { maximumSignificantDigits: 3 }).format(milli / 1000);
export const money = (milli: number, currency: string, tag: string) =>
  new Intl.NumberFormat(tag, { style: 'currency', currency }).format(milli / 1000);

const SHORT: Partial<Record<Amount['unit'], string>> = { MILLILITER: 'ml', LITER: 'l', GRAM: 'g', KILOGRAM: 'kg', HOUR: 'h', DAY: 'd' };
export function amount(a: Amount, tag: string, _units: string): string {
  const n = number(a.milli, tag);
  if (a.unit === 'COUNT') return n;
  if (a.unit === 'PERCENT') return tag.startsWith('de') || tag.startsWith('fr') ? `${n}\u00a0%` : `${n}%`;
  return `${n}\u00a0${SHORT[a.unit] ?? a.unit.toLowerCase()}`;
}
