// What Amazon told of the household in the browser: one order on its way, one that nobody confirmed, one to be asked
// about, earlier ones, and reordering in each of its states. Only where an account is linked.

import type {
  Commands,
  Next,
  OrderLine,
  OrdersHeadline,
  OrdersView,
  ReorderLine,
  ReorderState,
  SlotOrders,
  TrackStep,
} from '../types';
import { refuse } from './changes';
import { TODAY, between, plus } from './days';
import type { FakeSlot, Household } from './household';
import { amount, row, stock, when } from './views';

interface FakeOrder {
  order: string;
  slot: string;
  pieces: number;
  at: number;
  is: 'requested' | 'on_its_way' | 'arrived' | 'cancelled';
  due?: number;
  came?: boolean | null;
  test?: boolean;
}

const all: FakeOrder[] = [
  { order: 'o-1', slot: 'Coffee pods', pieces: 50_000, at: -3, is: 'on_its_way', due: 2 },
  { order: 'o-2', slot: 'Cyan ink', pieces: 1000, at: -2, is: 'requested' },
  { order: 'o-3', slot: 'Yellow ink', pieces: 1000, at: -19, is: 'cancelled' },
  { order: 'o-4', slot: 'Liquid detergent', pieces: 1_500_000, at: -56, is: 'arrived', came: true },
];
const asked: FakeOrder = {
  order: 'o-5',
  slot: 'Liquid detergent',
  pieces: 1_500_000,
  at: -4,
  is: 'arrived',
  due: 0,
  came: null,
};

const step = (kind: TrackStep['kind'], ahead: number | null, done: boolean, by = false): TrackStep => ({
  kind,
  day: ahead === null ? null : plus(TODAY, ahead),
  done,
  by,
});

function track(of: FakeOrder): TrackStep[] {
  if (of.is === 'requested')
    return [step('asked', of.at, true), step('placed', of.at + 3, false, true), step('shipped', null, false)];
  if (of.is === 'cancelled') return [step('placed', of.at, true), step('cancelled', of.at, true)];
  const last =
    of.is === 'arrived' && of.came !== false
      ? step('arrived', of.due ?? of.at, true)
      : step('due', of.due ?? 0, false);
  return [step('placed', of.at, true), step('shipped', of.at + 2, true), last];
}

function state(of: FakeOrder): OrderLine['state'] {
  const day = plus(TODAY, of.due ?? of.at);
  switch (of.is) {
    case 'requested':
      return { is: 'requested', until: plus(TODAY, of.at + 3), silent: false };
    case 'on_its_way':
      return { is: 'on_its_way', due: day };
    case 'arrived':
      return { is: 'arrived', day, came: of.came ?? null, question: of.came === null, unclear: null };
    case 'cancelled':
      return { is: 'cancelled', day, again: { is: 'from', day: plus(TODAY, of.at + 24) } };
  }
}

/** Everything Amazon told, for one household. `?orders=` chooses: none, question. */
export class Told {
  readonly #orders: FakeOrder[];

  constructor(query: URLSearchParams) {
    const linked = ['linked', 'memory', 'offline'].includes(query.get('account') ?? '');
    const which = query.get('orders') ?? (linked ? 'some' : 'none');
    this.#orders =
      which === 'none' ? [] : (which === 'question' ? [asked, ...all] : all).map((one) => ({ ...one }));
  }

  get any(): boolean {
    return this.#orders.length > 0;
  }

  /** What is under way for a slot, as its row says it. */
  next(slot: FakeSlot, ends: { likely: string } | null): Next | null {
    const of = this.#orders.find((one) => one.slot === slot.name && one.is === 'on_its_way');
    if (!of) return null;
    const due = plus(TODAY, of.due ?? 0);
    const spare = ends ? between(due, ends.likely) : null;
    return { kind: 'order_arrives', due, spare, late: spare !== null && spare < 0, shipped: true };
  }

  arrives(slot: FakeSlot): number | null {
    return this.#orders.find((one) => one.slot === slot.name && one.is === 'on_its_way')?.due ?? null;
  }

  open(): number {
    return this.#orders.filter((one) => this.#isOpen(one)).length;
  }

