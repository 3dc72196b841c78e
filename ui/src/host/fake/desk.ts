// The support desk: `?desk=in` somebody is signed in with an open case, `?desk=empty` with none; without it nobody is.

import type {
  CaseLine,
  Commands,
  CustomerView,
  DeskSlot,
  DeskState,
  FoundCustomer,
  TrailEntry,
  Update,
} from '../types';
import { refuse } from './changes';
import { NOW } from './days';

type Name =
  | 'desk'
  | 'begin_desk'
  | 'wait_desk'
  | 'end_desk'
  | 'find_customers'
  | 'desk_cases'
  | 'ask_customer'
  | 'desk_customer'
  | 'close_case'
  | 'desk_audit';
type Answers = { [C in Name]: (args: Commands[C]['args']) => Commands[C]['answer'] };

const SERVER = 'home.larkfield.example';
const PRIYA = '0193f1c2-7a4e-7000-8000-0000000000c1';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const inside: DeskState = { is: 'in', server: SERVER, name: 'Tom Hale' };

/** Customers there are: Priya, who gave access, and thirty who did not. */
const everybody: FoundCustomer[] = [
  { customer: PRIYA, mail: 'p•••@e•••.org', access: 'open' },
  ...Array.from({ length: 30 }, (_, at): FoundCustomer => {
    const id = `0193f1c2-7a4e-7000-8000-0000000001${String(at).padStart(2, '0')}`;
    return { customer: id, mail: `p•••@${'abcdefghij'[at % 10]}•••.com`, access: 'nothing' };
  }),
];

const slot = (name: string, percent: number | null, ago: number, more: Partial<DeskSlot> = {}): DeskSlot => ({
  id: `${PRIYA}-${name}`,
  name,
  supply: 'ink',
  left: percent === null ? null : { milli: percent * 1000, unit: 'PERCENT' },
  full: null,
  some_left: false,
  low_since: null,
  unexplained: false,
  said_at: NOW - ago,
  ...more,
});

const priya = (opened: TrailEntry[]): CustomerView => ({
  customer: PRIYA,
  name: 'Priya Nair',
  mail: 'p•••@e•••.org',
  case: 'SUP-20418',
  until: NOW + 6 * DAY,
  supplies: 5,
  devices: [
    {
      id: 'study',
      name: 'Study printer',
      kind: 'printer',
      model: 'InkWell 640',
      serial: 'pr-5521-88',
      health: 'well',
      said_at: NOW - 120_000,
      slots: [
        slot('Cyan ink', 2, 120_000, { low_since: NOW - 2 * DAY }),
        slot('Black ink', 31, 120_000),
        slot('Magenta ink', 46, 120_000, { unexplained: true }),
      ],
    },
    {
      id: 'vacuum',
      name: 'Robot vacuum',
      kind: 'vacuum',
      model: 'Vacuum R3',
      serial: 'r3-8842',
      health: 'silent',
      said_at: NOW - 3 * DAY,
      slots: [slot('Filter', null, 3 * DAY), slot('Main brush', 71, 3 * DAY)],
    },
  ],
  links: {
    app_since: NOW - 49 * DAY,
    alexa: { is: 'enabled', region: 'europe' },
    stopped: null,
    waiting: 1,
    parked: ['Amazon does not know this device.'],
  },
  opened,
});

/** The desk of somebody of the maker's. */
export function helping(query: URLSearchParams, tell: (update: Update) => void): Answers {
  const situation = query.get('desk') ?? '';
  let state: DeskState = situation ? inside : { is: 'out', trouble: null };
  let cases: CaseLine[] =
    situation === 'in' ? [{ customer: PRIYA, who: 'Priya Nair', case: 'SUP-20418', open: true }] : [];
  let asked = new Set<string>();
  const did = (deed: TrailEntry['deed'], reason: string | null = null): TrailEntry => ({
    at: NOW,
    who: 'Tom Hale',
    deed,
    case: 'SUP-20418',
    reason,
  });
  let log: TrailEntry[] = [{ ...did({ is: 'found' }, 'The vacuum stopped counting'), at: NOW - 900_000 }];
  const only = () => {
    if (state.is !== 'in') refuse('refused', 'Nobody is signed in at the support desk.');
  };
  const become = (next: DeskState): null => {
    state = next;
    tell({ kind: 'account' });
    return null;
  };
  return {
    desk: () => state,
    begin_desk: ({ server }) => {
      if (server.includes('nowhere')) refuse('unreachable', 'Nothing answers there.', 'server');
      const until = NOW + 600_000;
      become({ is: 'waiting', server, until });
      return { url: `https://${server}/oauth/authorize?scope=staff`, until };
    },
    wait_desk: () => {
      if (state.is === 'waiting') become(inside);
      return state;
    },
    end_desk: () => become({ is: 'out', trouble: null }),
    find_customers: ({ form }) => {
      only();
      if (form.text.length < 3) refuse('bad_field', 'Send at least the first three characters.', 'text');
      log = [did({ is: 'found' }, form.reason), ...log];
      const all = form.text.startsWith('pri') ? everybody : [];
      const from = form.after ? Number(form.after) : 0;
      const page = all.slice(from, from + 20).map((one) => ({
        ...one,
        access: asked.has(one.customer) ? ('asked' as const) : one.access,
      }));
      return { customers: page, next: from + 20 < all.length ? String(from + 20) : null };
    },
    desk_cases: () => {
      only();
      return cases;
    },
    ask_customer: ({ customer, case: number, reason }) => {
      only();
      asked = new Set([...asked, customer]);
      const mail = everybody.find((one) => one.customer === customer)?.mail ?? '';
      cases = [{ customer, who: mail, case: number, open: false }, ...cases];
      log = [did({ is: 'asked' }, reason), ...log];
      return null;
    },
    desk_customer: ({ customer }) => {
      only();
      if (!cases.some((one) => one.customer === customer && one.open))
        refuse('refused', 'This customer has not given access, or it has ended.');
      log = [did({ is: 'looked', parts: ['devices', 'links'] }), ...log];
      return priya(log.slice(0, 4));
    },
    close_case: ({ customer }) => {
      cases = cases.filter((one) => one.customer !== customer);
      log = [did({ is: 'closed' }), ...log];
      return null;
    },
    desk_audit: () => {
      only();
      return { lines: log, next: null };
    },
  };
}
