// Reports in words: the headline, a line, and what happened to one. Each typed reason has its own fixed sentence.

import type { GlyphName } from '../components/icons';
import type {
  ReportLine,
  ReportReason,
  ReportState,
  ReportStep,
  ReportView,
  ReportsView,
} from '../host/types';
import { m } from '../paraglide/messages';
import { fmt, locale } from '../state/locale.svelte';

const known = (name: string): string => (name === '' ? m.report_gone() : name);

/** The headline and the sentence below it. */
export function reportsSay({ counts, maker, days }: ReportsView): { title: string; lead: string } {
  if (days.length === 0 && counts.waiting === 0 && counts.parked === 0)
    return {
      title: m.reports_title_none(),
      lead: maker.is === 'unlinked' ? m.reports_none_unlinked() : m.reports_none_linked(),
    };
  const stopped = maker.is === 'known' && maker.stopped !== null;
  const title = stopped
    ? m.reports_title_stopped()
    : counts.parked > 0
      ? m.reports_title_parked({ count: counts.parked })
      : counts.waiting > 0
        ? m.reports_title_waiting({ count: counts.waiting })
        : m.reports_title_done();
  const today =
    counts.delivered_today > 0 ? m.reports_today({ count: counts.delivered_today }) : m.reports_today_none();
  const lead = [
    today,
    counts.waiting > 0 ? m.reports_wait({ count: counts.waiting }) : '',
    counts.parked > 0 ? m.reports_stay() : '',
  ];
  return { title, lead: lead.filter((part) => part !== '').join(' ') };
}

/** What the list does not hold, if anything. */
export function reportsLack({ maker, days }: ReportsView): string | null {
  if (maker.is === 'unreachable') return m.reports_away({ server: maker.server });
  if (maker.is === 'known' && !maker.alexa && maker.stopped === null && days.length > 0)
    return m.reports_no_alexa({ server: maker.server });
  return null;
}

/** What a report says: "Used 70 ml", and of what. */
export function told(line: ReportLine): { what: string; of: string } {
  const { told: says } = line;
  const device = line.device ?? '';
  switch (says.what) {
    case 'levels': {
      const [first, ...others] = says.levels;
      if (!first || others.length > 0)
        return {
          what: m.report_levels({ count: says.levels.length }),
          of: says.levels.map((level) => known(level.name)).join(', '),
        };
      const name = known(first.name);
      return {
        what: first.amount ? m.report_level({ amount: fmt.amount(first.amount) }) : m.report_level_unknown(),
        of: says.daily ? m.report_daily({ name }) : name,
      };
    }
    case 'health':
      return { what: says.reachable ? m.report_reachable() : m.report_unreachable(), of: device };
    case 'described':
      return {
        what: m.report_described({ count: Math.max(1, says.devices.length) }),
        of: says.devices.join(', '),
      };
    case 'removed':
      return { what: m.report_removed({ count: says.count }), of: '' };
    case 'used':
      return { what: m.report_used({ amount: fmt.amount(says.amount) }), of: known(says.name) };
    case 'replaced':
      return { what: m.report_replaced(), of: known(says.name) };
    case 'bought':
      return { what: m.report_bought({ count: says.packs }), of: known(says.name) };
    case 'received':
      return { what: m.report_received({ count: says.packs }), of: known(says.name) };
    case 'counted':
      return { what: m.report_counted(), of: known(says.name) };
    case 'undone':
      return { what: m.report_undone(), of: known(says.name) };
  }
}

/** Below the inspector's headline: "Filter, Robot vacuum, sampled Wed 18 Nov, 18:00". */
export function where(line: ReportLine): string {
  const parts = [told(line).of, line.told.what === 'health' ? '' : (line.device ?? '')];
  const name = parts.filter((part) => part !== '').join(', ') || line.message;
  return m.report_where({ name, day: fmt.day(fmt.dayOf(line.at)), clock: fmt.clock(line.at) });
}

/** The sign, the word and the tone of a state. */
export function stateSays(state: ReportState): { glyph: GlyphName; text: string; tone: string } {
  switch (state.is) {
    case 'queued':
      return { glyph: 'waiting', text: m.report_queued(), tone: 'is-soon' };
    case 'sending':
      return { glyph: 'coming', text: m.report_sending(), tone: 'is-coming' };
    case 'waiting':
      return { glyph: 'waiting', text: m.report_next({ clock: when(state.until) }), tone: 'is-soon' };
    case 'delivered':
      return { glyph: 'done', text: m.report_delivered(), tone: 'is-unknown' };
    case 'with_maker':
      return { glyph: 'done', text: m.report_with_maker(), tone: 'is-unknown' };
    case 'parked':
      return { glyph: 'now', text: m.report_parked(), tone: 'is-now' };
    case 'superseded':
      return {
        glyph: 'none',
        text: state.by === null ? m.report_superseded() : m.report_superseded_by({ clock: when(state.by) }),
        tone: 'is-unknown',
      };
    case 'discarded':
      return { glyph: 'none', text: m.report_discarded(), tone: 'is-unknown' };
  }
}

