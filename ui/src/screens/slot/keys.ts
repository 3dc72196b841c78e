// Everything that can be done on the page of a supply, as keys and as a menu.

import type { MenuItem } from '../../components/Menu.svelte';
import type { Range, SlotView } from '../../host/types';
import { m } from '../../paraglide/messages';
import { copy, mute } from '../../state/actions';
import type { App } from '../../state/app.svelte';
import type { Command } from '../../state/keys.svelte';
import { plainText } from '../../words/supply';
import type { Action } from './actions';

/** What the page can do when asked. */
export interface Doings {
  /** To the neighbour in list order. */
  step: (to: 'previous' | 'next') => void;
  reaches: (to: 'previous' | 'next') => boolean;
  act: (id: Action['id']) => Action | undefined;
  range: (to: Range) => void;
  /** Between picture and table. */
  turn: () => void;
  save: (format: 'png' | 'svg') => void;
  /** Opens what-if. */
  plan: () => void;
  /** Opens its device's Dash settings; absent where there is no link. */
  dash: () => (() => void) | undefined;
}

export function keysOf(app: App, doings: Doings): Command[] {
  const record = (id: Action['id'], key: string, label: () => string): Command => ({
    id: `slot-${id}`,
    keys: [key],
    label,
    group: 'record',
    run: () => doings.act(id)?.run(),
    when: () => doings.act(id) !== undefined,
  });
  const step = (to: 'previous' | 'next', keys: string[], label: () => string): Command => ({
    id: `slot-${to}`,
    keys,
    label,
    group: 'move',
    run: () => doings.step(to),
    when: () => doings.reaches(to),
  });
  const view = (id: string, key: string, label: () => string, run: () => void): Command => ({
    id: `slot-${id}`,
    keys: [key],
    label,
    group: 'app',
    run,
  });
  const back: Command = {
    id: 'slot-back',
    keys: ['Escape'],
    label: m.back_to_supplies,
    group: 'move',
    hidden: true,
    run: () => app.router.back(),
  };
  return [
    back,
    step('next', ['ArrowDown', 'j'], m.slot_next),
    step('previous', ['ArrowUp', 'k'], m.slot_previous),
    record('bought', 'b', m.action_bought),
    record('replaced', 'r', m.action_replaced),
    record('counted', 'c', m.action_correct),
    view('month', 'm', m.range_month, () => doings.range('month')),
    view('three-months', '3', m.range_three_months, () => doings.range('three_months')),
    view('year', 'y', m.range_year, () => doings.range('year')),
    view('plan', 'w', m.whatif, doings.plan),
    {
      id: 'slot-dash',
      keys: ['d'],
      label: m.key_dash,
      group: 'app',
      run: () => doings.dash()?.(),
      when: () => doings.dash() !== undefined,
    },
    view('table', 't', m.chart_as_table, doings.turn),
    view('save', 'Mod+s', m.chart_save_png, () => doings.save('png')),
    view('print', 'Mod+p', m.print, () => window.print()),
  ];
}

const KEYS = { replaced: 'r', bought: 'b', counted: 'c', rise: '' };

export function menuOf(
  app: App,
  view: SlotView,
  actions: readonly Action[],
  table: boolean,
  doings: Doings,
): MenuItem[] {
  const single = (key: string) => (key !== '' && app.settings?.single_keys ? app.keys.say(key) : undefined);
  const { row } = view;
  return [
    ...actions.map(({ id, label, run }) => ({ label, hint: single(KEYS[id]), run })),
    {
      label: table ? m.chart_as_picture() : m.chart_as_table(),
      hint: single('t'),
      run: doings.turn,
      apart: true,
    },
    { label: m.chart_save_png(), hint: app.keys.say('Mod+s'), run: () => doings.save('png') },
    { label: m.chart_save_svg(), run: () => doings.save('svg') },
    { label: m.print(), hint: app.keys.say('Mod+p'), run: () => window.print() },
    { label: m.whatif(), hint: single('w'), run: doings.plan },
    ...(view.dash.state.is === 'available'
      ? [{ label: m.menu_dash(), hint: single('d'), run: () => doings.dash()?.() }]
      : []),
    { label: m.copy_text(), run: () => void copy(app, plainText(row, view.today)), apart: true },
    { label: m.quiet(), run: () => (app.sheet = { kind: 'quiet', row }) },
    { label: row.muted ? m.unmute() : m.mute(), run: () => void mute(app, row, !row.muted) },
  ];
}
