// What can be done to a supply from its row, by button, menu or key.

import type { MenuItem } from '../components/Menu.svelte';
import type { EndpointId, RowAction, SlotId, SupplyRow } from '../host/types';
import { m } from '../paraglide/messages';
import { plainText } from '../words/supply';
import type { App } from './app.svelte';

/** Opens the dialog of an action. */
export function act(app: App, row: SupplyRow, action: RowAction | 'counted'): void {
  if (action === 'answer_rise') {
    if (row.next.kind === 'confirm_rise') app.sheet = { kind: 'rise', row, rise: row.next.rise };
    return;
  }
  app.sheet = { kind: action, row };
}

export async function copy(app: App, text: string): Promise<void> {
  if (await app.attempt(() => navigator.clipboard.writeText(text))) app.say(m.copied());
}

/** Opens a device's Dash settings in the browser. */
export async function openDash(app: App, device: EndpointId, slot: SlotId | null): Promise<void> {
  if (await app.attempt(() => app.host.openDash(device, slot))) app.say(m.dash_opened());
}

/** Puts the address of a device's Dash settings for a phone on the clipboard. */
export async function copyPhoneLink(app: App, device: EndpointId): Promise<void> {
  await app.attempt(async () => {
    await navigator.clipboard.writeText(await app.host.call('dash_for_phone', { device }));
    app.say(m.copied());
  });
}

export async function mute(app: App, row: SupplyRow, muted: boolean): Promise<void> {
  const set = (on: boolean) =>
    app.host.call('set_quiet', { slot: row.slot, quiet: { kind: on ? 'until_replaced' : 'heard' } });
  if (!(await app.attempt(() => set(muted)))) return;
  app.done(muted ? m.muted_done({ name: row.name }) : m.unmuted_done({ name: row.name }), async () => {
    await set(!muted);
  });
}

export function rowMenu(app: App, row: SupplyRow, today: string): MenuItem[] {
  const single = (key: string) => (app.settings?.single_keys ? app.keys.say(key) : undefined);
  const items: MenuItem[] = [];
  if (row.next.kind === 'confirm_rise')
    items.push({ label: m.menu_rise(), run: () => act(app, row, 'answer_rise') });
  if (!row.pooled)
    items.push({ label: m.menu_replaced(), hint: single('r'), run: () => act(app, row, 'replaced') });
  items.push(
    { label: m.menu_bought(), hint: single('b'), run: () => act(app, row, 'bought') },
    { label: m.menu_correct(), hint: single('c'), run: () => act(app, row, 'counted') },
    {
      label: m.menu_open(),
      hint: app.keys.say('Enter'),
      apart: true,
      run: () => app.router.go({ name: 'slot', slot: row.slot }),
    },
    ...(row.dash
      ? [
          {
            label: m.menu_dash(),
            hint: single('d'),
            run: () => void openDash(app, row.device, row.slot),
          },
        ]
      : []),
    { label: m.menu_copy(), run: () => void copy(app, plainText(row, today)) },
    { label: m.quiet(), run: () => (app.sheet = { kind: 'quiet', row }) },
    { label: row.muted ? m.menu_unmute() : m.menu_mute(), run: () => void mute(app, row, !row.muted) },
  );
  return items;
}
