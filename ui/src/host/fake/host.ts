// The household in the browser: the same commands as the engine, in memory, for tests and for work on the design.
// `?state=` chooses a situation: empty, first-run, many, loading, error, offline, newer-database, damaged-database,
// locked-database, missing-folder, learning, long-names, crash, sample, trial, quiet, shared. `?theme=`, `?text=`, `?density=`, `?lang=`, `?locale=` set settings.

import { troubleOf, HostError, type Host } from '../host';
import type { AwayView, Commands, Pace, Settings, Trouble, Update } from '../types';
import { linking } from './account';
import { bundling } from './bundle';
import { certifying } from './certification';
import { exchanging } from './exchange';
import { helping } from './desk';
import { addDevice, find, parse, preview, record, refuse, undo } from './changes';
import { quiet, share, shared, stocktake, takeStock, undoStocktake } from './care';
import { chart } from './chart';
import { dashSettings } from './dash';
import { NOW } from './days';
import { learning, many, odd, priya, type Household } from './household';
import { moving } from './moving';
import { Told } from './orders';
import { plan } from './plan';
import { registration } from './registration';
import { reporting } from './reports';
import { supporting } from './support';
import { mute, printers, templates } from './printers';
import { usage, usageChart } from './usage';
import { device, mark, run, slotView, stock, supplies, when } from './views';

type Answers = {
  [K in keyof Commands]: (
    args: Commands[K]['args'],
  ) => Commands[K]['answer'] | Promise<Commands[K]['answer']>;
};

const households: Record<string, () => Household> = {
  empty: () => ({ devices: [], slots: [], sample: false }),
  'first-run': () => ({ devices: [], slots: [], sample: false }),
  many,
  learning,
  shared: () => shared(priya()),
  'long-names': odd,
  sample: () => ({ ...priya(), sample: true }),
  trial: () => ({ ...priya(), sample: true }),
  quiet: () => {
    const home = priya();
    home.slots = home.slots.filter((slot) => !['Cyan ink', 'Filter'].includes(slot.name));
    return home;
  },
};

const closed: Record<string, Trouble> = {
  'newer-database': {
    code: 'database_too_new',
    detail: 'The household was written by version 9 of its layout; this program knows 1.',
    field: null,
  },
  'damaged-database': { code: 'database_damaged', detail: 'database disk image is malformed', field: null },
  'locked-database': {
    code: 'database_locked',
    detail: 'Another program has the household open.',
    field: null,
  },
  'missing-folder': {
    code: 'folder_missing',
    detail: '/media/priya/STICK/refill is not there. Plug its disk in, or open another household.',
    field: null,
  },
};

function settings(query: URLSearchParams, first: boolean): Settings {
  return {
    language: query.get('lang') ?? 'en',
    locale: query.get('locale') ?? 'en-GB',
    theme: query.get('theme') ?? 'system',
    density: query.get('density') ?? 'comfortable',
    text_size: Number(query.get('text') ?? 100),
    units: 'region',
    group: query.get('group') ?? 'urgency',
    amazon_country: query.get('amazon') ?? 'region',
    days_in_hand: 7,
    delivery_days: 5,
    poll_minutes: 30,
    polling: true,
    single_keys: true,
    notifications: true,
    notice_when: query.get('notices') ?? 'at_once',
    notice_hour: 9,
    quiet_hours: true,
    quiet_from: 21,
    quiet_until: 8,
    open_at_login: false,
    welcomed: !first,
  };
}

