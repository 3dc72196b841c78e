// How the household stands with a maker's account, in words: the headline, the way there, and the foot of the sidebar.

import type { AccountView, CloudConnection, Code, Trouble } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';
import { alexaSays, type Hop } from './alexa';
import { troubleText } from './trouble';

type Linked = Extract<AccountView['state'], { is: 'linked' }>;

/** The headline and the sentence below it. */
export function accountSays({ state }: AccountView): { title: string; lead: string } {
  if (state.is === 'unlinked') return { title: m.account_title(), lead: m.account_lead() };
  const { server } = state;
  if (state.is === 'waiting') return { title: m.account_waiting(), lead: m.account_waiting_lead({ server }) };
  const { connection } = state;
  switch (connection.is) {
    case 'ended':
      return { title: m.account_ended({ server }), lead: m.account_ended_lead() };
    case 'offline':
      return {
        title: m.account_offline({ server }),
        lead: m.account_offline_lead({ time: fmt.clock(connection.until) }),
      };
    case 'connecting':
      return { title: m.account_linked({ server }), lead: m.account_connecting_lead() };
    case 'listening':
      return (
        alexaSays(state.alexa, server) ?? {
          title: m.account_linked({ server }),
          lead: m.account_linked_lead({ server }),
        }
      );
  }
}

/** The way between this computer and the maker: its sign, its word, and how it is drawn. */
export function wire(view: AccountView): Hop {
  const { state, waiting } = view;
  if (state.is === 'unlinked') return { glyph: 'refused', text: m.not_linked(), look: 'wait' };
  if (state.is === 'waiting')
    return { glyph: 'waiting', text: m.account_until({ time: fmt.clock(state.until) }), look: 'wait' };
  switch (state.connection.is) {
    case 'ended':
      return { glyph: 'now', text: m.account_wire_ended(), look: 'broken' };
    case 'offline':
      return { glyph: 'now', text: m.account_wire_broken(), look: 'broken' };
    case 'connecting':
      return { glyph: 'waiting', text: m.account_wire_looking(), look: 'wait' };
    case 'listening':
      return waiting > 0
        ? { glyph: 'waiting', text: m.account_wire_waits({ count: waiting }), look: 'wait' }
        : { glyph: 'done', text: m.account_wire_well(), look: 'well' };
  }
}

/** The two lines at the foot of the sidebar; nothing where no account is linked. */
export function accountFoot(view: AccountView | null): { title: string; line: string } | null {
  if (!view || view.state.is === 'unlinked') return null;
  if (view.state.is === 'waiting') return { title: m.not_linked(), line: m.foot_browser() };
  const { server, connection } = view.state;
  const waits = view.waiting > 0 ? m.foot_waits({ count: view.waiting }) : server;
  const titles: Record<CloudConnection['is'], () => string> = {
    ended: m.foot_link_again,
    offline: m.foot_away,
    connecting: m.account_wire_looking,
    listening: view.waiting > 0 ? m.foot_sending : m.foot_linked,
  };
  return { title: titles[connection.is](), line: waits };
}

/** Where the sign-in lies. */
export const signIn = (state: Linked, trial: boolean): string => {
  if (trial) return m.account_keys_of_trial();
  return state.lasting ? m.account_keychain() : m.account_no_keychain();
};

/** Why linking could not begin, at the field. */
export function cannotBegin(trouble: Trouble, server: string): string {
  const sentences: Partial<Record<Code, () => string>> = {
    bad_address: m.account_bad_address,
    unreachable: () => m.account_unreachable({ server }),
    timed_out: () => m.account_slow({ server }),
    bad_answer: () => m.account_no_cloud({ server }),
    bad_certificate: () => m.account_certificate({ server }),
    bad_field: m.account_bad_answer,
  };
  return (sentences[trouble.code] ?? (() => troubleText(trouble)))();
}

/** Why the last try did not end in a link. */
export function notLinked(trouble: Trouble): string {
  const sentences: Partial<Record<Code, () => string>> = {
    refused: m.account_denied,
    timed_out: m.account_late,
  };
  return (sentences[trouble.code] ?? (() => troubleText(trouble)))();
}
