// Dash settings of a household in the browser: with `?account=linked` the coffee machine has a link, the washing machine
// is not certified, the vacuum only elsewhere, and printers are only here. `?visit=nothing|changed|not_told` had them
// opened two days ago; `?back=none` has no way back. `?place=` is a place as JSON that a link leads to at the start.

import type { Commands, DashState, DashView, DashVisit, Place, SlotId, SuppliesView, Update } from '../types';
import { refuse } from './changes';
import { NOW } from './days';
import type { Household } from './household';

type Name = 'open_dash' | 'dash_for_phone' | 'dash_devices' | 'open_link';
type Answers = { [C in Name]: (args: Commands[C]['args']) => Commands[C]['answer'] };

interface Dash {
  answers: Answers;
  of: (device: string) => DashView;
  marked: (view: SuppliesView) => SuppliesView;
  open: (device: string, slot: SlotId | null) => Promise<boolean>;
  take: () => Place | null;
  onPlace: (fn: () => void) => () => void;
}

export function dashSettings(
  home: () => Household,
  query: URLSearchParams,
  tell: (update: Update) => void,
): Dash {
  const linked = ['linked', 'memory', 'offline', 'ended'].includes(query.get('account') ?? '');
  const returns = query.get('back') !== 'none';
  const heard = query.get('visit') as DashVisit['heard'] | null;
  const visits = new Map<string, DashVisit>();
  const waiting: Place[] = query.has('place') ? [JSON.parse(query.get('place') ?? 'null') as Place] : [];
  const asked = new Set<() => void>();

  function state(id: string): DashState {
    if (!linked) return { is: 'not_linked' };
    switch (home().devices.find((device) => device.id === id)?.kind) {
      case 'coffee_machine':
        return { is: 'available', country: 'UK', returns };
      case 'washing_machine':
        return { is: 'not_certified' };
      case 'vacuum':
        return { is: 'country_not_offered', country: 'UK', offered: ['US', 'DE', 'JP'] };
      case 'printer':
        return { is: 'only_here' };
      default:
        return { is: 'unknown_model' };
    }
  }
  const of = (id: string): DashView => {
    const now = state(id);
    const before: DashVisit | null = heard
      ? { opened: NOW - 2 * 86_400_000, returned: NOW - 2 * 86_400_000 + 180_000, heard }
      : null;
    return { state: now, visit: visits.get(id) ?? (now.is === 'available' ? before : null) };
  };
  const available = (id: string): string =>
    of(id).state.is === 'available' ? id : refuse('bad_field', 'This device has no Dash settings.', 'device');
  const path = 'drs/partner/page/settings?vendorCode=LARKF&modelId=Brewster_2&settings=true';
  const answers: Answers = {
    open_dash: ({ device }) => {
      visits.set(available(device), { opened: NOW, returned: null, heard: 'not_told' });
      queueMicrotask(() => tell({ kind: 'changed' }));
      return { url: `https://drs-web-eu.amazon.co.uk/${path}`, returns };
    },
    dash_for_phone: ({ device }) => {
      available(device);
      return `https://alexa.amazon.com/spa/index.html#v2/${path}`;
    },
    dash_devices: () =>
      home()
        .devices.filter(
          (device) => !device.removed && !['not_linked', 'only_here'].includes(state(device.id).is),
        )
        .map(({ id, name, kind }) => ({ id, name, kind, dash: of(id) })),
    open_link: ({ link }) => {
      const place: Place = link.startsWith('refill://slot/') ? { to: 'slot_gone' } : { to: 'nowhere' };
      return place;
    },
  };
  return {
    answers,
    of,
    marked: (view) => ({
      ...view,
      rows: view.rows.map((row) => ({ ...row, dash: state(row.device).is === 'available' })),
    }),
    open: async (device, slot) => answers.open_dash({ device, slot }).returns,
    take: () => waiting.shift() ?? null,
    onPlace: (fn) => {
      asked.add(fn);
      return () => asked.delete(fn);
    },
  };
}
