// What went wrong, one sentence per code; what to do is in it. Never a code alone.

import type { Code, Trouble } from '../host/types';
import { m } from '../paraglide/messages';

const sentences: Record<Code, () => string> = {
  bad_amount: m.trouble_bad_amount,
  bad_date: m.trouble_bad_date,
  bad_field: m.trouble_bad_field,
  slot_unknown: m.trouble_slot_unknown,
  device_unknown: m.trouble_device_unknown,
  entry_unknown: m.trouble_entry_unknown,
  order_unknown: m.trouble_order_unknown,
  bad_address: m.trouble_bad_address,
  unreachable: m.trouble_unreachable,
  timed_out: m.trouble_timed_out,
  not_a_printer: m.trouble_not_a_printer,
  bad_answer: m.trouble_bad_answer,
  other_device: m.trouble_other_device,
  bad_certificate: m.trouble_bad_certificate,
  refused: m.trouble_refused,
  database_too_new: m.trouble_database_too_new,
  database_damaged: m.trouble_database_damaged,
  database_locked: m.trouble_database_locked,
  folder_missing: m.trouble_folder_missing,
  disk_full: m.trouble_disk_full,
  bad_file: m.trouble_bad_file,
  cancelled: m.trouble_cancelled,
  unexpected: m.trouble_unexpected,
};

export const troubleText = (trouble: Trouble): string => sentences[trouble.code]();

/** The details help somebody else to find the cause; for what the person can mend they are noise. */
export const hasDetails = (trouble: Trouble): boolean =>
  ['unexpected', 'bad_answer', 'refused', 'database_damaged', 'bad_file'].includes(trouble.code);
