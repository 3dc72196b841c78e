// The sentence at the top of Supplies, and the one below it.

import type { SuppliesView, SupplyRow } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt, locale } from '../state/locale.svelte';
import { endPhrase, lastsUntil } from './ends';
import { dayAfter } from './supply';

const words = [
  m.number_2,
  m.number_3,
  m.number_4,
  m.number_5,
  m.number_6,
  m.number_7,
  m.number_8,
  m.number_9,
  m.number_10,
  m.number_11,
  m.number_12,
];

/** "two" up to "twelve", then digits. */
export const countWord = (count: number): string => words[count - 2]?.() ?? String(count);

export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase(locale.language) + text.slice(1);
}

export function headline(view: SuppliesView): string {
  const { headline: says } = view;
  switch (says.kind) {
    case 'need_you':
      return m.need_you({ count: says.count, words: capital(countWord(says.count)) });
    case 'lasts_until':
      return lastsUntil(says.when);
    case 'nothing_this_week':
      return m.head_nothing_this_week();
    case 'learning':
      return m.head_learning();
    case 'empty':
      return m.head_empty();
  }
}

function need(row: SupplyRow, today: string): string {
  const { next, name } = row;
  switch (next.kind) {
    case 'replace_now':
      return next.empty ? m.say_spare_empty({ name }) : m.say_spare({ name });
    case 'empty_no_spare':
      return m.say_none({ name });
    case 'confirm_rise':
      return m.say_rise({ name });
    case 'order_by': {
      const parts = { name, device: row.device_name };
      if (next.by === null) return m.say_low(parts);
      if (next.now || next.by < today) return m.say_order_now(parts);
      if (next.by === today) return m.say_order_today(parts);
      if (next.by === dayAfter(today)) return m.say_order_tomorrow(parts);
      const ahead = (Date.parse(next.by) - Date.parse(today)) / 86_400_000;
      return ahead <= 6
        ? m.say_order_weekday({ ...parts, weekday: fmt.weekday(next.by) })
        : m.say_order_day({ ...parts, day: fmt.day(next.by) });
    }
    case 'order_arrives':
      return m.say_late({ name, device: row.device_name });
    case 'order_overdue':
      return m.say_overdue({ name, device: row.device_name });
    default:
      return m.say_low({ name });
  }
}

/** Names at most two, most urgent first; when nothing is needed, what ends next. */
export function underHeadline(view: SuppliesView): string {
  const named = view.named.flatMap((slot) => view.rows.filter((row) => row.slot === slot));
  if (view.headline.kind === 'need_you')
    return named
      .slice(0, 2)
      .map((row) => need(row, view.today))
      .join(' ');
  if (view.headline.kind === 'learning') return m.head_learning_more();
  const first = view.rows.find((row) => row.next.kind === 'runs');
  if (!first || first.next.kind !== 'runs') return '';
  return m.head_next({
    name: first.name,
    device: first.device_name,
    sentence: endPhrase(first.next.when, first.verb),
  });
}
