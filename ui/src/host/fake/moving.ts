// Export, import, backup and restore of the household in the browser: files are made up, and so is what stands in them.

import type { BackupView, ImportPlan, ImportView, Imported, Restored, Update, Written } from '../types';
import { refuse } from './changes';
import type { Household } from './household';
import { NOW } from './days';

type Tell = (update: Update) => void;

export interface Moving {
  look(plan: ImportPlan | null): Promise<ImportView>;
  run(plan: ImportPlan, skip: boolean): Promise<Imported>;
  restore(): Promise<Restored>;
  cancel(): null;
  chooseImport(): Promise<boolean>;
  chooseBackup(): Promise<BackupView | null>;
  write(name: string): Promise<Written | null>;
}

const guessed: ImportPlan = {
  columns: ['date', 'supply', 'what', 'amount', 'none'],
  dates: null,
  numbers: 'en-GB',
  what: null,
  undated: null,
  sent: [],
};

export function moving(
  home: () => Household,
  query: URLSearchParams,
  tell: Tell,
  changed: () => null,
): Moving {
  const file = query.get('file') ?? 'table';
  const slow = query.get('slow') !== null;
  let stop: (() => void) | null = null;
  let imported = false;

  /** Work that goes on until it is stopped, where `slow` asks for that. */
  async function work(kind: 'export' | 'look' | 'import' | 'backup' | 'restore'): Promise<void> {
    tell({ kind: 'progress', work: kind, done: 420, total: 1000 });
    if (!slow || kind === 'look') return;
    await new Promise<void>((resolve) => (stop = resolve));
    refuse('cancelled', 'Stopped. Nothing was changed.');
  }

  function table(plan: ImportPlan): ImportView {
    const soap = home().slots.find((slot) => slot.name.includes('detergent'));
    const names = ['Liquid detergent', 'Rinse aid', 'Unicorn dust'];
    const missing: ImportView['missing'] = [];
    for (const role of ['date', 'supply', 'amount'] as const)
      if (!plan.columns.includes(role)) missing.push(role);
    if (!plan.columns.includes('what') && plan.what === null) missing.push('what');
    if (plan.dates === null) missing.push('dates');
    const ready = missing.length === 0;
    const goes = names.map((name, i) => {
      const said = plan.sent.find((one) => one.name === name)?.goes;
      if (said) return said;
      return i === 0 && soap ? { kind: 'to' as const, slot: soap.id } : { kind: 'new' as const };
    });
    const added = imported ? 0 : 212;
    return {
      name: 'laundry-2026.csv',
      kind: 'table',
      encoding: 'windows-1252',
      plan,
      columns: [
        { header: 'Datum', examples: ['3/11/2026', '5/11/2026', '7/11/2026'] },
        { header: 'Produkt', examples: names },
        { header: 'Vorgang', examples: ['verbraucht', 'gekauft'] },
        { header: 'Menge', examples: ['70 ml', '1,5 l'] },
        { header: 'Wer', examples: ['Priya'] },
      ],
      names: names.map((name, i) => ({ name, rows: [180, 30, 8][i] ?? 0, goes: goes[i] ?? { kind: 'new' } })),
      missing,
      strokes: true,
      rows: 218,
      new: ready ? added : 0,
      known: ready ? 214 - added - 2 : 0,
      left_out: ready ? 2 : 0,
      refused: ready ? 4 : 0,
      devices: ready && !imported ? 1 : 0,
      slots: ready && !imported ? goes.filter((one) => one.kind === 'new').length : 0,
      settings: false,
      refusals: ready
        ? [
            { line: 14, why: 'bad_date', text: '31/02/2026' },
            { line: 57, why: 'encoding', text: '4/9/2026 Sp\ufffdli gekauft 2' },
            { line: 101, why: 'bad_unit', text: '3 kg' },
            { line: 215, why: 'bad_what', text: 'explodiert' },
          ]
        : [],
      sample: ready
        ? [
            ['consumed', 70_000] as const,
            ['purchased', 1_500_000] as const,
            ['counted', 640_000] as const,
          ].map(([what, milli], i) => ({
            line: i + 2,
            fate: imported ? ('known' as const) : ('new' as const),
            at: NOW - (18 - i * 2) * 86_400_000,
            supply: 'Washing machine / Liquid detergent',
            what,
            amount: { milli, unit: 'MILLILITER' as const },
          }))
        : [],
      stamp: '9182-0f',
    };
  }

  return {
    async look(plan) {
      await work('look');
      if (file === 'bad')
        refuse('bad_file', 'This is no text file. Choose a CSV file or an export of Refill.');
      return table(plan ?? guessed);
    },
    async run(plan, skip) {
      await work('import');
      const view = table(plan);
      if (view.refused > 0 && !skip) refuse('bad_file', 'Line 14 can’t be imported.');
      imported = true;
      changed();
      return {
        new: view.new,
        known: view.known,
        left_out: view.left_out,
        refused: view.refused,
        devices: view.devices,
        slots: view.slots,
      };
    },
    async restore() {
      await work('restore');
      changed();
      return {
        devices: 4,
        entries: 1204,
        before: '/home/priya/.local/share/refill/household.before-restore.db',
      };
    },
    cancel() {
      stop?.();
      return null;
    },
    chooseImport: () => Promise.resolve(file !== 'none'),
    chooseBackup() {
      if (file === 'none') return Promise.resolve(null);
      if (file === 'bad')
        refuse(
          'database_damaged',
          'This copy of a household is damaged. Nothing was changed; use another copy.',
        );
      const present = { devices: home().devices.length, entries: 1311, newest: NOW };
      const newest = NOW - 9 * 86_400_000;
      return Promise.resolve({
        name: 'refill-2026-11-12.refill',
        devices: 4,
        slots: 12,
        entries: 1204,
        newest,
        present,
      });
    },
    async write(name) {
      if (file === 'none') return null;
      await work(name.endsWith('.refill') ? 'backup' : 'export');
      return { name, entries: 1311, bytes: 402_113 };
    },
  };
}
