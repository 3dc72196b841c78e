// A customer at the support desk: the household in the browser as the maker's cloud knows it, with its messages and Amazon's
// notifications. `?desk=test` has a registered test device.

import type {
  Commands,
  CustomerView,
  DeskDevice,
  DeskNotice,
  DeskSlot,
  ReportLine,
  SlotView,
  TrailEntry,
} from '../types';
import { find, refuse } from './changes';
import { chart } from './chart';
import { NOW, at, plus, TODAY } from './days';
import { priya, type FakeSlot } from './household';
import { Told } from './orders';
import { reporting } from './reports';
import { amount, row, run, slotView, stock, when } from './views';

type Name = 'desk_supply' | 'desk_chart' | 'desk_run' | 'desk_reports' | 'desk_report' | 'desk_notices';
type Answers = { [C in Name]: (args: Commands[C]['args']) => Commands[C]['answer'] };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Messages of one page. */
const PAGE = 5;

const serials: Record<string, string> = {
  'Study printer': 'pr-5521-88',
  'Espresso machine': 'e2-0417',
  'Washing machine': 'w8-3310',
  'Robot vacuum': 'r3-8842',
};

const told = (kind: string, when_at: number, known: boolean, text: unknown): DeskNotice => ({
  at: when_at,
  device: 'Espresso machine',
  kind,
  known,
  text: JSON.stringify(text, null, 2),
  message: `sns-${kind}-${when_at}`,
});

const notices: DeskNotice[] = [
  told('SlotStatusRescoredNotification', NOW - 2 * HOUR, false, {
    told: 'unknown',
    name: 'SlotStatusRescoredNotification',
    body: { slotId: 'pods', score: 4, shippingAddress: '•••', price: '•••' },
  }),
  ...Array.from({ length: 30 }, (_, number) =>
    told(
      number % 2 ? 'ItemShippedNotification' : 'OrderPlacedNotification',
      at(plus(TODAY, -1 - number), 7, 30),
      true,
      { told: number % 2 ? 'item_shipped' : 'order_placed', orderId: `o-${number}`, customerInfo: '•••' },
    ),
  ),
];

