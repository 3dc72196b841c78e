// The support desk in words: what is in a customer's devices, how the links are, and what one opened.

import type { GlyphName } from '../components/icons';
import type {
  CustomerView,
  DeskDevice,
  DeskLinks,
  DeskSlot,
  Looked,
  TrailEntry,
  Trouble,
} from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';
import { alexaWire } from './alexa';
import { trailText, partsText } from './support';
import { troubleText } from './trouble';

/** A line with its sign; `look` is the class of its colour. */
export interface Sign {
  glyph: GlyphName;
  text: string;
  look: 'now' | 'coming' | 'unknown';
}

const moment = (at: number): string => `${fmt.day(fmt.dayOf(at))}, ${fmt.clock(at)}`;

/** When something was said last. */
export const said = (at: number | null): string => (at === null ? m.desk_never() : moment(at));

/** What is left of a supply. */
export function left(slot: DeskSlot): string {
  if (slot.left) return fmt.left(slot.left, slot.full);
  return slot.some_left ? m.desk_some_left() : m.desk_unknown();
}

/** How a device does. */
export function health(device: DeskDevice): Sign {
  switch (device.health) {
    case 'well':
      return { glyph: 'done', text: m.desk_well({ at: said(device.said_at) }), look: 'coming' };
    case 'silent':
      return { glyph: 'now', text: m.desk_silent({ at: said(device.said_at) }), look: 'now' };
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
  const trouble = [...(links.stopped ? [links.stopped] : []), ...links.parked];
  return [
    app,
    { glyph: hop.glyph, text: m.desk_alexa({ state: hop.text }), look: look[hop.look] },
    ...waiting,
    ...trouble.map((text): Sign => ({ glyph: 'now', text, look: 'now' })),
  ];
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
      lines.push(`- ${slot.name}: ${left(slot)}${low}; ${said(slot.said_at)}`);
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