/** "10:26" today, else with its day. */
function when(at: number): string {
  const day = fmt.dayOf(at);
  if (day === locale.today) return fmt.clock(at);
  return m.report_step_when({ day: fmt.shortDay(day), clock: fmt.clock(at) });
}

const reasons: Record<ReportReason, [() => string, () => string]> = {
  invalid: [m.reason_invalid, m.reason_invalid_text],
  too_large: [m.reason_too_large, m.reason_too_large_text],
  device_gone: [m.reason_device_gone, m.reason_device_gone_text],
  link_lost: [m.reason_link_lost, m.reason_link_lost_text],
  skill_disabled: [m.reason_skill_disabled, m.reason_skill_disabled_text],
  not_enabled_here: [m.reason_not_enabled_here, m.reason_not_enabled_here_text],
  not_permitted: [m.reason_not_permitted, m.reason_not_permitted_text],
  other_skill: [m.reason_other_skill, m.reason_other_skill_text],
  wrong_address: [m.reason_wrong_address, m.reason_wrong_address_text],
  entry_refused: [m.reason_entry_refused, m.reason_entry_refused_text],
  entry_conflict: [m.reason_entry_conflict, m.reason_entry_conflict_text],
};

/** A reason: its headline, and what to do. */
export const reasonSays = (reason: ReportReason): { title: string; text: string } => {
  const [title, text] = reasons[reason];
  return { title: title(), text: text() };
};

/** Sent again as it is, it comes back as it came: what refused it does not change. */
export const unhelped = ({ state }: ReportLine): boolean =>
  state.is === 'parked' &&
  ['invalid', 'device_gone', 'entry_refused', 'entry_conflict'].includes(state.reason);

/** What happened to a report, and how grave that is. */
export function happened({ line: { state }, action }: ReportView): {
  title: string;
  text: string;
  look: 'well' | 'wait' | 'bad';
} {
  if (action === 'link_again' && state.is !== 'parked')
    return { title: m.report_says_link(), text: m.report_says_link_text(), look: 'bad' };
  switch (state.is) {
    case 'parked':
      return { ...reasonSays(state.reason), look: 'bad' };
    case 'delivered':
      return { title: m.report_says_delivered(), text: m.report_says_delivered_text(), look: 'well' };
    case 'with_maker':
      return { title: m.report_says_maker(), text: m.report_says_maker_text(), look: 'well' };
    case 'queued':
    case 'sending':
      return { title: m.report_says_queued(), text: m.report_says_queued_text(), look: 'wait' };
    case 'waiting':
      return {
        title: m.report_says_waiting({ clock: when(state.until) }),
        text: m.report_says_waiting_text(),
        look: 'wait',
      };
    case 'superseded':
      return { title: m.report_says_superseded(), text: m.report_says_superseded_text(), look: 'well' };
    case 'discarded':
      return { title: m.report_says_discarded(), text: m.report_says_discarded_text(), look: 'well' };
  }
}

/** A step: when, what, and Amazon's code if it gave one. */
export function stepSays(
  step: ReportStep,
  entry: boolean,
): { when: string; text: string; code: string | null } {
  const day = fmt.dayOf(step.at);
  const moment = m.report_step_when({
    day: day === locale.today ? m.today() : fmt.shortDay(day),
    clock: fmt.clock(step.at),
  });
  const text = (): string => {
    switch (step.what.what) {
      case 'queued':
        return entry ? m.report_step_recorded() : m.report_step_queued();
      case 'accepted':
        return m.report_step_accepted({ server: step.what.server });
      case 'refused':
        return m.report_step_refused({ server: step.what.server });
      case 'answered':
        return m.report_step_answer({ status: step.what.status });
      case 'not_sent':
        return m.report_step_not_sent();
      case 'lost':
        return m.report_step_lost();
      case 'next_try':
        return m.report_step_next();
      case 'discarded':
        return m.report_step_discarded();
    }
  };
  return { when: moment, text: text(), code: step.what.what === 'answered' ? step.what.code : null };
}

/** A piece of a message: a name, the words in the token's place, or the rest. */
export interface Piece {
  kind: 'name' | 'hidden' | 'plain';
  text: string;
}

/** JSON in pieces, so that names stand back and the hidden token is seen. */
export function pieces(json: string): Piece[] {
  const found: Piece[] = [];
  const parts = /"token": "token hidden"|"(?:[^"\\]|\\.)*"(?=\s*:)/g;
  let last = 0;
  for (const match of json.matchAll(parts)) {
    if (match.index > last) found.push({ kind: 'plain', text: json.slice(last, match.index) });
    const hidden = match[0].startsWith('"token": ');
    found.push({ kind: hidden ? 'hidden' : 'name', text: hidden ? m.report_hidden() : match[0] });
    last = match.index + match[0].length;
  }
  if (last < json.length) found.push({ kind: 'plain', text: json.slice(last) });
  return found;
}
