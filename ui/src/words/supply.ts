// One supply in words: its two lines, what is left, and the label of its mark.

import type { GlyphName } from '../components/icons';
import type { Mark, SupplyKind, SupplyRow } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';
import { belowPhrase, endPhrase } from './ends';

export interface Line {
  text: string;
  /** The sign before it, with the colour of its state; none for plain dates. */
  glyph: GlyphName | null;
  tone: 'now' | 'soon' | 'coming' | 'unknown' | null;
}

const line = (text: string, glyph: Line['glyph'] = null, tone: Line['tone'] = null): Line => ({
  text,
  glyph,
  tone,
});

/** "Order by Wed 25 Nov", "Order today", "Order now", "Low, order soon". */
function orderBy(by: string | null, now: boolean, today: string): string {
  if (by === null) return m.next_low();
  if (now || by < today) return m.next_order_now();
  if (by === today) return m.next_order_today();
  return by === dayAfter(today) ? m.next_order_tomorrow() : m.next_order_by({ day: fmt.day(by) });
}

export function dayAfter(day: string): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}

/** What happens next. */
export function firstLine(row: SupplyRow, today: string): Line {
  const { next } = row;
  switch (next.kind) {
    case 'replace_now':
      return line(m.next_replace_now(), 'now', 'now');
    case 'empty_no_spare':
      return line(
        row.verb === 'full' ? m.next_full_none() : row.pooled ? m.next_empty() : m.next_empty_none(),
        'now',
        'now',
      );
    case 'confirm_rise':
      return line(m.next_rise(), 'asks', 'soon');
    case 'order_by':
      return line(orderBy(next.by, next.now, today), 'soon', 'soon');
    case 'order_arrives': {
      const parts = { day: fmt.day(next.due) };
      const text = next.shipped ? m.next_order_arrives(parts) : m.next_order_expected(parts);
      return next.late ? line(text, 'soon', 'soon') : line(text, 'coming', 'coming');
    }
    case 'order_overdue':
      return line(m.next_order_overdue({ day: fmt.day(next.due) }), 'soon', 'soon');
    case 'order_placed':
      return line(m.next_order_placed(), 'coming', 'coming');
    case 'order_requested':
      return line(m.next_order_requested(), 'unknown', 'unknown');
    case 'amazon_reorders':
      return line(m.next_amazon_reorders(), 'soon', 'soon');
    case 'runs':
      return line(endPhrase(next.when, row.verb));
    case 'learning':
      return line(m.next_learning(), 'unknown', 'unknown');
    case 'unused':
      return line(m.next_unused(), 'unknown', 'unknown');
    case 'level_unknown':
      return line(m.next_level_unknown(), 'unknown', 'unknown');
    case 'not_counted':
      return line(m.next_not_counted(), 'unknown', 'unknown');
  }
}

/** "1 cartridge on the shelf". */
export function onTheShelf(supply: SupplyKind, count: number): string {
  switch (supply) {
    case 'ink':
      return m.shelf_cartridges({ count });
    case 'toner':
      return m.shelf_toners({ count });
    case 'filter':
      return m.shelf_filters({ count });
    case 'brush':
      return m.shelf_brushes({ count });
    default:
      return m.shelf_pieces({ count });
  }
}

/** What stands below it; may be empty. */
export function secondLine(row: SupplyRow): string {
  const { next } = row;
  switch (next.kind) {
    case 'replace_now':
      return onTheShelf(row.supply, next.spares);
    case 'empty_no_spare':
      return m.next_record();
    case 'confirm_rise':
      return m.next_rise_line({ from: fmt.amount(next.rise.from), to: fmt.amount(next.rise.to) });
    case 'order_by': {
      const ends = next.runs_out ? endPhrase(next.runs_out, row.verb) : null;
      if (next.paused) return ends ? m.next_paused_line({ end: ends }) : m.next_paused_low();
      return ends ?? m.next_low_line();
    }
    case 'order_arrives':
      if (next.spare === null) return next.late ? m.next_late() : '';
      if (next.spare < 0) return m.next_late_days({ count: -next.spare });
      return next.spare === 0 ? m.next_spare_none() : m.next_spare_days({ count: next.spare });
    case 'order_overdue':
      return m.next_overdue_line();
    case 'order_placed':
      return m.next_placed_line();
    case 'order_requested':
      return m.next_requested_line({ day: fmt.day(next.at) });
    case 'amazon_reorders':
      return m.next_amazon_line();
    case 'runs':
      return belowPhrase(next.when);
    case 'learning':
      return learning(row, next.seen, next.more, next.more_days);
    case 'unused':
      return next.last ? m.next_unused_line({ day: fmt.day(next.last) }) : '';
    case 'level_unknown': {
      const printer = row.device_kind === 'printer';
      if (next.some_left) return printer ? m.next_some_left_printer() : m.next_some_left();
      return printer ? m.next_says_nothing_printer() : m.next_says_nothing();
    }
    case 'not_counted':
      return m.next_not_counted_line();
  }
}

