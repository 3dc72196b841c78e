// What support did, in words for its customer.

import type { Looked, TrailEntry, Trouble } from '../host/types';
import { m } from '../paraglide/messages';
import { locale } from '../state/locale.svelte';
import { troubleText } from './trouble';

const PARTS: Record<Looked, () => string> = {
  devices: m.support_part_devices,
  entries: m.support_part_entries,
  orders: m.support_part_orders,
  reports: m.support_part_reports,
  links: m.support_part_links,
  notices: m.support_part_notices,
};

/** "your devices and your reports", or in the words of whoever looked. */
export function partsText(parts: Looked[], words = PARTS): string {
  const list = new Intl.ListFormat(locale.language === 'en' ? 'en-GB' : 'de-DE');
  return list.format(parts.map((part) => words[part]()));
}

/** "Tom Hale looked at your devices and your reports". */
export function trailText({ who, deed }: TrailEntry): string {
  switch (deed.is) {
    case 'looked':
      return m.support_looked({ who, parts: partsText(deed.parts) });
    case 'found':
      return m.support_did_find({ who });
    case 'asked':
      return m.support_did_ask({ who });
    case 'given':
      return m.support_did_give();
    case 'declined':
      return m.support_did_decline();
    case 'withdrawn':
      return m.support_did_withdraw();
    case 'closed':
      return m.support_did_close({ who });
    case 'broke_glass':
      return m.support_did_break({ who });
    case 'released':
      return m.support_did_release({ who });
    case 'resumed':
      return m.support_did_resume({ who });
    case 'described':
      return m.support_did_describe({ who });
    case 'cancelled_tests':
      return m.support_did_cancel({ who });
    case 'took_away':
      return m.support_did_take({ who });
    case 'not_done':
      return m.support_did_not({ who });
    case 'made_account':
      return m.support_did_account({ who });
    case 'other':
      return m.support_did_other({ who });
  }
}

/** Why an answer did not arrive. */
export function supportTrouble(trouble: Trouble): string {
  if (trouble.code === 'unreachable') return m.support_trouble_away();
  if (trouble.code === 'refused') return m.support_trouble_late();
  return troubleText(trouble);
}
