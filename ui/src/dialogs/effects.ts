// What a record dialog says: its title, what would come of it, its button, and the line after it was done.

import { m } from '../paraglide/messages';
import type { Amount, Outcome, SlotView } from '../host/types';
import { fmt } from '../state/locale.svelte';
import { endPhrase } from '../words/ends';
import { untilPhrase } from '../words/until';
import type { Draft } from './draft';
import { difference } from './typed';

export interface Said {
  head: string;
  text: string;
}

export function titleOf(draft: Draft, name: string): string {
  if (draft.kind === 'bought') return m.bought_title({ name });
  return draft.kind === 'replaced' ? m.replaced_title({ name }) : m.counted_title({ name });
}

/** The button repeats the effect. */
export function buttonOf(draft: Draft, outcome: Outcome | null): string {
  const amount = outcome?.effect ? fmt.amount(outcome.effect) : null;
  if (draft.kind === 'replaced') return draft.amends ? m.amend_save() : m.replaced_button();
  if (amount === null)
    return draft.amends ? m.amend_save() : draft.kind === 'bought' ? m.bought_button() : m.counted_button();
  if (draft.amends) return m.amend_button({ amount });
  return draft.kind === 'bought' ? m.bought_button_amount({ amount }) : m.counted_button_amount({ amount });
}

/** The line after it was recorded. */
export function doneOf(draft: Draft, effect: Amount | null, name: string): string {
  const amount = effect ? fmt.amount(effect) : null;
  if (draft.amends) return m.amend_done();
  if (draft.kind === 'replaced') return m.replaced_done({ name });
  if (draft.kind === 'bought') return amount ? m.bought_done({ amount }) : m.bought_done_plain({ name });
  return amount ? m.counted_done({ amount }) : m.counted_done_plain({ name });
}

export function outcomeOf(draft: Draft, outcome: Outcome, view: SlotView): Said {
  const said =
    draft.kind === 'bought'
      ? bought(outcome, view)
      : draft.kind === 'replaced'
        ? replaced(outcome, view)
        : counted(outcome, view);
  const later = outcome.later_reading ? m.outcome_later_reading({ day: fmt.day(outcome.later_reading) }) : '';
  return { head: said.head, text: [said.text, later].filter(Boolean).join(' ') };
}

function bought(outcome: Outcome, view: SlotView): Said {
  if (outcome.spares_after !== null) {
    const head = m.outcome_spares({ count: outcome.spares_after });
    const when = outcome.when_after ?? outcome.when_before;
    return { head, text: when ? endPhrase(when, view.row.verb) : '' };
  }
  const left = outcome.left_after ? fmt.amount(outcome.left_after) : null;
  const before = outcome.left_before ? fmt.amount(outcome.left_before) : null;
  const head =
    left === null
      ? m.outcome_unknown()
      : outcome.when_after
        ? m.outcome_enough({ left, until: untilPhrase(outcome.when_after) })
        : m.outcome_left({ left });
  const text =
    before === null
      ? ''
      : outcome.when_before
        ? m.outcome_now_until({ left: before, until: untilPhrase(outcome.when_before) })
        : m.outcome_now({ left: before });
  return { head, text };
}

function replaced(outcome: Outcome, view: SlotView): Said {
  const head = outcome.when_after
    ? m.outcome_full_until({ until: untilPhrase(outcome.when_after) })
    : m.outcome_full();
  const spares =
    outcome.spares_after === null
      ? ''
      : outcome.spares_after === 0
        ? m.outcome_no_spare()
        : m.outcome_spares_left({ count: outcome.spares_after });
  const counts = view.connection.kind === 'network' ? m.outcome_reading_counts() : '';
  return { head, text: [spares, counts].filter(Boolean).join(' ') };
}

function counted(outcome: Outcome, view: SlotView): Said {
  const change = difference(outcome.left_after, outcome.left_before);
  const when = outcome.when_after ? endPhrase(outcome.when_after, view.row.verb) : null;
  const amount = change
    ? fmt.amount({ ...change, milli: Math.abs(change.milli) })
    : outcome.left_after
      ? fmt.amount(outcome.left_after)
      : null;
  const step = !change
    ? amount
      ? m.outcome_left({ left: amount })
      : m.outcome_unknown()
    : change.milli === 0
      ? m.outcome_same()
      : change.milli < 0
        ? m.outcome_less({ amount: amount ?? '' })
        : m.outcome_more({ amount: amount ?? '' });
  return {
    head: when ? m.outcome_change_when({ change: step, when }) : step,
    text: change?.milli === 0 ? '' : m.outcome_kept(),
  };
}
