// Access ends while a page is open: the customer takes it back, or its days are over. What was on the screen goes then.

import type { App } from '../../state/app.svelte';

/** Calls `ended` once access to a customer that was there is there no more. Called while a component is made. */
export function whileOpen(app: App, customer: () => string, ended: () => void): void {
  let held = '';
  $effect(() => {
    const of = customer();
    const open = app.cases.some((one) => one.customer === of && one.open);
    if (open) held = of;
    else if (held === of) {
      held = '';
      ended();
    }
  });
}
