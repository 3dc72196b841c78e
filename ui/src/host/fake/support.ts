// Support at the maker's: `?support=` asked, open, taken, often (many visits), away; without it nobody asked yet.

import type { AccessOpen, AccessRequest, Commands, SupportView, TrailEntry, Update } from '../types';
import { refuse } from './changes';
import { NOW } from './days';

type Name = 'support' | 'answer_access' | 'withdraw_access';
type Answers = { [C in Name]: (args: Commands[C]['args']) => Commands[C]['answer'] };

const DAY = 86_400_000;
const WHO = 'Tom Hale';
const CASE = 'SUP-20418';
const REASON = 'The vacuum stopped counting.';

const asked = (): AccessRequest => ({
  id: '0193f1c2-7a4e-7000-8000-00000000aa01',
  who: WHO,
  case: CASE,
  reason: REASON,
  at: NOW - DAY,
  most_days: 7,
});

const opened = (days: number, taken = false): AccessOpen => ({
  id: '0193f1c2-7a4e-7000-8000-00000000aa01',
  who: taken ? 'Ada Brand' : WHO,
  case: taken ? 'LEG-7' : CASE,
  reason: taken ? 'A recall of the vacuum’s battery.' : REASON,
  until: NOW + days * DAY,
  taken,
});

const did = (ago: number, deed: TrailEntry['deed'], who = WHO): TrailEntry => ({
  at: NOW - ago * 60_000,
  who,
  deed,
  case: CASE,
  reason: null,
});

/** Support of a household that is linked. */
export function supporting(
  query: URLSearchParams,
  isLinked: () => boolean,
  tell: (update: Update) => void,
): Answers & { waiting: () => number } {
  const situation = query.get('support') ?? '';
  let requests: AccessRequest[] = situation === 'asked' ? [asked()] : [];
  let open: AccessOpen[] = [];
  let trail: TrailEntry[] = situation === 'asked' ? [did(1440, { is: 'asked' })] : [];
  if (situation === 'open') {
    open = [opened(6)];
    trail = [
      did(15, { is: 'looked', parts: ['devices', 'reports'] }),
      did(1400, { is: 'given' }),
      did(1440, { is: 'asked' }),
    ];
  }
  if (situation === 'often') {
    const day = 1440;
    trail = [
      ...Array.from({ length: 30 }, (_, at) => did((at + 1) * day, { is: 'looked', parts: ['devices'] })),
      { ...did(31 * day, { is: 'broke_glass' }, 'Ada Brand'), case: 'LEG-7' },
    ];
  }
  if (situation === 'taken') {
    open = [opened(1, true)];
    trail = [{ ...did(30, { is: 'broke_glass' }, 'Ada Brand'), case: 'LEG-7' }];
  }
  const changed = (deed: TrailEntry['deed']): null => {
    trail = [did(0, deed), ...trail];
    tell({ kind: 'account' });
    return null;
  };
  return {
    waiting: () => requests.length,
    support: (): SupportView => {
      if (!isLinked()) return { is: 'absent' };
      return situation === 'away' ? { is: 'away' } : { is: 'known', requests, open, trail };
    },
    answer_access: ({ id, days }) => {
      if (!requests.some((request) => request.id === id)) refuse('refused', 'This was answered already.');
      requests = [];
      if (days === null) return changed({ is: 'declined' });
      if (days < 1 || days > 7) refuse('bad_field', 'Give access for 1 to 7 days.', 'days');
      open = [opened(days)];
      return changed({ is: 'given' });
    },
    withdraw_access: ({ id }) => {
      if (!open.some((access) => access.id === id && !access.taken)) refuse('refused', 'This has ended.');
      open = [];
      return changed({ is: 'withdrawn' });
    },
  };
}
