// Why a field was refused, in words. The engine's code decides that it was; what stands in the field only picks the
// plainer of several sentences for the same code.

import type { Locale } from '../format/format';
import { m } from '../paraglide/messages';
import type { Trouble } from '../host/types';
import { sketched, written } from './typed';

const LARGEST = 1e9;

/** What the refused field is, where that changes the sentence. */
export type Wanted = 'amount' | 'whole' | 'level' | 'percent';

/** A sentence for the field named `name`, or nothing when the refusal is not about it. */
export function refusalAt(
  trouble: Trouble | null,
  name: string | readonly string[],
  text: string,
  region: Locale,
  wanted: Wanted = 'amount',
): string | undefined {
  const names = typeof name === 'string' ? [name] : name;
  if (!trouble?.field || !names.includes(trouble.field)) return undefined;
  if (trouble.code === 'bad_date') return m.refused_date();
  if (trouble.code === 'bad_amount') return amount(text, region, wanted);
  if (trouble.field.endsWith('asin')) return m.refused_asin();
  if (trouble.code === 'bad_address') return m.refused_address();
  return text.trim() === '' ? m.refused_empty() : m.refused_field();
}

function amount(text: string, region: Locale, wanted: Wanted): string {
  if (wanted === 'percent') return m.refused_percent();
  const negative = /^[-−]/.test(text.trim());
  const number = sketched(text, region);
  if (wanted === 'whole' && number !== null && number > 0 && !Number.isInteger(number))
    return m.refused_whole();
  if (number !== null && number > LARGEST) return m.refused_large();
  if (negative || number === 0) return wanted === 'level' ? m.refused_negative() : m.refused_zero();
  if (number === null) return m.refused_number({ example: wanted === 'whole' ? '2' : written(1500, region) });
  return m.refused_amount();
}

/** The refusal is about the whole form, not about one of these fields. */
export function refusalApart(trouble: Trouble | null, fields: readonly string[]): boolean {
  return trouble !== null && (trouble.field === null || !fields.includes(trouble.field));
}
