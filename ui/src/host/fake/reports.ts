// Reports of a linked household: every state, reason and kind there is, on the days around the fixed clock.

import type {
  Commands,
  DirectSettings,
  DirectView,
  ReportLine,
  ReportReason,
  ReportState,
  ReportStep,
  ReportStrip,
  ReportTold,
  ReportView,
  ReportsView,
  Update,
} from '../types';
import { refuse } from './changes';
import { at, NOW, plus, TODAY } from './days';

type Name =
  | 'reports'
  | 'report'
  | 'slot_reports'
  | 'retry_report'
  | 'discard_report'
  | 'direct'
  | 'set_direct'
  | 'end_direct';
type Answers = { [C in Name]: (args: Commands[C]['args']) => Commands[C]['answer'] };

const SERVER = 'home.larkfield.example';

const used = (name: string, milli: number, unit: 'COUNT' | 'MILLILITER' | 'MINUTE'): ReportTold => ({
  what: 'used',
  name,
  amount: { milli, unit },
  supply: null,
});
const level = (name: string, percent: number, daily = false): ReportTold => ({
  what: 'levels',
  levels: [{ name, amount: { milli: percent * 1000, unit: 'PERCENT' }, supply: 'ink' }],
  daily,
});
const delivered = (when: number): ReportState => ({ is: 'delivered', at: when });

let made = 0;
function line(
  kind: 'maker' | 'entry',
  when: number,
  told: ReportTold,
  device: string | null,
  message: string,
  state: ReportState,
): ReportLine {
  made += 1;
  const id = `0193f1c2-7a4e-7000-8000-${String(made).padStart(12, '0')}`;
  const waits = ['queued', 'sending', 'waiting'].includes(state.is);
  const group = state.is === 'parked' ? 'parked' : waits ? 'waiting' : 'done';
  return { key: `${kind}:${id}`, at: when, told, device, message, state, group };
}

const parked = (reason: ReportReason): ReportState => ({ is: 'parked', reason });

/** A day like that of the design. */
function usual(): ReportLine[] {
  const yesterday = plus(TODAY, -1);
  const earlier = plus(TODAY, -3);
  const change = 'ChangeReport';
  const consumed = 'InventoryConsumed';
  return [
    line(
      'maker',
      at(TODAY, 9, 58),
      level('Cyan ink', 2),
      'Study printer',
      change,
      delivered(at(TODAY, 9, 58)),
    ),
    line(
      'entry',
      at(TODAY, 9, 44),
      { what: 'bought', name: 'Coffee pods', packs: 2 },
      'Espresso machine',
      'purchased',
      { is: 'with_maker', at: at(TODAY, 9, 44) },
    ),
    line('maker', at(TODAY, 9, 31), used('Coffee pods', 1000, 'COUNT'), 'Espresso machine', consumed, {
      is: 'waiting',
      until: at(TODAY, 10, 26),
    }),
    line('maker', at(TODAY, 9, 2), level('Cyan ink', 3), 'Study printer', change, {
      is: 'superseded',
      by: at(TODAY, 9, 58),
    }),
    line(
      'maker',
      at(TODAY, 8, 47),
      used('Coffee pods', 1000, 'COUNT'),
      'Espresso machine',
      consumed,
      delivered(at(TODAY, 8, 47)),
    ),
    line(
      'maker',
      at(TODAY, 8, 12),
      used('Liquid detergent', 70_000, 'MILLILITER'),
      'Washing machine',
      consumed,
      delivered(at(TODAY, 8, 13)),
    ),
    line(
      'maker',
      at(TODAY, 7, 2),
      used('Coffee pods', 2000, 'COUNT'),
      'Espresso machine',
      consumed,
      delivered(at(TODAY, 7, 2)),
    ),
    line(
      'maker',
      at(yesterday, 21, 15),
      level('Black ink', 61, true),
      'Study printer',
      change,
      delivered(at(yesterday, 21, 15)),
    ),
    line(
      'maker',
      at(yesterday, 18, 40),
      used('Liquid detergent', 85_000, 'MILLILITER'),
      'Washing machine',
      consumed,
      delivered(at(yesterday, 18, 41)),
    ),
    line(
      'maker',
      at(earlier, 18),
      used('Filter', 73_000, 'MINUTE'),
      'Robot vacuum',
      consumed,
      parked('invalid'),
    ),
    line(
      'maker',
      at(earlier, 17, 59),
      used('Main brush', 73_000, 'MINUTE'),
      'Robot vacuum',
      consumed,
      delivered(at(earlier, 18)),
    ),
    line(
      'maker',
      at(earlier, 17, 30),
      { what: 'replaced', name: 'Filter' },
      'Robot vacuum',
      'InventoryReplaced',
      { is: 'discarded', at: at(earlier, 19) },
    ),
    line(
      'maker',
      at(earlier, 12),
      { what: 'health', reachable: false },
      'Study printer',
      change,
      delivered(at(earlier, 12)),
    ),
    line(
      'maker',
      at(earlier, 11, 20),
      { what: 'described', devices: ['Study printer'] },
      null,
      'AddOrUpdateReport',
      delivered(at(earlier, 11, 20)),
    ),
  ];
}

