// Use over time in words: amounts with what is not known of them, and costs side by side, never added.

import type { By, Price, UsageCost, UsageSlot, UsageSpan, UsageView, Used } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';

/** "£8.50", "£8.50 and 3,00 €". */
export function money(sums: readonly Price[]): string {
  const texts = sums.map((price) => fmt.money(price.milli, price.currency));
  const last = texts.pop() ?? '';
  return texts.length === 0 ? last : m.use_and({ first: texts.join(', '), rest: last });
}

/** What was used in a span, and how much of it was observed. */
export function used(span: UsageSpan | undefined, one: Used | undefined): string {
  if (!one?.amount) return m.use_not_known();
  const amount = fmt.amount(one.amount);
  if (span?.running) return m.use_so_far({ amount });
  return one.whole ? amount : m.use_part({ amount, days: one.observed_days, of: one.days });
}

/** What it cost, with the part nobody knows the price of. */
export function costOf(one: Used): string {
  const parts = one.cost.length > 0 ? [money(one.cost)] : [];
  if (one.unpriced) parts.push(m.use_unpriced({ amount: fmt.amount(one.unpriced) }));
  return parts.join(', ');
}

/** What several supplies cost. */
export function costs(cost: UsageCost): string {
  if (cost.sums.length === 0) return '';
  return cost.incomplete ? `${money(cost.sums)}, ${m.use_and_more()}` : money(cost.sums);
}

/** "14 a week on average, from 10 whole weeks". */
export function mean(slot: UsageSlot, by: By): string {
  if (!slot.mean) return by === 'week' ? m.use_no_mean_week() : m.use_no_mean_month();
  const said = { amount: fmt.amount(slot.mean.amount), count: slot.mean.spans };
  return by === 'week' ? m.use_mean_week(said) : m.use_mean_month(said);
}

/** The screen's sentence: what all of it cost, or what there is to see where no price is known. */
export function title(view: UsageView): string {
  const sums = view.cost.total.sums;
  if (sums.length === 0) return view.by === 'week' ? m.use_title_week() : m.use_title_month();
  const said = { money: money(sums), count: view.spans.length };
  return view.by === 'week' ? m.use_cost_title_week(said) : m.use_cost_title_month(said);
}

/** How complete that is. */
export function under(view: UsageView): string {
  const { sums, incomplete } = view.cost.total;
  if (sums.length === 0) return m.use_cost_none();
  return incomplete ? m.use_cost_some() : m.use_cost_all();
}
