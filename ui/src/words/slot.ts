// The head and the facts of one supply, in words.

import type { Basis, Connection, LowSource, SlotView, TrackRecord } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';
import { betweenPhrase, endPhrase } from './ends';
import { capital, countWord } from './headline';
import { firstLine, leftText, onTheShelf, secondLine, type Line } from './supply';
import { whySentence } from './why';

/** The one figure: when it ends where that can be said, else what to do or why not. */
export function figure(view: SlotView): Line {
  const { next, verb } = view.row;
  if (next.kind === 'order_by' && next.runs_out)
    return { text: endPhrase(next.runs_out, verb), glyph: null, tone: null };
  return firstLine(view.row, view.today);
}

// A date may end with a full stop of its own: "8. Dez."
export const sentence = (text: string): string =>
  text === '' || text.endsWith('.') ? capital(text) : m.sentence({ text: capital(text) });

/** Sentences below the figure: the band, what is left, what to do, why. */
export function belowFigure(view: SlotView): string[] {
  const { next } = view.row;
  const when = next.kind === 'runs' ? next.when : next.kind === 'order_by' ? next.runs_out : null;
  const band = when ? sentence(betweenPhrase(when)) : '';
  const left = view.row.left ? m.slot_left({ left: leftText(view.row) }) : '';
  const step =
    next.kind === 'order_by'
      ? sentence(firstLine(view.row, view.today).text)
      : next.kind === 'runs'
        ? ''
        : sentence(secondLine(view.row));
  const why = view.why ? whySentence(view.why) : '';
  // These say what is left and what to do themselves, or stand among the facts.
  if (view.why?.kind === 'days_in_hand' || view.why?.kind === 'delivery') return [band, why].filter(Boolean);
  const beside = view.why?.kind === 'pace' || view.why?.kind === 'interval';
  return [band, left, step, beside ? '' : why].filter(Boolean);
}

export function shelfFact(view: SlotView): string {
  if (view.shelf.milli <= 0) return m.fact_none_spare();
  if (!view.row.pooled) return onTheShelf(view.row.supply, Math.floor(view.shelf.milli / 1000));
  const packs =
    view.pack.unit === view.shelf.unit && view.pack.milli > 1000 && view.shelf.milli % view.pack.milli === 0
      ? view.shelf.milli / view.pack.milli
      : 0;
  return packs > 1
    ? m.ledger_packs({ count: packs, content: fmt.amount(view.pack) })
    : fmt.amount(view.shelf);
}

/** "57 ml a day", "Replaced about every 45 days."; empty while nothing can be said. */
export function paceFact(view: SlotView): string {
  if (view.why?.kind === 'interval') return whySentence(view.why);
  return view.per_day && view.per_day.milli > 0 ? m.fact_per_day({ amount: fmt.amount(view.per_day) }) : '';
}

/** What the pace was made of: "counted over the last 9 weeks; one refill left out". */
export function basisLine(basis: Basis): string {
  const parts = [m.basis_counted({ count: Math.max(1, Math.round(basis.over_days / 7)) })];
  if (basis.refills > 0)
    parts.push(m.basis_refills({ count: basis.refills, words: countWord(basis.refills) }));
  if (basis.absent_days > 0) parts.push(m.basis_absent({ count: basis.absent_days }));
  if (basis.step_percent !== null) parts.push(m.basis_step({ step: basis.step_percent }));
  return parts.reduce((text, more) => m.basis_and({ text, more }));
}

/** How good the dates were: the mean, and of what. */
export function recordFact(record: TrackRecord): { text: string; of: string } {
  const { ends, inside, judged } = record;
  const of = m.record_held({ count: ends, words: countWord(ends), inside, judged });
  const scaled = record.scaled ? ` ${m.record_scaled()}` : '';
  return { text: m.record_off({ count: record.off_days }), of: sentence(of) + scaled };
}

export function lowSource(source: LowSource, printer: boolean): string {
  if (source === 'own') return m.low_own();
  if (source === 'device') return printer ? m.low_printer() : m.low_device();
  return source === 'usual' ? m.low_usual() : m.low_none_line();
}

export function measuredFact(view: SlotView): string {
  switch (view.row.sensor) {
    case 'level':
      return m.measured_level();
    case 'usage':
      return view.row.device_kind === 'washing_machine' || view.row.device_kind === 'dishwasher'
        ? m.measured_washes()
        : m.measured_usage();
    case 'level_usage':
      return m.measured_life();
    case 'none':
      return m.measured_none();
  }
}

/** "08:12" of a moment today, "Thu 19 Nov, 08:12" of an earlier one. */
export function moment(at: number, today: string): string {
  const day = fmt.dayOf(at);
  return day === today ? fmt.clock(at) : m.ledger_timed({ day: fmt.day(day), clock: fmt.clock(at) });
}

export function connectionFact(connection: Connection): { text: string; silent: boolean } | null {
  if (connection.kind === 'by_hand') return null;
  if (connection.answers)
    return { text: m.connection_answers({ address: hostOf(connection.address) }), silent: false };
  if (connection.last_answer === null)
    return { text: m.connection_never({ address: hostOf(connection.address) }), silent: true };
  return { text: m.connection_silent({ day: fmt.day(fmt.dayOf(connection.last_answer)) }), silent: true };
}

/** The host of an address, to show: "192.168.1.24" of "ipp://192.168.1.24:631/ipp/print". */
export function hostOf(address: string): string {
  const rest = address.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '');
  return rest.startsWith('[') ? rest.slice(0, rest.indexOf(']') + 1) : rest.replace(/:\d+$/, '');
}
