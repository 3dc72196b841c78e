// The support desk in words: what is in a customer's devices, how the links are, and what one opened.

import type { GlyphName } from '../components/icons';
import type {
  CustomerView,
  DeskDevice,
  DeskDrs,
  DeskLinks,
  DeskSlot,
  DeskTold,
  Looked,
  TrailEntry,
  Trouble,
} from '../host/types';
import { m } from '../paraglide/messages';
import { fmt, locale } from '../state/locale.svelte';
import { alexaWire } from './alexa';
import { trailText, partsText } from './support';
import { troubleText } from './trouble';
import { untilPhrase } from './until';

/** A line with its sign; `look` is the class of its colour. */
export interface Sign {
  glyph: GlyphName;
  text: string;
  look: 'now' | 'soon' | 'coming' | 'unknown';
}

/** "Thu 19 Nov, 08:12". */
export const moment = (at: number): string => `${fmt.day(fmt.dayOf(at))}, ${fmt.clock(at)}`;

/** When a figure was stated: "stated 08:12", "stated Wed 18 Nov". */
export const stated = (at: number | null): string =>
  m.desk_left_at({ at: at === null ? m.desk_never() : short(at) });

/** "08:12" today, "Thu 19 Nov" before. */
const short = (at: number): string => {
  const day = fmt.dayOf(at);
  return day === locale.today ? fmt.clock(at) : fmt.day(day);
};

/** When something was said last. */
export const said = (at: number | null): string => (at === null ? m.desk_never() : moment(at));

/** Which look at a customer. */
export const VIEWS = {
  supplies: m.desk_view_supplies,
  reports: m.desk_view_reports,
  orders: m.desk_view_orders,
  notices: m.desk_view_notices,
};

/** "about Thu 3 Dec", or that nothing can be said. */
export const ends = (slot: DeskSlot): string => (slot.when ? untilPhrase(slot.when) : m.desk_no_end());

/** The latest message to Alexa about a supply, for its row. */
export function lastTold(slot: DeskSlot): Sign {
  if (!slot.told) return { glyph: 'none', text: m.desk_told_never(), look: 'unknown' };
  const at = short(slot.told.at);
  switch (slot.told.standing) {
    case 'waiting':
      return { glyph: 'waiting', text: m.desk_told_waiting({ at }), look: 'soon' };
    case 'parked':
      return { glyph: 'now', text: m.desk_told_parked({ at }), look: 'now' };
    case 'delivered':
      return { glyph: 'done', text: at, look: 'unknown' };
    default:
      return { glyph: 'unknown', text: at, look: 'unknown' };
  }
}

/** How the latest message about a supply stands, with its age. */
export function toldState(told: DeskTold): string {
  const states = {
    waiting: m.desk_told_is_waiting,
    delivered: m.desk_told_is_delivered,
    parked: m.desk_told_is_parked,
    unknown: m.desk_told_is_unknown,
  };
  return m.desk_told_at({ state: states[told.standing](), at: moment(told.at) });
}

/** The order of a supply, or whether it reorders by itself, for its row. */
export function orderCell(slot: DeskSlot): Sign {
  const { order, reorder } = slot;
  const state = order?.state;
  switch (state?.is) {
    case 'requested':
      return { glyph: 'none', text: m.desk_order_requested(), look: 'unknown' };
    case 'placed':
      return state.expected === null
        ? { glyph: 'coming', text: m.desk_order_placed(), look: 'coming' }
        : { glyph: 'coming', text: m.desk_order_arrives({ day: fmt.day(state.expected) }), look: 'coming' };
    case 'on_its_way':
      return { glyph: 'coming', text: m.desk_order_arrives({ day: fmt.day(state.due) }), look: 'coming' };
    case 'cancelled':
      return { glyph: 'none', text: m.desk_order_cancelled({ day: fmt.day(state.day) }), look: 'unknown' };
    case 'arrived':
    case undefined:
      break;
  }
  switch (reorder?.is) {
    case 'on':
      return { glyph: 'none', text: m.desk_reorder_on(), look: 'unknown' };
    case 'paused':
      return { glyph: 'paused', text: m.reorder_paused(), look: 'soon' };
    case 'unregistered':
      return { glyph: 'refused', text: m.reorder_unregistered(), look: 'unknown' };
    case 'not_set_up':
      return { glyph: 'none', text: m.reorder_not_set_up(), look: 'unknown' };
    default:
      return { glyph: 'none', text: m.desk_no_orders(), look: 'unknown' };
  }
}

/** What is left of a supply. */
export function left(slot: DeskSlot): string {
  if (slot.left) return fmt.left(slot.left, slot.full);
  return slot.some_left ? m.desk_some_left() : m.desk_unknown();
}

/** How a device does. */
export function health(device: DeskDevice): Sign {
  const at = device.said_at === null ? m.desk_never() : short(device.said_at);
  switch (device.health) {
    case 'well':
      return { glyph: 'done', text: m.desk_well({ at }), look: 'coming' };
    case 'silent':
      return { glyph: 'now', text: m.desk_silent({ at }), look: 'now' };
    case 'never_spoke':
      return { glyph: 'unknown', text: m.desk_never_spoke(), look: 'unknown' };
    default:
      return { glyph: 'unknown', text: m.desk_health_unknown(), look: 'unknown' };
  }
}

