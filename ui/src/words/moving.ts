// Export, import, backup and restore in words.

import type { Progress } from '../state/app.svelte';
import type { FileKind, Happened, Missing, Refusal, Role, RowView, Work } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';

export const kindName: Record<FileKind, () => string> = {
  refill: m.import_kind_refill,
  table: m.import_kind_table,
  grocy: m.import_kind_grocy,
  homebox: m.import_kind_homebox,
  home_assistant: m.import_kind_home_assistant,
};

export const roleName: Record<Role, () => string> = {
  none: m.role_none,
  date: m.role_date,
  time: m.role_time,
  device: m.role_device,
  supply: m.role_supply,
  what: m.role_what,
  amount: m.role_amount,
  unit: m.role_unit,
  packs: m.role_packs,
  price: m.role_price,
  currency: m.role_currency,
  shop: m.role_shop,
  note: m.role_note,
  id: m.role_id,
};

export const missingText: Record<Missing, () => string> = {
  date: m.missing_date,
  supply: m.missing_supply,
  amount: m.missing_amount,
  what: m.missing_what,
  dates: m.missing_dates,
};

export const happenedName: Record<Happened, () => string> = {
  level: m.happened_level,
  used: m.happened_used,
  bought: m.happened_bought,
  replaced: m.happened_replaced,
  counted: m.happened_counted,
};

export const refusalText: Record<Refusal, () => string> = {
  encoding: m.refusal_encoding,
  cells: m.refusal_cells,
  no_supply: m.refusal_no_supply,
  no_date: m.refusal_no_date,
  bad_date: m.refusal_bad_date,
  not_then: m.refusal_not_then,
  bad_what: m.refusal_bad_what,
  no_amount: m.refusal_no_amount,
  bad_amount: m.refusal_bad_amount,
  bad_unit: m.refusal_bad_unit,
  bad_packs: m.refusal_bad_packs,
  bad_price: m.refusal_bad_price,
  too_long: m.refusal_too_long,
  bad_shape: m.refusal_bad_shape,
  orphan: m.refusal_orphan,
  taken: m.refusal_taken,
};

const kinds: Record<string, () => string> = {
  level_read: m.kind_level_read,
  consumed: m.kind_consumed,
  replaced: m.kind_replaced,
  purchased: m.kind_purchased,
  received: m.kind_received,
  counted: m.kind_counted,
  voided: m.kind_voided,
};

/** What a row says that happened. */
export const rowWhat = (row: RowView): string => kinds[row.what]?.() ?? row.what;

const works: Record<Work, () => string> = {
  export: m.work_export,
  look: m.work_look,
  import: m.work_import,
  backup: m.work_backup,
  restore: m.work_restore,
  rehearsal: m.work_rehearsal,
};

/** How much of the work is done, 0 to 1; absent where nobody knows. */
export const share = ({ done, total }: Progress): number | null =>
  total === null || total === 0 ? null : Math.min(1, done / total);

/** "Importing, 42%". */
export function progressText(progress: Progress): string {
  const part = share(progress);
  const work = works[progress.work]();
  if (part === null) return work;
  const percent = fmt.amount({ milli: Math.floor(part * 100) * 1000, unit: 'PERCENT' });
  return m.work_percent({ work, percent });
}

/** "12,345". */
export const count = (number: number): string => fmt.number(number * 1000);