/** The customer, for the desk. */
export function customer(
  query: URLSearchParams,
): { view: (opened: TrailEntry[]) => CustomerView; gone: (device: string) => void } & Answers {
  const home = priya();
  home.told = new Told(new URLSearchParams('orders=some'));
  const reports = reporting(new URLSearchParams('account=linked'), () => undefined);
  const lines = (): ReportLine[] =>
    reports
      .reports({})
      .days.flatMap((day) => day.lines)
      .filter((line) => line.key.startsWith('maker:'));
  const orders = home.told.view(home, true);

  const slot = (of: FakeSlot, silent: boolean): DeskSlot => {
    const shown = row(home, of);
    const left = stock(of).level;
    const said = silent ? NOW - 3 * DAY : NOW - 120_000;
    const order = [...orders.open, ...orders.earlier].find((one) => one.slot === of.id) ?? null;
    const parked = of.name === 'Filter';
    return {
      id: of.id,
      name: of.name,
      supply: of.supply,
      mark: shown.mark,
      left: shown.left,
      left_at: shown.left ? said : null,
      full: of.capacity === null ? null : amount(of.capacity, of.unit),
      some_left: of.some_left,
      low_since: of.name === 'Cyan ink' ? NOW - 2 * DAY : null,
      unexplained: of.rise !== null,
      said_at: of.sensor === 'none' ? null : said,
      when: left === null ? null : when(of, shown.left?.milli ?? left),
      order: order?.state.is === 'arrived' ? null : order,
      reorder: orders.reorder.find((line) => line.slot === of.id)?.state ?? { is: 'not_set_up' },
      told:
        of.sensor === 'none'
          ? null
          : {
              standing: parked ? 'parked' : of.name === 'Coffee pods' ? 'waiting' : 'delivered',
              at: parked ? NOW - 3 * DAY : said,
            },
    };
  };

  const devices = (): DeskDevice[] =>
    home.devices
      .filter((device) => !device.removed)
      .map((device) => {
        const silent = device.name === 'Robot vacuum';
        return {
          id: device.id,
          name: device.name,
          kind: device.kind,
          model: device.model ?? '',
          serial: serials[device.name] ?? 'x-0001',
          health: silent ? 'silent' : 'well',
          said_at: silent ? NOW - 3 * DAY : NOW - 120_000,
          slots: home.slots.filter((one) => one.device === device.id).map((one) => slot(one, silent)),
        };
      });

  const known = (view: SlotView): SlotView => ({
    ...view,
    // What people wrote, and what they paid, is theirs.
    ledger: view.ledger.map((line) => ({
      ...line,
      note: null,
      what:
        line.what.kind === 'bought'
          ? { ...line.what, price_milli: null, currency: null, shop: null }
          : line.what,
    })),
  });

  return {
    view: (opened) => {
      const all = devices();
      return {
        customer: PRIYA,
        name: 'Priya Nair',
        mail: 'p•••@e•••.org',
        since: NOW - 400 * DAY,
        case: 'SUP-20418',
        reason: 'The vacuum stopped counting',
        asked_at: NOW - DAY,
        glass: query.get('glass') === 'broken',
        until: NOW + 6 * DAY,
        at: NOW,
        supplies: all.reduce((count, device) => count + device.slots.length, 0),
        devices: all,
        links: {
          app_since: NOW - 49 * DAY,
          alexa: { is: 'enabled', region: 'europe' },
          alexa_since: NOW - 30 * DAY,
          granted: true,
          stopped: null,
          waiting: 1,
          parked: lines()
            .filter((line) => line.group === 'parked')
            .slice(0, 1)
            .map(({ key }) => ({ key, reason: 'Amazon does not know this device.' })),
          registrations: [
            {
              device: home.devices[1]?.id ?? '',
              name: 'Espresso machine',
              standing: 'linked',
              test: query.get('desk') === 'admin',
              lived_at: NOW - 5 * HOUR,
              tries: 0,
            },
          ],
        },
        orders,
        opened,
      };
    },
    gone: (device) => {
      const one = home.devices.find((of) => of.id === device);
      if (one) one.removed = true;
    },
    desk_supply: ({ slot: id, lines: most }) => {
      const of = find(home, id);
      const view = slotView(home, of, most);
      const silent = home.devices.find((device) => device.id === of.device)?.name === 'Robot vacuum';
      const level = view.level;
      return {
        view: known({
          ...view,
          connection: { kind: 'by_hand' },
          reconciliation: {
            ...view.reconciliation,
            amazon:
              of.sensor === 'none'
                ? { kind: 'not_reported' }
                : of.sensor === 'usage' || !level
                  ? { kind: 'counts', last: NOW - 26 * HOUR }
                  : {
                      kind: 'reported',
                      figure: {
                        amount: { ...level, milli: level.milli + 1000 },
                        at: NOW - 26 * HOUR,
                        day: plus(TODAY, -1),
                      },
                      confirmed: true,
                      difference: {
                        amount: { ...level, milli: -1000 },
                        steps: [
                          {
                            entry: null,
                            day: TODAY,
                            cause: { kind: 'used', count: 3 },
                            stated: null,
                            change: { ...level, milli: -1000 },
                            device_name: null,
                          },
                        ],
                      },
                    },
          },
        }),
        health: silent ? 'silent' : 'well',
        told: slot(of, silent).told,
        at: NOW,
      };
    },
    desk_chart: ({ form }) => chart(find(home, form.slot), form),
    desk_run: ({ slot: id, from, to }) => run(home, find(home, id), from, to),
    desk_reports: ({ before }) => {
      const all = lines();
      const from = before ?? 0;
      const more = from + PAGE < all.length;
      return {
        granted: true,
        stopped: null,
        lines: all.slice(from, from + PAGE),
        next: more ? from + PAGE : null,
      };
    },
    desk_report: ({ key }) => {
      const report = reports.report({ key });
      return { report, parked: report.line.state.is === 'parked' };
    },
    desk_notices: ({ customer: id }) => {
      if (id !== PRIYA) refuse('refused', 'This customer has not given access, or it has ended.');
      return notices;
    },
  };
}

/** The customer who gave access. */
export const PRIYA = '0193f1c2-7a4e-7000-8000-0000000000c1';