  #isOpen(of: FakeOrder): boolean {
    return ['requested', 'on_its_way'].includes(of.is) || (of.is === 'arrived' && !of.came);
  }

  #line(home: Household, of: FakeOrder): OrderLine {
    const slot = home.slots.find((one) => one.name === of.slot);
    const shown = slot && row(home, slot);
    const left = slot ? (stock(slot).level ?? 0) + (slot.pooled ? stock(slot).shelf : 0) : 0;
    const ends = slot ? when(slot, left) : null;
    const next = shown?.next;
    return {
      device: slot?.device ?? '',
      order: of.order,
      slot: slot?.id ?? null,
      name: of.slot,
      device_name: shown?.device_name ?? '',
      mark: shown?.mark ?? null,
      test: of.test ?? false,
      amount: slot
        ? slot.pooled
          ? amount(of.pieces, slot.unit)
          : { milli: of.pieces, unit: 'COUNT' }
        : null,
      asins: ['B0EXAMPLE1'],
      track: track(of),
      state: state(of),
      spare: next?.kind === 'order_arrives' ? next.spare : null,
      left: shown?.left ?? null,
      ends,
      day: plus(TODAY, of.at),
    };
  }

  #reorder(home: Household, slot: FakeSlot): ReorderLine {
    const shown = row(home, slot);
    const states: Record<string, ReorderState> = {
      'Coffee pods': { is: 'on', since: '2026-10-03' },
      'Liquid detergent': { is: 'paused', since: '2026-11-02', by: 'customer' },
      Filter: { is: 'not_set_up' },
      'Main brush': { is: 'untold' },
    };
    const state = states[slot.name] ?? { is: 'on', since: '2026-10-03' };
    const on = state.is === 'on';
    const pieces = slot.pooled ? amount(slot.pack, slot.unit) : ({ milli: 1000, unit: 'COUNT' } as const);
    return {
      slot: slot.id,
      name: slot.name,
      device: slot.device,
      device_name: shown.device_name,
      mark: shown.mark,
      state,
      amount: on ? pieces : null,
      asins: on ? ['B0EXAMPLE1'] : [],
      lasts: on ? 45 : null,
      next: !on
        ? null
        : this.next(slot, null)
          ? { day: null, why: { kind: 'under_way' } }
          : { day: plus(TODAY, 20), why: { kind: 'days_left', days: 7 } },
    };
  }

  slot(home: Household, slot: FakeSlot): SlotOrders | null {
    if (!this.any) return null;
    const orders = this.#orders.filter((one) => one.slot === slot.name).map((one) => this.#line(home, one));
    return { orders, reorder: this.#reorder(home, slot) };
  }

  view(home: Household, linked: boolean): OrdersView {
    const lines = this.#orders.map((of) => ({ of, line: this.#line(home, of) }));
    const open = lines.filter(({ of }) => this.#isOpen(of)).map(({ line }) => line);
    return {
      today: TODAY,
      linked,
      headline: this.#headline(open, linked),
      open,
      earlier: lines.filter(({ of }) => !this.#isOpen(of)).map(({ line }) => line),
      reorder: linked && this.any ? home.slots.map((slot) => this.#reorder(home, slot)) : [],
    };
  }

  #headline(open: OrderLine[], linked: boolean): OrdersHeadline {
    if (!linked) return { kind: 'not_linked' };
    if (!this.any) return { kind: 'none' };
    const question = open.filter(({ state: is }) => is.is === 'arrived' && is.question);
    if (question[0]) return { kind: 'question', count: question.length, name: question[0].name };
    for (const { state: is, name, spare } of open)
      if (is.is === 'on_its_way') return { kind: 'arrives', day: is.due, count: 1, name, spare };
    return open.length > 0
      ? { kind: 'under_way', count: open.length, unconfirmed: open.length }
      : { kind: 'nothing_open' };
  }

  answer({ order, came }: Commands['answer_arrival']['args']): null {
    const of = this.#orders.find((one) => one.order === order && one.is === 'arrived');
    if (!of) refuse('order_unknown', 'There is no such order, or it is not due yet.');
    else of.came = came;
    return null;
  }
}
