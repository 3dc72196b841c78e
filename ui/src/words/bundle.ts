// The support bundle in words: what was hidden and where, and what a bundle that was opened says.

import type {
  Bundle,
  BundleConnection,
  BundleMessage,
  BundleMessageState,
  BundleOrder,
  BundleOrderState,
  BundlePart,
  BundleReach,
  BundleRemoved,
  BundleSlot,
  HiddenKind,
  Trouble,
} from '../host/types';
import { m } from '../paraglide/messages';
import { fmt, locale } from '../state/locale.svelte';
import { alexaWire } from './alexa';
import { troubleText } from './trouble';

const KINDS: Record<HiddenKind, () => string> = {
  token: m.bundle_kind_token,
  serial: m.bundle_kind_serial,
  mail: m.bundle_kind_mail,
  address: m.bundle_kind_address,
  path: m.bundle_kind_path,
  name: m.bundle_kind_name,
};

const PARTS: Record<BundlePart, () => string> = {
  app: m.bundle_part_app,
  links: m.bundle_part_links,
  devices: m.bundle_part_devices,
  orders: m.bundle_part_orders,
  messages: m.bundle_part_messages,
  log: m.bundle_part_log,
  crash: m.bundle_part_crash,
};

/** One line of what was hidden: all of one kind. */
export interface Hidden {
  kind: HiddenKind;
  what: string;
  times: number;
  where: string;
}

/** What was hidden, a line each kind, in the order the kinds are told in. */
export function hidden(removed: BundleRemoved[]): Hidden[] {
  const list = new Intl.ListFormat(locale.language === 'en' ? 'en-GB' : 'de-DE');
  return (Object.keys(KINDS) as HiddenKind[]).flatMap((kind) => {
    const of = removed.filter((one) => one.kind === kind);
    if (of.length === 0) return [];
    const times = of.reduce((sum, one) => sum + one.times, 0);
    return [{ kind, what: KINDS[kind](), times, where: list.format(of.map((one) => PARTS[one.part]())) }];
  });
}

/** "4 devices, 31 messages and 212 lines of the log". */
export function holds(of: { devices: number; messages: number; lines: number }): string {
  const list = new Intl.ListFormat(locale.language === 'en' ? 'en-GB' : 'de-DE');
  return list.format([
    m.bundle_devices({ count: of.devices }),
    m.bundle_messages({ count: of.messages }),
    m.bundle_lines({ count: of.lines }),
  ]);
}

const REFUSED = new Map([
  ['too_large', m.desk_file_too_large],
  ['not_one', m.desk_file_not_one],
  ['newer', m.desk_file_newer],
  ['shape', m.desk_file_shape],
]);

/** Why a file was not opened. */
export function fileTrouble(trouble: Trouble): string {
  const known = trouble.code === 'bad_file' ? REFUSED.get(trouble.field ?? '') : undefined;
  return known ? known() : troubleText(trouble);
}

export const moment = (at: number): string => `${fmt.day(fmt.dayOf(at))}, ${fmt.clock(at)}`;

const amount = (slot: BundleSlot, milli: number): string => fmt.amount({ milli, unit: slot.unit });

/** What is left of a slot: "41 %", "12 of 50". */
export function slotLeft(slot: BundleSlot): string {
  if (slot.some_left) return m.desk_file_some();
  if (slot.left === null) return m.desk_file_unknown();
  const left = amount(slot, slot.left);
  if (slot.full === null || slot.unit === 'PERCENT') return left;
  return m.desk_file_figure({ left, full: amount(slot, slot.full) });
}

export const slotLow = (slot: BundleSlot): string =>
  slot.low_mark === null ? '' : amount(slot, slot.low_mark);

/** How a device is reached, by its aliases. */
export function reachText(reach: BundleReach): string {
  switch (reach.is) {
    case 'by_hand':
      return m.desk_file_by_hand();
    case 'cloud':
      return m.desk_file_by_cloud();
    case 'network': {
      const ids = [reach.address, reach.serial, reach.uuid].filter((one) => one !== null).join(' ');
      return reach.trouble === null ? ids : m.desk_file_silent({ address: ids, trouble: reach.trouble });
    }
  }
}

const STATES: Record<BundleMessageState, () => string> = {
  queued: m.report_queued,
  sending: m.report_sending,
  waiting: m.desk_file_again,
  delivered: m.report_delivered,
  parked: m.report_parked,
  superseded: m.report_superseded,
  discarded: m.report_discarded,
};

/** Where a message stands, with why. */
export function messageState(message: BundleMessage): string {
  const state = STATES[message.state]();
  return message.reason === null ? state : `${state}: ${message.reason}`;
}

/** Versions, one line each: what, and which. */
export function versionLines({ versions }: Bundle): [string, string][] {
  const { formats, schema, schema_known } = versions;
  return [
    [m.desk_file_program(), versions.program],
    [m.desk_file_system(), `${versions.system}, ${versions.machine}, ${versions.language}`],
    [
      m.desk_file_schema(),
      m.desk_file_schema_of({ schema: schema ?? m.desk_file_unknown(), known: schema_known }),
    ],
    [m.desk_file_formats(), m.desk_file_formats_of({ ...formats })],
  ];
}

const WAYS: Record<BundleConnection, () => string> = {
  unknown: m.desk_file_way_unknown,
  connecting: m.desk_file_way_connecting,
  listening: m.desk_file_way_listening,
  offline: m.desk_file_way_offline,
  ended: m.desk_file_way_ended,
};

const ORDERS: Record<BundleOrderState, () => string> = {
  asked: m.desk_file_order_asked,
  placed: m.desk_file_order_placed,
  on_its_way: m.desk_file_order_on_its_way,
  arrived: m.desk_file_order_arrived,
  cancelled: m.desk_file_order_cancelled,
};

/** An order: its name, and how it stands. */
export function orderLine(order: BundleOrder): [string, string] {
  const name = order.test ? `${order.order} (${m.desk_file_test()})` : order.order;
  const parts = [
    ORDERS[order.state](),
    order.slot,
    order.at === null ? null : moment(order.at),
    order.unclear,
  ];
  return [name, parts.filter((one) => one !== null).join(', ')];
}

/** How it is linked, one line each. */
export function linkLines(bundle: Bundle): [string, string][] {
  if (bundle.household.is !== 'open') return [];
  const { cloud, alexa, direct } = bundle.household.links;
  const lines: [string, string][] = [];
  if (cloud) {
    const way = [WAYS[cloud.connection](), cloud.detail].filter((one) => one !== null).join(': ');
    const { waiting, parked } = cloud.outbox;
    lines.push([
      cloud.server.replace('https://', ''),
      `${way}; ${m.desk_file_waiting({ waiting, parked })}; ${cloud.account}`,
    ]);
  }
  if (alexa) lines.push(['Alexa', alexaWire(alexa).text]);
  if (direct) {
    const { waiting, parked } = direct.outbox;
    const stopped = direct.stopped === null ? '' : `${direct.stopped}; `;
    lines.push([direct.region, `${stopped}${m.desk_file_waiting({ waiting, parked })}`]);
  }
  return lines;
}
