// A maker's cloud that answers at once: linking waits for the browser until `finish_link` brings any address with a code.

import type {
  AccountView,
  AlexaLink,
  AlexaView,
  CloudConnection,
  Commands,
  LinkState,
  Trouble,
  Update,
} from '../types';
import { refuse } from './changes';
import { NOW } from './days';

/** Ten minutes, as the engine waits. */
const FLOW_LIFE = 10 * 60_000;

type Name =
  | 'account'
  | 'begin_link'
  | 'finish_link'
  | 'cancel_link'
  | 'unlink'
  | 'link_alexa'
  | 'check_alexa'
  | 'end_alexa'
  | 'sync_now';
type Answers = { [C in Name]: (args: Commands[C]['args']) => Commands[C]['answer'] };

const SERVER = 'home.larkfield.example';

/** How Alexa stands: `?alexa=` on, off, again, maker, unknown, elsewhere, none; without it not linked yet. */
const alexas: Record<string, AlexaLink> = {
  on: { is: 'enabled', region: 'europe' },
  off: { is: 'disabled' },
  again: { is: 'link_again' },
  maker: { is: 'maker_trouble' },
  unknown: { is: 'unknown' },
};

const stands = (how: string): AlexaView | null =>
  how === 'none'
    ? null
    : {
        link: alexas[how] ?? { is: 'not_enabled' },
        since: how in alexas ? NOW - 19 * 86_400_000 : null,
        here: how !== 'elsewhere',
      };

const linked = (connection: CloudConnection, lasting = true): LinkState => ({
  is: 'linked',
  server: SERVER,
  email: 'priya.nair@example.org',
  name: 'Priya Nair',
  scope: 'customer',
  since: NOW - 49 * 86_400_000,
  supplies: 3,
  lasting,
  connection,
  alexa: null,
});

const situations: Record<string, () => LinkState> = {
  linked: () => linked({ is: 'listening' }),
  memory: () => linked({ is: 'listening' }, false),
  offline: () => linked({ is: 'offline', until: NOW + 240_000, detail: 'connection refused' }),
  ended: () => linked({ is: 'ended' }),
};

/** The account of a household. `?account=` chooses how it stands: linked, memory, offline, ended, denied. */
export function linking(query: URLSearchParams, tell: (update: Update) => void): Answers {
  const situation = query.get('account') ?? '';
  let alexa = stands(query.get('alexa') ?? '');
  let state: LinkState = situations[situation]?.() ?? { is: 'unlinked' };
  const shown = (): LinkState => (state.is === 'linked' ? { ...state, alexa } : state);
  let server = SERVER;
  let trouble: Trouble | null =
    situation === 'denied' ? { code: 'refused', detail: 'You did not agree.', field: null } : null;
  const waiting = situation === 'offline' ? 3 : 0;
  const become = (next: LinkState) => {
    state = next;
    tell({ kind: 'account' });
    return null;
  };
  return {
    account: (): AccountView => ({
      state: shown(),
      trouble,
      waiting,
      parked: situation === 'offline' ? 1 : 0,
      asks: 0,
    }),
    begin_link: ({ server: typed }) => {
      if (!/^[\w.:-]+$/.test(typed.trim())) refuse('bad_address', 'This is no address.', 'server');
      if (typed.includes('nowhere')) refuse('unreachable', 'Nothing answers there.', 'server');
      server = typed.trim();
      trouble = null;
      const until = NOW + FLOW_LIFE;
      const url = `https://${server}/oauth/authorize?client_id=refill`;
      become({ is: 'waiting', server, url, until });
      return { url, until };
    },
    finish_link: ({ answer }) => {
      if (state.is !== 'waiting' || !answer.includes('code='))
        refuse('bad_field', 'This is not the address the browser came back to.', 'answer');
      return become({ ...linked({ is: 'listening' }), server } as LinkState);
    },
    cancel_link: () => become({ is: 'unlinked' }),
    unlink: () => {
      become({ is: 'unlinked' });
      return { told: true };
    },
    link_alexa: () => {
      if (state.is !== 'linked' || state.connection.is !== 'listening')
        refuse('unreachable', 'The maker’s cloud can’t be reached.');
      // The person agrees at Amazon at once.
      alexa = { link: { is: 'enabled', region: 'europe' }, since: NOW, here: true };
      tell({ kind: 'account' });
      return { url: 'https://www.amazon.com/ap/oa?client_id=maker', until: NOW + FLOW_LIFE };
    },
    check_alexa: () => null,
    end_alexa: () => {
      alexa = { link: { is: 'not_enabled' }, since: NOW, here: true };
      tell({ kind: 'account' });
      return { at_amazon: true };
    },
    sync_now: () => null,
  };
}