/** What this computer alone sends, the cloud being away. */
const away = (): ReportLine[] => [
  line(
    'entry',
    at(TODAY, 9, 44),
    { what: 'bought', name: 'Coffee pods', packs: 1 },
    'Espresso machine',
    'purchased',
    { is: 'waiting', until: NOW + 240_000 },
  ),
  line(
    'entry',
    at(TODAY, 9, 40),
    { what: 'counted', name: 'Liquid detergent' },
    'Washing machine',
    'counted',
    { is: 'waiting', until: NOW + 240_000 },
  ),
  line('entry', at(TODAY, 9, 31), { what: 'undone', name: 'Coffee pods' }, 'Espresso machine', 'voided', {
    is: 'waiting',
    until: NOW + 240_000,
  }),
  line('entry', at(TODAY, 8), { what: 'replaced', name: '' }, null, 'replaced', parked('entry_refused')),
];

const json = (of: ReportLine): string =>
  of.key.startsWith('entry:')
    ? JSON.stringify(
        { id: of.key.slice(6), observed_at: new Date(of.at).toISOString(), kind: { kind: of.message } },
        null,
        2,
      )
    : JSON.stringify(
        {
          event: {
            header: {
              namespace: 'Alexa.InventoryLevelUsageSensor',
              name: of.message,
              instance: 'Filter',
              payloadVersion: '3',
              messageId: of.key.slice(6),
            },
            endpoint: { scope: { type: 'BearerToken', token: 'token hidden' }, endpointId: 'r3-8842' },
            payload: {
              usage: { '@type': 'Duration', value: 'PT1H13M' },
              timeOfSample: new Date(of.at).toISOString(),
            },
          },
        },
        null,
        2,
      );

function steps(of: ReportLine): ReportStep[] {
  if (of.key.startsWith('entry:')) {
    const recorded: ReportStep = { at: of.at, what: { what: 'queued' } };
    if (of.state.is === 'waiting') return [recorded, { at: of.state.until, what: { what: 'next_try' } }];
    if (of.state.is === 'parked')
      return [recorded, { at: of.at + 1000, what: { what: 'refused', server: SERVER } }];
    return [recorded, { at: of.at + 1000, what: { what: 'accepted', server: SERVER } }];
  }
  const begun: ReportStep[] = [
    { at: of.at, what: { what: 'accepted', server: SERVER } },
    { at: of.at, what: { what: 'queued' } },
  ];
  switch (of.state.is) {
    case 'delivered':
      return [...begun, { at: of.state.at, what: { what: 'answered', status: 202, code: null } }];
    case 'waiting':
      return [
        ...begun,
        { at: of.at + 60_000, what: { what: 'lost' } },
        {
          at: of.at + 600_000,
          what: { what: 'answered', status: 503, code: 'SERVICE_UNAVAILABLE_EXCEPTION' },
        },
        { at: of.state.until, what: { what: 'next_try' } },
      ];
    case 'parked':
      return [
        ...begun,
        { at: of.at, what: { what: 'answered', status: 400, code: 'INVALID_REQUEST_EXCEPTION' } },
      ];
    case 'discarded':
      return [...begun, { at: of.state.at, what: { what: 'discarded' } }];
    default:
      return begun;
  }
}

