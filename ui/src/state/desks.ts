// The places of the support desk and of registration, in the order of their sidebars, with the digit that leads to each.

import { m } from '../paraglide/messages';
import type { App } from './app.svelte';
import type { Command } from './keys.svelte';
import type { Route } from './router.svelte';

interface Stop {
  label: string;
  route: Route;
}

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Whether the person is at the support desk or in registration, where the digits are not the household's. */
export const away = (app: App): boolean => stops(app) !== null;

/** The places of where the person is; none in the household. */
function stops(app: App): Stop[] | null {
  const { name } = app.router.route;
  if (name === 'registration') {
    const models = (app.registration.models?.models ?? []).filter((line) => !line.unreadable);
    return [
      { label: m.reg_models(), route: { name, model: null } },
      ...models.map((line) => ({
        label: line.name || m.reg_unnamed(),
        route: { name, model: line.model },
      })),
    ];
  }
  if (!name.startsWith('desk_')) return null;
  return [
    { label: m.desk_find(), route: { name: 'desk_find' } },
    { label: m.desk_audit(), route: { name: 'desk_audit' } },
    { label: m.desk_file(), route: { name: 'desk_file' } },
    ...app.cases
      .filter((one) => one.open)
      .map((one): Stop => ({ label: one.who, route: { name: 'desk_customer', customer: one.customer } })),
  ];
}

/** Ctrl 1 to Ctrl 9 at the desks. */
export function desks(app: App): Command[] {
  return DIGITS.map((digit): Command => {
    const stop = () => stops(app)?.[digit - 1];
    const there = () => stop() !== undefined;
    return {
      id: `desk_${digit}`,
      keys: [`Mod+${digit}`],
      label: () => stop()?.label ?? '',
      group: 'app',
      run: () => {
        const to = stop();
        if (to) app.router.go(to.route);
      },
      when: there,
      keyed: there,
    };
  });
}
