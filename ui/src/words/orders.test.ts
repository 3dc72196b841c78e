// Orders and reordering in words, each claim no stronger than what was told.

import { beforeAll, describe, expect, it } from 'vitest';
import type { OrderLine, OrderState, OrdersHeadline, ReorderLine, ReorderState } from '../host/types';
import { follow, setToday } from '../state/locale.svelte';
import { nextOrder, orderSays, orderTitle, ordersHead, reorderSays, stepDay } from './orders';

/** Days do not break inside. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

beforeAll(() => {
  follow({ language: 'en', locale: 'en-GB', units: 'region' }, []);
  setToday('2026-11-21');
});

const order = (state: OrderState, more: Partial<OrderLine> = {}): OrderLine => ({
  device: 'd',
  order: 'o',
  slot: 's',
  name: 'Coffee pods',
  device_name: 'Espresso machine',
  mark: null,
  test: false,
  amount: { milli: 50_000, unit: 'COUNT' },
  asins: [],
  track: [],
  state,
  spare: null,
  left: null,
  ends: null,
  day: null,
  ...more,
});

describe('an order', () => {
  it.each<[OrderState, Partial<OrderLine>, string, string, string]>([
    [
      { is: 'requested', until: '2026-11-22', silent: false },
      {},
      'Not confirmed yet',
      'Amazon can take 72 hours. Nothing is ordered until it confirms.',
      'unknown',
    ],
    [
      { is: 'requested', until: '2026-11-20', silent: true },
      {},
      'Amazon has not answered',
      'It had 72 hours. Nothing counts as ordered.',
      'soon',
    ],
    [
      { is: 'placed', expected: null, forgotten: false },
      {},
      'Order placed',
      'Amazon has given no delivery date yet.',
      'coming',
    ],
    [
      { is: 'placed', expected: '2026-11-25', forgotten: false },
      { spare: -1 },
      '1 day too late',
      'Not shipped yet. Amazon expects it Wed 25 Nov.',
      'soon',
    ],
    [{ is: 'placed', expected: null, forgotten: true }, {}, 'Nothing heard since', '', 'unknown'],
    [{ is: 'on_its_way', due: '2026-11-23' }, { spare: 2 }, '2 days to spare', '', 'coming'],
    [{ is: 'on_its_way', due: '2026-11-23' }, {}, 'Order arrives Mon 23 Nov', '', 'coming'],
    [
      { is: 'on_its_way', due: '2026-11-23' },
      { test: true },
      'Order arrives Mon 23 Nov',
      'Nothing is charged, and nothing comes.',
      'coming',
    ],
    [
      { is: 'arrived', day: '2026-11-21', came: null, question: true, unclear: null },
      {},
      'Did it arrive?',
      'It was due Sat 21 Nov and is counted as here.',
      'soon',
    ],
    [
      { is: 'arrived', day: '2026-11-21', came: null, question: true, unclear: 'x' },
      {},
      'Did it arrive?',
      'Amazon did not say how much came. Record it as bought.',
      'soon',
    ],
    [
      { is: 'arrived', day: '2026-11-01', came: null, question: false, unclear: null },
      {},
      'Its day was reached',
      'Added to your stock',
      'unknown',
    ],
    [
      { is: 'arrived', day: '2026-11-21', came: true, question: false, unclear: null },
      {},
      'Delivered',
      'Added to your stock',
      'coming',
    ],
    [
      { is: 'cancelled', day: '2026-11-21', again: { is: 'from', day: '2026-11-26' } },
      {},
      'Cancelled',
      'It may be asked for again from Thu 26 Nov',
      'unknown',
    ],
  ])('%j %j', (state, more, text, line, tone) => {
    const says = orderSays(order(state, more));
    expect([plain(says.text), plain(says.line), says.tone]).toEqual([text, line, tone]);
  });

  it('has its amount beside its name', () => {
    const placed: OrderState = { is: 'placed', expected: null, forgotten: false };
    expect(orderTitle(order(placed))).toBe('Coffee pods, 50');
    expect(orderTitle(order(placed, { amount: null }))).toBe('Coffee pods');
    const step = { kind: 'placed', day: '2026-11-22', done: false, by: true } as const;
    expect(plain(stepDay(step))).toBe('by Sun 22 Nov');
  });
});

describe('the sentence at the top', () => {
  it.each<[OrdersHeadline, string, string]>([
    [
      { kind: 'arrives', day: '2026-11-23', count: 1, name: 'Coffee pods', spare: 2 },
      'One order arrives Mon 23 Nov',
      'Coffee pods, with 2 days to spare.',
    ],
    [
      { kind: 'under_way', count: 2, unconfirmed: 1 },
      '2 orders are under way',
      'Amazon has not confirmed one. Nothing is ordered until it does.',
    ],
    [
      { kind: 'question', count: 1, name: 'Detergent' },
      'Did Detergent arrive?',
      'The delivery day has come. Your answer keeps the stock right.',
    ],
    [{ kind: 'nothing_open' }, 'Nothing is on its way', 'What came before is listed below.'],
  ])('%j', (headline, title, lead) => {
    const view = { today: '2026-11-21', linked: true, headline, open: [], earlier: [], reorder: [] };
    const says = ordersHead(view);
    expect({ title: plain(says.title), lead: plain(says.lead) }).toEqual({ title, lead });
  });
});

describe('reordering', () => {
  const line = (state: ReorderState, more: Partial<ReorderLine> = {}): ReorderLine => ({
    slot: 's',
    name: 'Coffee pods',
    device: 'd',
    device_name: 'Espresso machine',
    mark: {
      fill: 1,
      texture: 'solid',
      segments: 10,
      colours: [],
      low: null,
      low_reached: false,
      stale: false,
      some_left: false,
    },
    state,
    amount: null,
    asins: [],
    lasts: null,
    next: null,
    ...more,
  });
  it('says what it brings, who stopped it, and what nobody tells', () => {
    const says = (of: ReorderLine) => [reorderSays(of).text, plain(reorderSays(of).line)];
    const on = line(
      { is: 'on', since: '2026-10-03' },
      { amount: { milli: 50_000, unit: 'COUNT' }, lasts: 45 },
    );
    expect(says(on)).toEqual(['On', 'Brings 50, enough for about 45 days']);
    expect(says(line({ is: 'on', since: '2026-10-03' }))).toEqual(['On', 'Since Sat 3 Oct']);
    expect(says(line({ is: 'paused', since: '2026-11-02', by: 'customer' }))).toEqual([
      'Paused',
      'By you at Amazon, Mon 2 Nov',
    ]);
    expect(says(line({ is: 'untold' }))).toEqual(['Amazon does not tell', 'It stands in the Alexa app']);
  });
  it('says when the next order comes, and why then', () => {
    expect(plain(nextOrder({ day: '2026-12-11', why: { kind: 'days_left', days: 7 } }))).toBe(
      'Next order about Fri 11 Dec, at 7 days left',
    );
    expect(nextOrder({ day: null, why: { kind: 'cancelled_twice' } })).toBe(
      'No order before it is replaced: two were cancelled',
    );
  });
});
