// A line of the ledger in words.

import type { Amount, DeviceKind, LedgerLine, LedgerWhat } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';

/** "Today, 08:12", "Sat 7 Nov", "8 Nov to 20 Nov". */
export function lineWhen(line: LedgerLine, today: string): string {
  const { what } = line;
  if (what.kind === 'uses' && what.count > 1 && what.from !== line.day) {
    return m.ledger_range({ from: fmt.shortDay(what.from), to: fmt.shortDay(line.day) });
  }
  const day = line.day === today ? m.today() : fmt.day(line.day);
  return line.timed ? m.ledger_timed({ day, clock: fmt.clock(line.at) }) : day;
}

type Bought = Extract<LedgerWhat, { kind: 'bought' }>;

function packsOf(what: Bought): string {
  const amount = what.content === null ? String(what.packs) : fmt.amount(what.content);
  return what.content !== null && what.packs > 1
    ? m.ledger_packs({ count: what.packs, content: amount })
    : amount;
}

function bought(what: Bought): string {
  const text = packsOf(what);
  const price =
    what.price_milli !== null && what.currency !== null ? fmt.money(what.price_milli, what.currency) : null;
  if (price !== null && what.shop !== null)
    return m.ledger_bought_price_shop({ text, price, shop: what.shop });
  if (price !== null) return m.ledger_bought_price({ text, price });
  return what.shop !== null ? m.ledger_bought_shop({ text, shop: what.shop }) : m.ledger_bought({ text });
}

export function lineWhat(line: LedgerLine, device: DeviceKind): string {
  const { what } = line;
  switch (what.kind) {
    case 'uses':
      if (what.levels) return m.ledger_readings({ count: what.count });
      return device === 'washing_machine' || device === 'dishwasher'
        ? m.ledger_washes({ count: what.count })
        : m.ledger_uses({ count: what.count });
    case 'bought':
      return bought(what);
    case 'replaced':
      return what.from_shelf ? m.ledger_replaced_spare() : m.ledger_replaced();
    case 'counted':
      return what.level === null && what.shelf !== null ? m.ledger_counted_shelf() : m.ledger_counted();
    case 'received':
      return m.ledger_received({ count: what.packs });
    case 'rise':
      return m.ledger_rise();
    case 'dismissed':
      return m.ledger_dismissed({ amount: fmt.amount(what.level) });
    case 'overshoot':
      return m.ledger_overshoot({ amount: fmt.amount(what.amount) });
  }
}

/** The same at the support desk: of somebody else, and without prices and shops. */
export function deskWhat(line: LedgerLine, device: DeviceKind): string {
  const { what } = line;
  switch (what.kind) {
    case 'bought':
      return m.desk_line_bought({ text: packsOf(what) });
    case 'replaced':
      return what.from_shelf ? m.desk_line_replaced_spare() : m.desk_line_replaced();
    case 'counted':
      return what.level === null && what.shelf !== null ? m.desk_line_counted_shelf() : m.desk_line_counted();
    case 'rise':
      return m.desk_line_rise();
    case 'dismissed':
      return m.desk_line_dismissed({ amount: fmt.amount(what.level) });
    default:
      return lineWhat(line, device);
  }
}

/** "+1.5 l", "−70 ml", "0". */
export function signed(change: Amount): string {
  if (change.milli === 0) return '0';
  const amount = fmt.amount({ ...change, milli: Math.abs(change.milli) });
  return `${change.milli > 0 ? '+' : '−'}${amount}`;
}