function learning(row: SupplyRow, seen: number, more: number, more_days: number): string {
  if (more === 0) return more_days > 0 ? m.learning_days({ count: more_days }) : '';
  const parts = { count: seen, more };
  if (row.sensor === 'level' || row.sensor === 'level_usage') return m.learning_changes(parts);
  return row.sensor === 'none' && !row.pooled ? m.learning_replacements(parts) : m.learning_uses(parts);
}

/** "680 ml"; a guess says so. */
export function leftText(row: SupplyRow): string {
  if (!row.left) return m.no_amount();
  const amount = fmt.left(row.left, row.of);
  return row.estimated ? m.about_amount({ amount }) : amount;
}

/** "of 1.5 l", "1 spare", or nothing. */
export function belowLeft(row: SupplyRow): string {
  if (row.of) return m.of_capacity({ amount: fmt.amount(row.of) });
  return row.spares ? m.spares({ count: row.spares }) : '';
}

/** "Robot vacuum, silent 3 days". */
export function belowName(row: SupplyRow): string {
  const text = row.silent_days
    ? m.device_silent({ device: row.device_name, count: row.silent_days })
    : row.device_name;
  const shared =
    row.shared_with.length > 0 ? m.shared_suffix({ text, devices: row.shared_with.join(', ') }) : text;
  if (row.snoozed_until) return m.snoozed_suffix({ text: shared, day: fmt.day(row.snoozed_until) });
  if (row.muted_always) return m.always_suffix({ text: shared });
  return row.muted ? m.muted_suffix({ text: shared }) : shared;
}

/** Whole percent; never rounded up to full or down to empty. */
export function percent(fill: number): number {
  const whole = Math.round(fill * 100);
  if (fill > 0 && whole === 0) return 1;
  return fill < 1 && whole === 100 ? 99 : whole;
}

function levelText(row: Pick<SupplyRow, 'left' | 'of' | 'mark' | 'verb'>): string {
  const { mark, left, of } = row;
  if (mark.fill === null) return mark.some_left ? m.mark_some_left() : m.mark_unknown();
  if (mark.texture === 'lines') return m.mark_life({ count: percent(mark.fill) });
  if (left && of) return m.mark_of({ left: fmt.left(left, of), full: fmt.amount(of) });
  if (left && left.unit !== 'PERCENT') return m.mark_left({ left: fmt.amount(left) });
  return m.mark_percent({ count: percent(mark.fill) });
}

/** "Cyan ink, 2 percent, below the low mark". */
export function markLabel(
  row: Pick<SupplyRow, 'name' | 'left' | 'of' | 'mark' | 'verb' | 'silent_days'>,
): string {
  const parts = [row.name, levelText(row)];
  if (row.mark.low_reached) parts.push(m.mark_below());
  if (row.mark.stale)
    parts.push(row.silent_days ? m.mark_stale({ count: row.silent_days }) : m.mark_stale_plain());
  return parts.join(', ');
}

/** The label of a mark without a row: a found printer's, or one in a dialog. */
export const plainMarkLabel = (name: string, mark: Mark): string =>
  markLabel({ name, mark, left: null, of: null, verb: 'runs_out', silent_days: null });

/** One supply as a line of plain text, for the clipboard. */
export function plainText(row: SupplyRow, today: string): string {
  const second = secondLine(row);
  const words = second === '' ? firstLine(row, today).text : `${firstLine(row, today).text} (${second})`;
  return `${row.name}, ${row.device_name}: ${leftText(row)}. ${words}`;
}
