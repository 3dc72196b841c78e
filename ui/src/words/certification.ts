// Certification in words: the headline, how a case stands, when it ran.

import type { GlyphName } from '../components/icons';
import type { CaseDetail, CaseRow, CaseState, Reply, Verdicts } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';
import { capital, countWord } from './headline';

const CASES = 8;

/** A number in a sentence, and one that begins it. */
const said = (count: number) => ({ count, words: countWord(count) });
const title = (count: number) => ({ count, words: capital(countWord(count)) });

/** "Five pass, one needs a person." */
function parts(of: Verdicts): string {
  const { count } = of;
  const all = [
    count.failed > 0 && count.failed < CASES ? m.cert_fails(said(count.failed)) : '',
    count.passed > 0 && count.passed < CASES ? m.cert_passes(said(count.passed)) : '',
    count.person > 0 ? m.cert_persons(said(count.person)) : '',
    count.unjudged > 0 ? m.cert_unjudgeds(said(count.unjudged)) : '',
    count.never > 0 ? m.cert_nevers(said(count.never)) : '',
  ].filter((part) => part !== '');
  return all.length > 0 ? m.cert_list({ parts: capital(all.join(', ')) }) : '';
}

/** The headline and the sentence below it. */
export function certificationSays(of: Verdicts | null, real: boolean): { title: string; lead: string } {
  if (real && !of) return { title: m.cert_real_none_title(), lead: m.cert_real_none_lead() };
  if (!of || (!real && of.held_at === null))
    return { title: m.cert_never_title(), lead: m.cert_never_lead() };
  const { count } = of;
  if (count.never === CASES) return { title: m.cert_begun_title(), lead: m.cert_begun_lead() };
  const headline =
    count.failed > 0
      ? m.cert_fail_title(title(count.failed))
      : count.passed === CASES
        ? m.cert_all_title()
        : count.passed > 0
          ? m.cert_pass_title(title(count.passed))
          : m.cert_none_title();
  // What the title says is not said again.
  const rest = count.failed > 0 ? { ...count, failed: 0 } : { ...count, passed: 0 };
  const lead = [parts({ ...of, count: rest }), real ? '' : m.cert_stays_here()];
  return { title: headline, lead: lead.filter((part) => part !== '').join(' ') };
}

const states: Record<CaseState, { glyph: GlyphName; tone: string; text: () => string }> = {
  never: { glyph: 'later', tone: 'is-unknown', text: m.cert_state_never },
  passed: { glyph: 'done', tone: 'is-coming', text: m.cert_state_passed },
  failed: { glyph: 'now', tone: 'is-now', text: m.cert_state_failed },
  person: { glyph: 'waiting', tone: 'is-unknown', text: m.cert_state_person },
  unjudged: { glyph: 'unknown', tone: 'is-unknown', text: m.cert_state_unjudged },
};

/** A case that is under way. */
export const runningSays = (): { glyph: GlyphName; tone: string; text: string } => ({
  glyph: 'waiting',
  tone: 'is-soon',
  text: m.cert_state_running(),
});

/** How a case stands. */
export function stateSays(row: CaseRow): { glyph: GlyphName; tone: string; text: string } {
  const { glyph, tone, text } = states[row.state];
  return {
    glyph,
    tone,
    text: row.state === 'failed' && row.slots > 0 ? m.cert_state_failed_slots({ count: row.slots }) : text(),
  };
}

/** When a case ran and how long that took; nothing of one that did not. */
export function ranSays(detail: CaseDetail): string {
  if (detail.held_at === null) return '';
  const ran = m.cert_ran({ day: fmt.day(fmt.dayOf(detail.held_at)), time: fmt.clock(detail.held_at) });
  if (detail.took_ms === null) return ran;
  const number = fmt.number(Math.round(detail.took_ms / 100) * 100);
  return `${ran}, ${m.cert_took({ seconds: m.cert_seconds({ number }) })}`;
}

const replies: Record<Reply, { glyph: GlyphName; tone: string; text: () => string }> = {
  seen: { glyph: 'done', tone: 'is-coming', text: m.cert_seen },
  not_seen: { glyph: 'now', tone: 'is-now', text: m.cert_not_seen },
  other: { glyph: 'now', tone: 'is-now', text: m.cert_other },
  cannot_see: { glyph: 'unknown', tone: 'is-unknown', text: m.cert_cannot_see },
};

export const replySays = (reply: Reply) => replies[reply];

/** What is wrong with a field of an answer. */
export const fieldSays = (field: string): string =>
  field === 'pasted' ? m.cert_bad_pasted() : field === 'left' ? m.cert_bad_left() : m.cert_bad_note();
