// Orders and reordering in words. Asked, placed, shipped and arrived stay different words.

import type { GlyphName } from '../components/icons';
import type { NextOrder, OrderLine, OrdersView, ReorderLine, TrackStep } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';

export interface Said {
  glyph: GlyphName;
  tone: 'now' | 'soon' | 'coming' | 'unknown';
  text: string;
  line: string;
}

/** The sentence at the top of Orders, and the one below it. */
export function ordersHead({ headline }: OrdersView): { title: string; lead: string } {
  switch (headline.kind) {
    case 'not_linked':
      return { title: m.head_orders_not_linked(), lead: m.lead_orders_not_linked() };
    case 'none':
      return { title: m.head_orders_none(), lead: m.lead_orders_none() };
    case 'nothing_open':
      return { title: m.head_orders_nothing_open(), lead: m.lead_orders_nothing_open() };
    case 'question':
      return { title: m.head_orders_question(headline), lead: m.lead_orders_question() };
    case 'late':
      return { title: m.head_orders_late(headline), lead: m.lead_orders_late() };
    case 'arrives': {
      const { count, name, spare } = headline;
      const title = m.head_orders_arrives({ count, day: fmt.day(headline.day) });
      if (spare === null) return { title, lead: m.lead_orders_arrives_first({ name }) };
      if (spare === 0) return { title, lead: m.lead_orders_arrives_none({ name }) };
      return { title, lead: m.lead_orders_arrives({ name, count: spare }) };
    }
    case 'under_way': {
      const { count, unconfirmed } = headline;
      const title = m.head_orders_under_way({ count });
      return {
        title,
        lead: unconfirmed > 0 ? m.lead_orders_unconfirmed({ count: unconfirmed }) : m.lead_orders_no_date(),
      };
    }
  }
}

/** "Coffee pods, 50". */
export function orderTitle(order: OrderLine): string {
  return order.amount ? m.order_title({ name: order.name, amount: fmt.amount(order.amount) }) : order.name;
}

export function stepName(step: TrackStep): string {
  switch (step.kind) {
    case 'asked':
      return m.step_asked();
    case 'placed':
      return m.step_placed();
    case 'shipped':
      return m.step_shipped();
    case 'due':
      return m.step_due();
    case 'arrived':
      return m.step_arrived();
    case 'cancelled':
      return m.step_cancelled();
  }
}

export const stepDay = (step: TrackStep): string =>
  step.day === null ? '' : step.by ? m.step_by({ day: fmt.day(step.day) }) : fmt.day(step.day);

/** "14 left, enough until Wed 25 Nov". */
function stock(order: OrderLine): string {
  if (!order.left || !order.ends) return '';
  const parts = { left: fmt.amount(order.left), day: fmt.day(order.ends.likely) };
  return order.ends.precision === 'day' ? m.order_left(parts) : m.order_left_about(parts);
}

const spareText = (spare: number): string =>
  spare > 0
    ? m.next_spare_days({ count: spare })
    : spare === 0
      ? m.next_spare_none()
      : m.next_late_days({ count: -spare });

/** What an order means for the person. */
export function orderSays(order: OrderLine): Said {
  const { state } = order;
  const said = (glyph: GlyphName, tone: Said['tone'], text: string, line: string): Said => ({
    glyph,
    tone,
    text,
    line: order.test ? m.order_test_line() : line,
  });
  switch (state.is) {
    case 'requested':
      return state.silent
        ? said('soon', 'soon', m.order_silent(), m.order_silent_line())
        : said('unknown', 'unknown', m.next_order_requested(), m.order_requested_line());
    case 'placed': {
      if (state.forgotten) return said('unknown', 'unknown', m.order_forgotten(), '');
      if (state.expected === null)
        return said('coming', 'coming', m.next_order_placed(), m.order_placed_line());
      const late = order.spare !== null && order.spare < 0;
      return said(
        late ? 'soon' : 'coming',
        late ? 'soon' : 'coming',
        order.spare === null ? m.next_order_placed() : spareText(order.spare),
        m.order_expected_line({ day: fmt.day(state.expected) }),
      );
    }
    case 'on_its_way': {
      const late = order.spare !== null && order.spare < 0;
      return said(
        late ? 'soon' : 'coming',
        late ? 'soon' : 'coming',
        order.spare === null ? m.next_order_arrives({ day: fmt.day(state.due) }) : spareText(order.spare),
        stock(order),
      );
    }
    case 'arrived': {
      const day = fmt.day(state.day);
      const line = state.unclear ? m.order_unclear() : m.order_came_line();
      if (state.question)
        return said(
          'asks',
          'soon',
          m.order_question(),
          state.unclear ? line : m.order_question_line({ day }),
        );
      if (state.came === false)
        return said('soon', 'soon', m.order_not_come(), m.order_not_come_line({ day }));
      return state.came
        ? said('done', 'coming', m.order_came(), line)
        : said('done', 'unknown', m.order_reached(), line);
    }
    case 'cancelled': {
      const { again } = state;
      const line =
        again.is === 'from'
          ? m.order_again_from({ day: fmt.day(again.day) })
          : again.is === 'after_replacing'
            ? m.order_again_replaced()
            : '';
      return said('refused', 'unknown', m.order_cancelled(), line);
    }
  }
}

/** Whether a supply reorders by itself. */
export function reorderSays(line: ReorderLine): Said {
  const { state } = line;
  const said = (glyph: GlyphName, tone: Said['tone'], text: string, below: string): Said => ({
    glyph,
    tone,
    text,
    line: below,
  });
  switch (state.is) {
    case 'on': {
      const amount = line.amount && fmt.amount(line.amount);
      const brings = amount
        ? line.lasts === null
          ? m.reorder_brings({ amount })
          : m.reorder_brings_days({ amount, count: line.lasts })
        : m.reorder_since({ day: fmt.day(state.since) });
      return said('done', 'coming', m.reorder_on(), brings);
    }
    case 'paused': {
      const day = fmt.day(state.since);
      const below = state.by === 'customer' ? m.reorder_by_you({ day }) : m.reorder_since({ day });
      return said('paused', 'soon', m.reorder_paused(), below);
    }
    case 'not_set_up':
      return said('refused', 'unknown', m.reorder_not_set_up(), m.reorder_choose());
    case 'unregistered':
      return said(
        'refused',
        'unknown',
        m.reorder_unregistered(),
        m.reorder_register({ day: fmt.day(state.since) }),
      );
    case 'untold':
      return said('unknown', 'unknown', m.reorder_untold(), m.reorder_alexa());
  }
}

/** When the next order would be placed, and why then. */
export function nextOrder({ day, why }: NextOrder): string {
  const on = day === null ? '' : fmt.day(day);
  switch (why.kind) {
    case 'days_left':
      return m.next_order_days({ day: on, count: why.days });
    case 'now':
      return m.next_order_asked();
    case 'cancelled':
      return m.next_order_cancelled({ day: on });
    case 'cancelled_twice':
      return m.next_order_twice();
    case 'under_way':
      return m.next_order_under_way();
    case 'no_pace':
      return m.next_order_no_pace();
  }
}