/** The reports of a household. `?account=linked` has them; `?reports=` chooses: parked (a linked one with none), stopped, away, many. */
export function reporting(query: URLSearchParams, tell: (update: Update) => void): Answers {
  const wanted = query.get('reports') ?? '';
  const linked = ['linked', 'memory', 'offline', 'ended'].includes(query.get('account') ?? '');
  const offline = wanted === 'away' || ['offline', 'ended'].includes(query.get('account') ?? '');
  made = 0;
  let lines = !linked || wanted === 'none' ? [] : offline ? away() : usual();
  if (wanted === 'stopped')
    lines = lines.map((one) =>
      one.state.is === 'waiting' ? { ...one, state: parked('skill_disabled'), group: 'parked' } : one,
    );
  let on: DirectSettings | null = null;
  const find = (key: string): ReportLine =>
    lines.find((one) => one.key === key) ??
    refuse('entry_unknown', 'This report is not kept any more.', 'key');
  const become = (key: string, state: ReportState): null => {
    find(key);
    const group = state.is === 'queued' ? 'waiting' : 'done';
    lines = lines.map((one) => (one.key === key ? { ...one, state, group } : one));
    queueMicrotask(() => tell({ kind: 'account' }));
    return null;
  };
  return {
    reports: (): ReportsView => {
      const days = [...new Set(lines.map((one) => day(one.at)))];
      const count = (group: string) => lines.filter((one) => one.group === group).length;
      const today = lines.filter(
        (one) => (one.state.is === 'delivered' || one.state.is === 'with_maker') && day(one.at) === TODAY,
      );
      return {
        days: days.map((of) => ({ day: of, lines: lines.filter((one) => day(one.at) === of) })),
        counts: {
          waiting: count('waiting'),
          parked: count('parked'),
          parked_there: lines.filter((one) => one.group === 'parked' && one.key.startsWith('maker:')).length,
          delivered_today: today.length,
        },
        maker: !linked
          ? { is: 'unlinked' }
          : offline
            ? { is: 'unreachable', server: SERVER, detail: 'connection refused' }
            : {
                is: 'known',
                server: SERVER,
                alexa: true,
                stopped: wanted === 'stopped' ? 'skill_disabled' : null,
              },
        more: wanted === 'many',
      };
    },
    report: ({ key }): ReportView => {
      const of = find(key);
      const individual =
        of.state.is === 'parked' && !['skill_disabled', 'link_lost'].includes(of.state.reason);
      const past = steps(of);
      return {
        line: of,
        steps: past,
        attempts: past.filter((step) => ['answered', 'not_sent', 'lost'].includes(step.what.what)).length,
        doubtful: of.told.what === 'used' ? past.filter((step) => step.what.what === 'lost').length : 0,
        message: json(of),
        detail:
          of.key.startsWith('entry:') && of.state.is === 'parked' ? 'The slot is not this account’s.' : null,
        action: individual
          ? 'send_again'
          : of.state.is === 'parked' || query.get('account') === 'ended'
            ? 'link_again'
            : of.state.is === 'waiting' && of.key.startsWith('entry:')
              ? 'send_now'
              : 'none',
        discardable: individual,
        strip:
          of.told.what === 'used' || of.told.what === 'levels'
            ? {
                slot: 'slot',
                name: of.told.what === 'used' ? of.told.name : (of.told.levels[0]?.name ?? ''),
                sent: 12,
                accepted: 11,
                refused: of.state.is === 'parked' ? 1 : 0,
                due: of.told.what === 'levels' ? at(plus(TODAY, 1), 3, 12) : null,
              }
            : null,
      };
    },
    slot_reports: ({ slot }): ReportStrip | null =>
      linked ? { slot, name: '', sent: 12, accepted: 11, refused: 0, due: at(plus(TODAY, 1), 3, 12) } : null,
    direct: (): DirectView => ({
      on,
      stopped: on && wanted === 'stopped' ? 'link_lost' : null,
      trouble: null,
      lasting: true,
      waiting: 0,
      parked: 0,
    }),
    set_direct: ({ form }) => {
      if (/\s/.test(form.client) || form.client === '') refuse('bad_field', 'Copy all of it.', 'client');
      if (form.secret === '') refuse('bad_field', 'Copy all of it.', 'secret');
      if (!form.refresh && !form.code) refuse('bad_field', 'Give a token.', 'refresh');
      if (form.refresh === 'old') refuse('refused', 'Amazon no longer accepts the link.');
      const { client, region } = form;
      on = {
        client,
        region,
        events: form.events ?? 'https://api.amazonalexa.com/v3/events',
        tokens: form.tokens ?? 'https://api.amazon.com/auth/o2/token',
      };
      return null;
    },
    end_direct: () => {
      on = null;
      return null;
    },
    retry_report: ({ key }) => become(key, { is: 'queued' }),
    discard_report: ({ key }) => become(key, { is: 'discarded', at: NOW }),
  };
}

const day = (when: number): string =>
  new Date(when - new Date(when).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
