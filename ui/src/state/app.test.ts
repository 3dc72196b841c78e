import { describe, expect, it, vi } from 'vitest';
import { HostError, type Host } from '../host/host';
import { fakeHost } from '../host/fake/host';
import { newId } from '../host/id';
import { App } from './app.svelte';
import { PrinterSearch } from './printers.svelte';
import { Router } from './router.svelte';

const start = async (query = '', change: Partial<Host> = {}) => {
  const app = new App({ ...fakeHost(new URLSearchParams(query)), ...change });
  await app.start();
  return app;
};

describe('the app', () => {
  it('opens a household with its supplies', async () => {
    const app = await start();
    expect(app.ready?.kind).toBe('ready');
    expect(app.supplies?.rows[0]?.name).toBe('Cyan ink');
    expect(app.router.route.name).toBe('supplies');
    app.stop();
  });

  it('begins with the welcome on the first run', async () => {
    const app = await start('state=first-run');
    expect(app.router.route.name).toBe('welcome');
    app.stop();
  });

  it('shows a household that cannot be opened, and opens another', async () => {
    const app = await start('state=newer-database');
    expect(app.closed?.trouble.code).toBe('database_too_new');
    await app.openHousehold();
    expect(app.closed).toBeNull();
    expect(app.supplies?.rows).toHaveLength(9);
    app.stop();
  });

  it('opens the household of this computer when the chosen one is not there', async () => {
    const app = await start('state=missing-folder');
    expect(app.closed?.trouble.code).toBe('folder_missing');
    await app.openUsual();
    expect(app.closed).toBeNull();
    expect(app.supplies?.rows).toHaveLength(9);
    app.stop();
  });

  it('asks again when something changed, and undoes what was recorded', async () => {
    const app = await start();
    const slot = app.supplies?.rows.find((row) => row.name === 'Cyan ink')?.slot ?? '';
    const recorded = await app.host.call('record', {
      form: {
        id: newId(),
        slot,
        on: null,
        note: null,
        amends: null,
        what: { kind: 'replaced', from_shelf: true },
      },
    });
    app.recorded(recorded, 'Replaced.');
    await vi.waitFor(() => expect(app.row(slot)?.left?.milli).toBe(100_000));
    expect(app.row(slot)?.section).not.toBe('needs_you');
    await app.undoLast((text) => `Undone: ${text}`);
    await vi.waitFor(() => expect(app.row(slot)?.left?.milli).toBe(2000));
    expect(app.spoken).toBe('Undone: Replaced.');
    app.stop();
  });

  it('takes a setting back when the engine refuses it', async () => {
    const app = await start();
    await app.set({ theme: 'dark', text_size: 150 });
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(document.documentElement.style.fontSize).toBe('150%');
    const refusing = await start('', {
      call: async (command, args) =>
        command === 'set_settings'
          ? Promise.reject(new HostError({ code: 'disk_full', detail: '', field: null }))
          : app.host.call(command, args),
    });
    await refusing.set({ theme: 'light' });
    expect(refusing.settings?.theme).toBe('dark');
    expect(refusing.trouble?.code).toBe('disk_full');
    app.stop();
    refusing.stop();
  });

  it('drops an answer that was overtaken', async () => {
    const app = await start();
    const full = app.supplies;
    let release: (() => void) | undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    let first = true;
    const call = app.host.call.bind(app.host);
    app.host.call = (async (command: 'supplies', args: object) => {
      const mine = first;
      first = false;
      if (mine) await slow;
      const view = await call(command, args);
      return mine ? { ...view, rows: [] } : view;
    }) as Host['call'];
    const early = app.refresh();
    await app.refresh();
    release?.();
    await early;
    expect(app.supplies?.rows).toHaveLength(full?.rows.length ?? 0);
    app.stop();
  });
});

describe('the search for printers', () => {
  it('collects answers until it ends, and adds one once', async () => {
    const host = fakeHost(new URLSearchParams('state=empty'));
    const search = new PrinterSearch(host);
    await search.start();
    await vi.waitFor(() => expect(search.state).toBe('ended'));
    expect(search.found.map((printer) => printer.name)).toEqual(['InkWell 640', 'LaserDesk 200']);
    const [first] = search.found;
    if (!first) throw new Error('nothing was found');
    const [one, two] = await Promise.all([search.add(first), search.add(first)]);
    expect([one, two]).toEqual([true, false]);
    expect(search.found[0]?.known).toBeTruthy();
    expect((await host.call('supplies', {})).rows).toHaveLength(4);
    search.stop();
  });
});

describe('places', () => {
  it('go back the way they came', () => {
    const router = new Router();
    router.go({ name: 'settings' });
    router.go({ name: 'settings' });
    router.go({ name: 'account' });
    router.back();
    expect(router.route.name).toBe('settings');
    router.back();
    router.back();
    expect(router.route.name).toBe('supplies');
  });
});
