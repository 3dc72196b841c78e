// Where the person is, and the way back.

import type { EndpointId, SlotId } from '../host/types';

export type Route =
  | { name: 'welcome' }
  | { name: 'supplies' }
  | { name: 'slot'; slot: SlotId }
  | { name: 'device'; device: EndpointId }
  | { name: 'use' }
  | { name: 'orders' }
  | { name: 'reports' }
  | { name: 'account' }
  | { name: 'desk_find' }
  | { name: 'desk_customer'; customer: string }
  | { name: 'desk_supply'; customer: string; slot: SlotId }
  | { name: 'desk_audit' }
  | { name: 'desk_file' }
  | { name: 'stocktake' }
  | { name: 'registration'; model: string | null }
  | { name: 'settings' }
  | { name: 'import' }
  | { name: 'summary' };

export class Router {
  route = $state.raw<Route>({ name: 'supplies' });
  #trail: Route[] = [];

  /** Goes to a place; going where one already is leaves no trail. */
  go(route: Route): void {
    if (JSON.stringify(route) === JSON.stringify(this.route)) return;
    this.#trail.push(this.route);
    if (this.#trail.length > 50) this.#trail.shift();
    this.route = route;
  }

  /** Goes on without a way back to here: a neighbour in a list, or something that is gone. */
  replace(route: Route): void {
    this.route = route;
  }

  back(): void {
    this.route = this.#trail.pop() ?? { name: 'supplies' };
  }
}