export function fakeHost(query: URLSearchParams): Host {
  const state = query.get('state') ?? '';
  let home = (households[state] ?? priya)();
  const told = new Told(query);
  home.told = told;
  let set = settings(query, state === 'first-run');
  let silent = state === 'offline' ? 1 : 0;
  let crash: string | null =
    state === 'crash'
      ? 'Refill 0.1.0 stopped on 20 Nov 2026 at 18:02.\nthread main, reading a printer: index out of range'
      : null;
  let shut = closed[state];
  let away: AwayView[] = [];
  let trial: Pace | null = state === 'trial' ? { day_seconds: 20, paused: false } : null;
  let paused: number | null = null;
  const hushed = new Set<string>();
  const listeners = new Set<(update: Update) => void>();
  const tell = (update: Update): void => listeners.forEach((fn) => fn(update));
  const changed = (): null => {
    queueMicrotask(() => tell({ kind: 'changed' }));
    return null;
  };
  const one = (id: string) =>
    home.devices.find((candidate) => candidate.id === id) ??
    refuse('device_unknown', 'This device was removed.');
  let search = 0;
  // A supply of the account that a supply of one's own may be the same as: `?attach=yes`, or `refused`.
  let attached = false;
  const ofTheAccount = [
    {
      slot: '019a5f00-0000-7000-8000-00000000c0de',
      name: 'Capsules',
      device_name: 'Brew One',
      same_product: false,
    },
  ];
  const dash = dashSettings(() => home, query, tell);
  const models = registration(query);
  const { stop: stopRehearsal, ...certification } = certifying(
    query,
    tell,
    (model) => models.model({ model }).dossier,
  );
  const files = moving(() => home, query, tell, changed);
  const account = linking(query, tell);
  const { waiting, ...support } = supporting(query, () => account.account({}).state.is === 'linked', tell);

  if (silent > 0)
    for (const printer of home.devices)
      if (printer.connection.kind === 'network')
        Object.assign(printer.connection, {
          answers: false,
          last_answer: NOW - 48 * 60_000,
          trouble: { code: 'unreachable', detail: 'Nothing answers at 192.168.1.24.', field: null },
        });

  const answers: Answers = {
    state: () =>
      shut
        ? { kind: 'closed', trouble: shut, path: '/home/priya/.local/share/refill/household.sqlite' }
        : {
            kind: 'ready',
            first_run: !set.welcomed && !trial,
            trial,
            crash,
            settings: set,
            system: navigator.language,
            version: '0.1.0',
          },
    supplies: () => {
      if (state === 'loading') return new Promise(() => undefined);
      if (state === 'error')
        refuse(
          'unexpected',
          'Something unexpected went wrong; nothing was changed. (database is malformed at page 12)',
        );
      return dash.marked(supplies(home, silent));
    },
    slot: ({ slot, lines }) => {
      const view = slotView(home, find(home, slot), lines);
      const attachable = query.get('attach') === null || attached ? [] : ofTheAccount;
      return { ...view, attachable, dash: dash.of(view.row.device) };
    },
    attach_slot: ({ to }) => {
      if (query.get('attach') === 'refused' || !ofTheAccount.some((mate) => mate.slot === to))
        refuse('bad_field', 'The two are measured in different ways.', 'to');
      attached = true;
      return changed();
    },
    removed_devices: () =>
      home.devices
        .filter((device) => device.removed)
        .map(({ id, name, kind }) => ({ id, name, kind, kept_until: NOW + 30 * 86_400_000 })),
    wipe_device: ({ device: id }) => {
      if (query.get('wipe') === 'refused') refuse('bad_field', 'The account still has it.', 'device');
      home.devices = home.devices.filter((device) => device.id !== id);
      return changed();
    },
    device: ({ device: id }) => ({
      ...device(home, one(id)),
      dash: dash.of(id),
      notices: !hushed.has(id),
    }),
    chart: ({ form }) => chart(find(home, form.slot), form),
    chart_file: ({ form, format }) =>
      format === 'png' ? 'iVBORw0KGgo=' : chart(find(home, form.slot), form).svg,
    usage: ({ form }) => {
      if (state === 'loading') return new Promise(() => undefined);
      if (state === 'error') refuse('unexpected', 'Something unexpected went wrong; nothing was changed.');
      return usage(home, form);
    },
    usage_chart: ({ form }) => usageChart(find(home, form.slot), form),
    preview: ({ form }) => preview(home, form),
    record: ({ form }) => {
      const done = record(home, form);
      changed();
      return done;
    },
    undo: ({ id, entry }) => {
      const slot = undoStocktake(home, entry);
      const done = slot ? { entry: id, slot, effect: null } : undo(home, entry);
      changed();
      return done;
    },
    answer_rise: ({ id, slot: slot_id, answer }) => {
      const slot = find(home, slot_id);
      const rise = slot.rise ?? refuse('entry_unknown', 'This was answered already.');
      slot.rise = null;
      slot.entries.unshift({
        id,
        at: NOW + 1,
        timed: true,
        what: { kind: 'replaced', from_shelf: false },
        own: true,
        undone: answer !== 'new',
        note: null,
        amended: false,
        level: 0,
        shelf: 0,
      });
      if (answer === 'glitch') slot.level = rise.from.milli;
      changed();
      return { entry: id, slot: slot_id, effect: null };
    },
    preview_rise: ({ slot: slot_id, answer }) => {
      const slot = find(home, slot_id);
      const { from, to } = slot.rise ?? refuse('entry_unknown', 'This was answered already.');
      const before = mark(slot);
      const left = answer === 'glitch' ? from : to;
      const after = { ...slot, level: left.milli };
      return {
        before,
        after: mark(after),
        left_before: to,
        left_after: left,
        spares_after: slot.pooled ? null : Math.round(stock(slot).shelf / 1000),
        when_before: null,
        when_after: when(after, left.milli),
        later_reading: null,
        effect: null,
      };
    },
    stocktake: () => stocktake(home),
    take_stock: ({ form }) => {
      const done = takeStock(home, form);
      changed();
      return done;
    },
    set_quiet: ({ slot, quiet: form }) => {
      quiet(find(home, slot), form);
      return changed();
    },
    set_rule: ({ slot, rule, delivery_days }) => {
      Object.assign(find(home, slot), { rule, delivery_days });
      return changed();
    },
    share_shelf: ({ slot, with: other }) => {
      share(home, find(home, slot), other);
      return changed();
    },
    what_if: ({ form }) => plan(slotView(home, find(home, form.slot), 1).row.next, form),
    away: () => away,
    add_away: ({ form }) => {
      if (form.last < form.first)
        return refuse('bad_date', 'The last day must be the first or a later one.', 'last');
      away = [...away.filter((kept) => kept.id !== form.id), { ...form, device_name: null }];
      return changed();
    },
    remove_away: ({ id }) => {
      away = away.filter((kept) => kept.id !== id);
      return changed();
    },
    templates: () => templates(),
    run: ({ slot, from, to }) => run(home, find(home, slot), from, to),
    open_household: ({ folder }) => {
      if (folder) return refuse('database_locked', 'The household in the browser is the only one.');
      shut = undefined;
      return answers.state({});
    },
    find_printers: () => {
      const mine = ++search;
      const found = query.get('printers') === 'none' ? [] : printers;
      found.forEach((printer, i) =>
        setTimeout(
          () =>
            mine === search &&
            tell({
              kind: 'found',
              printer: {
                ...printer,
                known:
                  home.devices.find(
                    (d) => d.connection.kind === 'network' && d.connection.address === printer.address,
                  )?.id ?? null,
              },
            }),
          60 * (i + 1),
        ),
      );
      if (query.get('printers') !== 'endless')
        setTimeout(
          () => mine === search && tell({ kind: 'search_ended', count: found.length }),
          60 * (found.length + 1),
        );
      return null;
    },
    stop_finding: () => {
      search += 1;
      return null;
    },
    probe: ({ address }) => {
      const text = address.trim();
      if (!/^[\w.:/[\]-]+$/.test(text)) refuse('bad_address', 'This is not an address.', 'address');
      if (text.includes('web'))
        refuse('not_a_printer', 'Something answers there, but it is not a printer.', 'address');
      return (
        [...printers, mute].find((printer) => text.includes(printer.host)) ??
        refuse('unreachable', `Nothing answered at ${text} within 10 seconds.`, 'address')
      );
    },
    add_device: ({ form }) => {
      const id = addDevice(home, form, [...printers, mute]);
      changed();
      return id;
    },
    rename_device: ({ device: id, name }) => {
      if (name.trim() === '') refuse('bad_field', 'The device needs a name.', 'name');
      one(id).name = name.trim();
      return changed();
    },
    move_device: ({ device: id, address }) => {
      if (!address.includes('192.168.1.24'))
        refuse(
          address.includes('192.168.1.31') ? 'other_device' : 'unreachable',
          `Nothing answered at ${address}.`,
          'address',
        );
      one(id).connection = { kind: 'network', address, answers: true, last_answer: NOW, trouble: null };
      return changed();
    },
    remove_device: ({ device: id }) => {
      one(id).removed = true;
      return changed();
    },
    restore_device: ({ device: id }) => {
      one(id).removed = false;
      return changed();
    },
    read_now: () => {
      if (query.get('still') === null) silent = 0;
      return changed();
    },
    set_slot: ({ slot: id, patch }) => {
      const slot = find(home, id);
      if (patch.name !== null)
        slot.name = patch.name.trim() || refuse('bad_field', 'The supply needs a name.', 'name');
      if (patch.low)
        [slot.low, slot.own_low] =
          patch.low.text.trim() === ''
            ? [(slot.capacity ?? 0) / 10, false]
            : [parse(patch.low, slot.unit, 'low', true), true];
      if (patch.capacity) slot.capacity = parse(patch.capacity, slot.unit, 'capacity');
      if (patch.pack) slot.pack = parse(patch.pack, slot.unit, 'pack');
      if (patch.muted !== null) slot.muted = patch.muted;
      return changed();
    },
    set_settings: ({ settings: next }) => {
      set = next;
      return null;
    },
    open_sample: () => {
      home = { ...priya(), sample: true };
      return changed();
    },
    remove_sample: () => {
      home = { devices: [], slots: [], sample: false };
      return changed();
    },
    import_look: ({ plan }) => files.look(plan),
    import_file: ({ plan, skip }) => files.run(plan, skip),
    restore_file: () => files.restore(),
    cancel_work: () => {
      stopRehearsal();
      return files.cancel();
    },
    ...account,
    ...bundling(query),
    ...helping(query, tell),
    ...support,
    account: () => ({ ...account.account({}), asks: waiting() }),
    ...dash.answers,
    notices: () => ({ paused_until: paused }),
    pause_notices: ({ on }) => {
      paused = on ? NOW + 22 * 3_600_000 : null;
      return changed();
    },
    set_device_notices: ({ device: id, on }) => {
      if (on) hushed.delete(id);
      else hushed.add(id);
      return changed();
    },
    orders: () => told.view(home, told.any || query.get('account') === 'linked'),
    answer_arrival: (args) => {
      told.answer(args);
      return changed();
    },
    ...reporting(query, tell),
    ...exchanging(models, query),
    ...certification,
    dismiss_crash: () => {
      crash = null;
      return null;
    },
  };

  async function asked<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (thrown) {
      throw thrown instanceof HostError ? thrown : new HostError(troubleOf(thrown));
    }
  }

  const host: Host & { saved: { name: string; content: string | Uint8Array }[] } = {
    saved: [],
    async call(command, args) {
      try {
        // As through a process boundary: nothing shared, and never in the same turn.
        return structuredClone(await answers[command](structuredClone(args)));
      } catch (thrown) {
        throw thrown instanceof HostError ? thrown : new HostError(troubleOf(thrown));
      }
    },
    listen(fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
    async saveFile(name, content) {
      host.saved.push({ name, content });
      return true;
    },
    showFile: async () => undefined,
    async openHousehold() {
      shut = undefined;
      return true;
    },
    exportModel: async () => ['dossier.json', 'dossier.html', 'discover-response.json', 'contact.txt'],
    exportData: (name) => asked(() => files.write(name)),
    backUp: (name) => asked(() => files.write(name)),
    chooseImport: () => files.chooseImport(),
    chooseBackup: () => asked(() => files.chooseBackup()),
    linkInBrowser: async (server) => void (await host.call('begin_link', { server })),
    openLinkAgain: async () => undefined,
    linkAlexa: async () => void (await host.call('link_alexa', {})),
    signInAtDesk: async (server) => void (await host.call('begin_desk', { server })),
    async startTrial() {
      home = { ...priya(), sample: true };
      trial = { day_seconds: 20, paused: false };
    },
    async pauseTrial(paused) {
      if (trial) trial = { ...trial, paused };
    },
    async endTrial() {
      home = { devices: [], slots: [], sample: false };
      trial = null;
    },
    openDash: (device, slot) => asked(() => dash.open(device, slot)),
    takePlace: async () => dash.take(),
    onPlace: (fn) => dash.onPlace(fn),
    platform: 'browser',
  };
  return host;
}
