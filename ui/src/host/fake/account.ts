// A maker's cloud that answers at once: linking waits for the browser until `finish_link` brings any address with a code.

import type { AccountView, Commands, LinkState, Update } from '../types';
import { refuse } from './changes';
import { NOW } from './days';

/** Ten minutes, as the engine waits. */
const FLOW_LIFE = 10 * 60_000;

type Name = 'account' | 'begin_link' | 'finish_link' | 'cancel_link' | 'unlink' | 'sync_now';
type Answers = { [C in Name]: (args: Commands[C]['args']) => Commands[C]['answer'] };

/** The account of a household. */
export function linking(tell: (update: Update) => void): Answers {
  let state: LinkState = { is: 'unlinked' };
  let server = '';
  const become = (next: LinkState) => {
    state = next;
    tell({ kind: 'account' });
    return null;
  };
  return {
    account: (): AccountView => ({ state, trouble: null, waiting: 0, parked: 0 }),
    begin_link: ({ server: typed }) => {
      if (!/^[\w.:-]+$/.test(typed.trim())) refuse('bad_address', 'This is no address.', 'server');
      server = typed.trim();
      const until = NOW + FLOW_LIFE;
      become({ is: 'waiting', server, until });
      return { url: `https://${server}/oauth/authorize?client_id=refill`, until };
    },
    finish_link: ({ answer }) => {
      if (state.is !== 'waiting' || !answer.includes('code='))
        refuse('bad_field', 'This is not the address the browser came back to.', 'answer');
      return become({
        is: 'linked',
        server,
        email: 'priya.nair@example.org',
        name: 'Priya Nair',
        scope: 'customer',
        since: NOW,
        supplies: 3,
        lasting: true,
        connection: { is: 'listening' },
      });
    },
    cancel_link: () => become({ is: 'unlinked' }),
    unlink: () => {
      become({ is: 'unlinked' });
      return { told: true };
    },
    sync_now: () => null,
  };
}
