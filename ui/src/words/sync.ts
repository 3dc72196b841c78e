// Whether the printers answer, for the foot of the sidebar and the line above the list.

import type { SuppliesView } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';

/** Nothing that is read over the network answered at the last try. */
export const isOffline = ({ sync }: SuppliesView): boolean => sync.read > 0 && sync.silent >= sync.read;

/** "09:12" of today, else the day. */
const since = (at: number, today: string): { time: string; day: string | null } => {
  const day = fmt.dayOf(at);
  return { time: fmt.clock(at), day: day === today ? null : fmt.day(day) };
};

export function lastReading(view: SuppliesView): string {
  if (view.sync.last_reading === null) return m.kept_here();
  const { time, day } = since(view.sync.last_reading, view.today);
  return day ? m.last_reading_day({ day }) : m.last_reading({ time });
}

export function offlineSince(view: SuppliesView): string {
  if (view.sync.last_reading === null) return m.offline_never();
  const { time, day } = since(view.sync.last_reading, view.today);
  return m.offline_since({ time: day ?? time });
}
