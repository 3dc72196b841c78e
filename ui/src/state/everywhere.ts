// The keys that work in every place.

import { m } from '../paraglide/messages';
import type { App } from './app.svelte';
import { away, desks } from './desks';
import type { Command } from './keys.svelte';

/** Moves focus to the next region of the window (sidebar, content, inspector). */
function region(by: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (one) => one.offsetParent !== null || one.getClientRects().length > 0,
  );
  const at = all.findIndex((one) => one.contains(document.activeElement));
  const next = all[(at + by + all.length) % all.length];
  const wanted =
    next?.querySelector<HTMLElement>('[aria-current], a[tabindex="0"]') ??
    next?.querySelector<HTMLElement>('button, input, select, a');
  (wanted ?? next)?.focus();
}

export function everywhere(app: App): Command[] {
  const size = (by: number) => () => {
    const now = app.settings?.text_size ?? 100;
    void app.set({ text_size: by === 0 ? 100 : Math.min(200, Math.max(90, now + by)) });
  };
  const framed = () => app.ready !== null && app.router.route.name !== 'welcome';
  // The desks have places of their own.
  const home = () => !away(app);
  return [
    {
      id: 'go_supplies',
      keys: ['Mod+1'],
      label: m.key_supplies,
      group: 'app',
      run: () => app.router.go({ name: 'supplies' }),
      when: framed,
      keyed: home,
    },
    {
      id: 'go_orders',
      keys: ['Mod+2'],
      label: m.key_orders,
      group: 'app',
      run: () => app.router.go({ name: 'orders' }),
      when: framed,
      keyed: home,
    },
    {
      id: 'go_reports',
      keys: ['Mod+3'],
      label: m.key_reports,
      group: 'app',
      run: () => app.router.go({ name: 'reports' }),
      when: framed,
      keyed: home,
    },
    {
      id: 'go_account',
      keys: ['Mod+4'],
      label: m.key_account,
      group: 'app',
      run: () => app.router.go({ name: 'account' }),
      when: framed,
      keyed: home,
    },
    {
      id: 'go_use',
      keys: ['Mod+5'],
      label: m.key_use,
      group: 'app',
      run: () => app.router.go({ name: 'use' }),
      when: framed,
      keyed: home,
    },
    {
      id: 'go_settings',
      keys: ['Mod+,'],
      label: m.key_settings,
      group: 'app',
      run: () => app.router.go({ name: 'settings' }),
      when: framed,
    },
    {
      id: 'add',
      keys: ['Mod+n'],
      label: m.key_add,
      group: 'app',
      run: () => (app.sheet = { kind: 'add_device' }),
      when: () => app.ready !== null,
    },
    {
      id: 'stocktake',
      keys: [],
      label: m.key_stocktake,
      group: 'record',
      run: () => app.router.go({ name: 'stocktake' }),
      when: () => framed() && (app.supplies?.rows.length ?? 0) > 0,
    },
    {
      id: 'find_printers',
      keys: [],
      label: m.key_find_printers,
      group: 'app',
      run: () => (app.sheet = { kind: 'add_device', find: true }),
      when: () => app.ready !== null,
    },
    {
      id: 'commands',
      keys: ['Mod+k'],
      label: m.key_commands,
      group: 'app',
      run: () => (app.sheet = { kind: 'commands' }),
      when: framed,
    },
    { id: 'keys', keys: ['?'], label: m.key_keys, group: 'app', run: () => (app.sheet = { kind: 'keys' }) },
    {
      id: 'undo',
      keys: ['Mod+z'],
      label: m.key_undo,
      group: 'record',
      run: () => void app.undoLast((text) => m.undone({ text })),
      when: () => app.undo.possible,
    },
    { id: 'region', keys: ['F6'], label: m.key_region, group: 'move', run: () => region(1), hidden: true },
    {
      id: 'region_back',
      keys: ['Shift+F6'],
      label: m.key_region_back,
      group: 'move',
      run: () => region(-1),
      hidden: true,
    },
    {
      id: 'back',
      keys: ['Escape'],
      label: m.key_back,
      group: 'move',
      run: () => app.router.back(),
      hidden: true,
      when: () => framed() && app.router.route.name !== 'supplies',
    },
    { id: 'bigger', keys: ['Mod++', 'Mod+='], label: m.key_bigger, group: 'app', run: size(10) },
    { id: 'smaller', keys: ['Mod+-'], label: m.key_smaller, group: 'app', run: size(-10) },
    { id: 'text_reset', keys: ['Mod+0'], label: m.key_text_reset, group: 'app', run: size(0) },
    {
      id: 'theme',
      keys: [],
      label: m.key_theme,
      group: 'app',
      run: () => void app.set({ theme: dark(app) ? 'light' : 'dark' }),
    },
    ...desks(app),
  ];
}

const dark = (app: App): boolean =>
  app.settings?.theme === 'dark' ||
  (app.settings?.theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
