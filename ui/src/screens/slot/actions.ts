// What can be done to a supply, the likeliest first: levels and lives are replaced, poured stock is bought.

import type { App } from '../../state/app.svelte';
import type { SupplyRow } from '../../host/types';
import { m } from '../../paraglide/messages';

export interface Action {
  id: 'rise' | 'replaced' | 'bought' | 'counted';
  label: string;
  run: () => void;
}

/** Which actions make sense, in order. The one the engine asks for comes first. */
export function order(row: Pick<SupplyRow, 'pooled' | 'sensor' | 'action' | 'next'>): Action['id'][] {
  // Poured stock that something measures is never replaced as a whole; what nobody measures is.
  const replaces = !row.pooled || row.sensor === 'none';
  const usual: Action['id'][] = row.pooled
    ? ['bought', ...(replaces ? (['replaced'] as const) : []), 'counted']
    : ['replaced', 'bought', 'counted'];
  const asked = row.next.kind === 'confirm_rise' || row.action === 'answer_rise' ? 'rise' : row.action;
  return asked ? [asked, ...usual.filter((id) => id !== asked)] : usual;
}

export function actionsFor(app: App, row: SupplyRow): Action[] {
  const { next } = row;
  return order(row).flatMap((id): Action[] => {
    switch (id) {
      case 'rise':
        return next.kind === 'confirm_rise'
          ? [{ id, label: m.action_rise(), run: () => (app.sheet = { kind: 'rise', row, rise: next.rise }) }]
          : [];
      case 'replaced':
        return [{ id, label: m.action_replaced(), run: () => (app.sheet = { kind: 'replaced', row }) }];
      case 'bought':
        return [{ id, label: m.action_bought(), run: () => (app.sheet = { kind: 'bought', row }) }];
      case 'counted':
        return [{ id, label: m.action_correct(), run: () => (app.sheet = { kind: 'counted', row }) }];
    }
  });
}
