// The support desk: `?desk=in` somebody is signed in with an open case, `?desk=empty` with none, `?desk=admin` an
// administrator; without it nobody is.

import type { CaseLine, Commands, DeskActed, DeskState, FoundCustomer, TrailEntry, Update } from '../types';
import { refuse } from './changes';
import { customer as household, PRIYA } from './customer';
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
  | 'desk_supply'
  | 'desk_chart'
  | 'desk_run'
  | 'desk_reports'
  | 'desk_report'
  | 'desk_notices'
  | 'desk_act'
  | 'close_case'
  | 'desk_audit';
type Answers = { [C in Name]: (args: Commands[C]['args']) => Commands[C]['answer'] };

const SERVER = 'home.larkfield.example';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const inside = { is: 'in' as const, server: SERVER, name: 'Tom Hale', administrator: false };

/** Customers there are: Priya, who gave access, and thirty who did not. */
const everybody: FoundCustomer[] = [
  { customer: PRIYA, mail: 'p•••@e•••.org', access: 'open' },
  ...Array.from({ length: 30 }, (_, at): FoundCustomer => {
    const id = `0193f1c2-7a4e-7000-8000-0000000001${String(at).padStart(2, '0')}`;
    return { customer: id, mail: `p•••@${'abcdefghij'[at % 10]}•••.com`, access: 'nothing' };
  }),
];

/** The desk of somebody of the maker's. */
export function helping(query: URLSearchParams, tell: (update: Update) => void): Answers {
  const situation = query.get('desk') ?? '';
  const priya = household(query);
  let state: DeskState = situation
    ? { ...inside, administrator: situation === 'admin' }
    : { is: 'out', trouble: null };
  let cases: CaseLine[] =
    situation === 'in' || situation === 'admin'
      ? [{ customer: PRIYA, who: 'Priya Nair', case: 'SUP-20418', open: true, until: NOW + 6 * DAY }]
      : [];
  let asked = new Set<string>();
  let opened = new Set<string>();
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
        access: opened.has(one.customer)
          ? ('open' as const)
          : asked.has(one.customer)
            ? ('asked' as const)
            : one.access,
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
      cases = [{ customer, who: mail, case: number, open: false, until: NOW + 14 * DAY }, ...cases];
      log = [did({ is: 'asked' }, reason), ...log];
      return null;
    },
    desk_customer: ({ customer }) => {
      only();
      if (!cases.some((one) => one.customer === customer && one.open))
        refuse('refused', 'This customer has not given access, or it has ended.');
      log = [did({ is: 'looked', parts: ['devices', 'links'] }), ...log];
      return priya.view(log.slice(0, 4));
    },
    desk_supply: (args) => {
      only();
      if (args.fresh) log = [did({ is: 'looked', parts: ['entries'] }), ...log];
      return priya.desk_supply(args);
    },
    desk_chart: priya.desk_chart,
    desk_run: priya.desk_run,
    desk_reports: (args) => {
      only();
      log = [did({ is: 'looked', parts: ['reports'] }), ...log];
      return priya.desk_reports(args);
    },
    desk_report: priya.desk_report,
    desk_notices: (args) => {
      only();
      log = [did({ is: 'looked', parts: ['notices'] }), ...log];
      return priya.desk_notices(args);
    },
    desk_act: ({ form }): DeskActed => {
      only();
      if (state.is !== 'in' || !state.administrator) return { is: 'not_allowed' };
      const { act, customer, reason } = form;
      switch (act.is) {
        case 'resend':
          log = [did({ is: 'released' }, reason), ...log];
          return { is: 'done' };
        case 'describe':
          log = [did({ is: 'described' }, reason), ...log];
          return { is: 'done' };
        case 'resume':
          return { is: 'no_alexa' };
        case 'cancel_tests':
          log = [did({ is: 'not_done' }, reason), ...log];
          return { is: 'later' };
        case 'deregister': {
          const device = priya.view([]).devices.find((of) => of.id === act.device);
          if (device?.serial !== act.serial) return { is: 'other_serial' };
          priya.gone(act.device);
          log = [did({ is: 'took_away' }, reason), ...log];
          return { is: 'done' };
        }
        case 'break_glass': {
          const mail = everybody.find((one) => one.customer === customer)?.mail ?? '';
          cases = [{ customer, who: mail, case: form.case, open: true, until: NOW + DAY }, ...cases];
          opened = new Set([...opened, customer]);
          log = [did({ is: 'broke_glass' }, reason), ...log];
          return { is: 'done' };
        }
      }
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
