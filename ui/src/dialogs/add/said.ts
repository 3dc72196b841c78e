// What the first step says about a printer, and why one did not answer.

import type { FoundPrinter, Trouble } from '../../host/types';
import { m } from '../../paraglide/messages';
import { troubleText } from '../../words/trouble';

/** "Study, 192.168.1.24". */
export function placeLine(printer: FoundPrinter): string {
  return printer.location ? m.add_place({ location: printer.location, host: printer.host }) : printer.host;
}

/** "4 inks", "answers, reports no levels", "already here". */
export function foundLine(printer: FoundPrinter): string {
  const count = printer.supplies.length;
  if (printer.known !== null) return m.add_known();
  if (count === 0) return m.add_no_levels();
  if (printer.supplies.every((one) => one.supply === 'ink')) return m.add_inks({ count });
  if (printer.supplies.every((one) => one.supply === 'toner')) return m.add_toners({ count });
  return m.add_supplies_count({ count });
}

/** What was tried and what to do, for an address. */
export function probeTrouble(trouble: Trouble, address: string): string {
  if (address === '') return trouble.code === 'refused' ? m.add_not_allowed() : troubleText(trouble);
  switch (trouble.code) {
    case 'bad_address':
      return m.refused_address();
    case 'unreachable':
      return m.add_unreachable({ address });
    case 'timed_out':
      return m.add_timed_out({ address });
    case 'not_a_printer':
      return m.add_not_a_printer({ address });
    case 'bad_answer':
      return m.add_bad_answer({ address });
    case 'refused':
      return m.add_refused({ address });
    default:
      return troubleText(trouble);
  }
}
