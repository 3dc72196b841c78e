// The support bundle: `?bundle=closed` of a household that can't be opened, `?bundle=bad` a file that is none is opened,
// `?bundle=newer` one of a newer program.

import type { Bundle, BundleReady, BundleSlot, Commands } from '../types';
import { refuse } from './changes';
import { NOW } from './days';

type Name = 'make_bundle' | 'open_bundle';
type Answers = { [C in Name]: (args: Commands[C]['args']) => Commands[C]['answer'] };

const HOUR = 3_600_000;
const id = (at: number): string => `0193f1c2-7a4e-7000-8000-0000000000${String(at).padStart(2, '0')}`;

const slot = (at: number, instance: string, left: number | null): BundleSlot => ({
  id: id(20 + at),
  name: `name-${String(2 + at)}`,
  instance,
  supply: 'ink',
  sensor: 'level',
  unit: 'PERCENT',
  full: 100_000,
  pack: 1000,
  low_mark: 10_000,
  left,
  some_left: false,
  shelf: 1000,
  stated_at: NOW - HOUR,
  read_at: left === null ? null : NOW - HOUR,
  used_at: NOW - HOUR,
  replaced_at: null,
  low_streak: 0,
  low_since: null,
  rose_at: null,
  overshoot: 0,
  muted: false,
  at_maker: null,
});

function bundle(closed: boolean): Bundle {
  const log = Array.from({ length: 70 }, (_, at) => ({
    at: NOW - (70 - at) * 60_000,
    level: at % 20 === 19 ? ('warn' as const) : ('info' as const),
    text: at % 20 === 19 ? 'refill_engine::run: address-1 (serial-1) is away' : 'refill_engine::run: looked',
  }));
  return {
    made_at: NOW,
    removed: [
      { kind: 'mail', part: 'links', times: 1, things: 1 },
      { kind: 'serial', part: 'devices', times: 2, things: 2 },
      { kind: 'serial', part: 'log', times: 3, things: 1 },
      { kind: 'address', part: 'devices', times: 1, things: 1 },
      { kind: 'address', part: 'log', times: 3, things: 1 },
      { kind: 'name', part: 'links', times: 1, things: 1 },
      { kind: 'name', part: 'devices', times: 5, things: 5 },
      { kind: 'name', part: 'messages', times: 2, things: 2 },
    ],
    versions: {
      program: '0.1.0',
      system: 'Debian GNU/Linux 12 (bookworm)',
      machine: 'x86_64',
      language: 'en-GB',
      schema: 10,
      schema_known: 10,
      formats: { export: 1, dossier: 1, cloud: 'v1', alexa: '3' },
    },
    household: closed
      ? { is: 'closed', code: 'database_damaged', detail: 'path-1 is damaged, or no household.' }
      : {
          is: 'open',
          settings: [
            ['poll_minutes', '30'],
            ['delivery_days', '5'],
          ],
          notices: { on: true, quiet_until: null, summary_at: null, told: 3, off: [] },
          links: {
            cloud: {
              server: 'https://home.larkfield.example',
              account: 'mail-1',
              owner: 'name-1',
              scope: 'customer',
              since: NOW - 90 * HOUR,
              lasting: true,
              cursor: 812,
              connection: 'offline',
              detail: 'the cloud can’t be reached',
              outbox: { waiting: 2, parked: 1 },
            },
            alexa: { is: 'enabled', region: 'europe' },
            direct: null,
          },
          devices: [
            {
              id: id(1),
              name: 'name-2',
              kind: 'printer',
              model: 'InkWell 640',
              location: null,
              reach: {
                is: 'network',
                address: 'address-1',
                serial: 'serial-1',
                uuid: 'serial-2',
                answered_at: NOW - HOUR,
                trouble: 'unreachable',
                detail: 'address-1 did not answer.',
              },
              sample: false,
              removed_at: null,
              slots: [slot(1, 'cyan', 2000), slot(2, 'black', 31_000), slot(3, 'waste', null)],
            },
          ],
          orders: [
            {
              device: id(1),
              order: '305-1234567-1234567',
              slot: 'cyan',
              state: 'on_its_way',
              at: NOW + 48 * HOUR,
              test: false,
              products: 1,
              steps: [],
              came: null,
              unclear: null,
            },
          ],
          reorder: [],
        },
    messages: closed
      ? []
      : [
          {
            id: id(40),
            at: NOW - HOUR,
            route: 'maker',
            kind: 'purchased',
            state: 'parked',
            since: NOW - HOUR,
            reason: 'refused: the clock is ahead',
            attempts: 0,
            tries: [],
            body: { kind: { is: 'purchased', packs: 2, shop: 'name-6' }, slot: id(21) },
          },
          {
            id: id(41),
            at: NOW - 2 * HOUR,
            route: 'alexa',
            kind: 'ChangeReport',
            state: 'delivered',
            since: NOW - 2 * HOUR,
            reason: null,
            attempts: 2,
            tries: [
              { at: NOW - 2 * HOUR, came: 'answered', status: 503, code: null },
              { at: NOW - 2 * HOUR + 60_000, came: 'answered', status: 202, code: null },
            ],
            body: null,
          },
        ],
    log,
    crash: [],
  };
}

export function bundling(query: URLSearchParams): Answers {
  const way = query.get('bundle') ?? '';
  return {
    make_bundle: () => {
      const made = bundle(way === 'closed');
      const document = { format: 'refill-support-bundle', version: 1, bundle: made };
      return {
        name: 'refill-support-2026-11-21.json',
        text: `${JSON.stringify(document, null, 2)}\n`,
        removed: made.removed,
        devices: made.household.is === 'open' ? made.household.devices.length : 0,
        messages: made.messages.length,
        lines: made.log.length,
        closed: way === 'closed',
      } satisfies BundleReady;
    },
    open_bundle: () => {
      if (way === 'bad') refuse('bad_file', 'This support file was damaged or changed: x.', 'shape');
      if (way === 'newer') refuse('bad_file', 'A newer Refill wrote this support file.', 'newer');
      return bundle(way === 'closed');
    },
  };
}