/** The facts of a customer, in one sentence each. */
export function customerLead(view: CustomerView): string {
  const silent = view.devices.filter((device) => device.health === 'silent').length;
  return [
    m.desk_devices({ count: view.devices.length }),
    m.desk_supplies({ count: view.supplies }),
    ...(view.links.parked.length > 0 ? [m.desk_refused({ count: view.links.parked.length })] : []),
    ...(silent > 0 ? [m.desk_silent_count({ count: silent })] : []),
  ].join(' ');
}

/** How the way from the app to Amazon is. */
export function linkSteps(links: DeskLinks): Sign[] {
  const hop = alexaWire(links.alexa);
  const look = { well: 'coming', wait: 'unknown', broken: 'now' } as const;
  const app: Sign =
    links.app_since === null
      ? { glyph: 'unknown', text: m.desk_no_app(), look: 'unknown' }
      : {
          glyph: 'done',
          text: m.desk_app_since({ day: fmt.day(fmt.dayOf(links.app_since)) }),
          look: 'coming',
        };
  const waiting: Sign[] =
    links.waiting > 0
      ? [{ glyph: 'waiting', text: m.desk_waiting({ count: links.waiting }), look: 'unknown' }]
      : [];
  const trouble = [
    ...(links.stopped ? [links.stopped] : []),
    ...[...new Set(links.parked.map((message) => message.reason))],
  ];
  const since = links.alexa_since;
  const alexa = m.desk_alexa({ state: hop.text });
  return [
    app,
    {
      glyph: hop.glyph,
      text: since === null ? alexa : `${alexa}, ${m.desk_alexa_since({ day: fmt.day(fmt.dayOf(since)) })}`,
      look: look[hop.look],
    },
    ...(links.granted ? [] : [{ glyph: 'unknown', text: m.desk_no_grant(), look: 'unknown' } satisfies Sign]),
    ...waiting,
    ...trouble.map((text): Sign => ({ glyph: 'now', text, look: 'now' })),
    ...links.registrations.map(registration),
  ];
}

/** How a device stands with the older service. */
function registration({ name, standing, test, lived_at }: DeskDrs): Sign {
  const at = said(lived_at);
  switch (standing) {
    case 'linked':
      return {
        glyph: 'done',
        text: test ? m.desk_drs_test({ name, at }) : m.desk_drs_linked({ name, at }),
        look: 'coming',
      };
    case 'asked':
      return { glyph: 'waiting', text: m.desk_drs_asked({ name }), look: 'unknown' };
    case 'lost':
      return { glyph: 'now', text: m.desk_drs_lost({ name }), look: 'now' };
    case 'leaving':
      return { glyph: 'waiting', text: m.desk_drs_leaving({ name }), look: 'unknown' };
    default:
      return { glyph: 'unknown', text: m.desk_drs_unknown({ name }), look: 'unknown' };
  }
}

const PARTS: Record<Looked, () => string> = {
  devices: m.desk_part_devices,
  entries: m.desk_part_entries,
  orders: m.desk_part_orders,
  reports: m.desk_part_reports,
  links: m.desk_part_links,
  notices: m.desk_part_notices,
};

/** What one did at the desk, said to oneself. */
export function openedText(entry: TrailEntry): string {
  if (entry.deed.is === 'looked') return m.desk_you_looked({ parts: partsText(entry.deed.parts, PARTS) });
  if (entry.deed.is === 'asked') return m.desk_you_asked();
  if (entry.deed.is === 'closed') return m.desk_you_closed();
  if (entry.deed.is === 'found') return m.desk_you_searched();
  if (entry.deed.is === 'broke_glass') return m.desk_you_broke();
  const done: Partial<Record<TrailEntry['deed']['is'], () => string>> = {
    released: m.desk_you_released,
    resumed: m.desk_you_resumed,
    described: m.desk_you_described,
    cancelled_tests: m.desk_you_cancelled,
    took_away: m.desk_you_took,
    not_done: m.desk_you_not_done,
  };
  const own = done[entry.deed.is];
  if (own) return own();
  return trailText(entry);
}

/** A customer as plain text, for the clipboard: what is on the screen, and no more. */
export function summary(view: CustomerView): string {
  const lines = [`${view.name} (${view.mail}), ${m.support_case({ case: view.case })}`, customerLead(view)];
  for (const device of view.devices) {
    lines.push('', `${device.name}, ${device.model}, ${device.serial}: ${health(device).text}`);
    for (const slot of device.slots) {
      const low =
        slot.low_since === null ? '' : `, ${m.desk_low_since({ day: fmt.day(fmt.dayOf(slot.low_since)) })}`;
      const parts = [ends(slot), orderCell(slot).text, lastTold(slot).text];
      lines.push(`- ${slot.name}: ${left(slot)} (${said(slot.left_at)})${low}; ${parts.join('; ')}`);
    }
  }
  lines.push('', ...linkSteps(view.links).map((step) => `- ${step.text}`));
  return lines.join('\n');
}

/** Why the desk has no answer. */
export function deskTrouble(trouble: Trouble): string {
  return trouble.code === 'refused' || trouble.code === 'unreachable' || trouble.code === 'bad_field'
    ? deskWords(trouble)
    : troubleText(trouble);
}

function deskWords({ code, detail }: Trouble): string {
  if (code === 'unreachable') return m.support_trouble_away();
  if (code === 'bad_field') return m.desk_bad_search();
  if (detail.includes('given access')) return m.desk_no_access_text();
  if (detail.includes('Too many')) return m.desk_too_many();
  return m.desk_sign_in_again();
}
