// Dash settings of a device in words: why there is no link, and what became of the last visit.

import type { DashState, DashVisit, Marketplace } from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';

const countries: Record<Marketplace, () => string> = {
  US: m.country_US,
  UK: m.country_UK,
  DE: m.country_DE,
  FR: m.country_FR,
  IT: m.country_IT,
  ES: m.country_ES,
  JP: m.country_JP,
};

export const COUNTRIES = Object.keys(countries) as Marketplace[];

export const country = (of: Marketplace): string => countries[of]();

/** Why there is no link; null where there is one. */
export function whyNoDash(state: DashState): string | null {
  switch (state.is) {
    case 'available':
      return null;
    case 'not_certified':
      return m.dash_not_certified();
    case 'unknown_model':
      return m.dash_unknown();
    case 'not_linked':
      return m.dash_not_linked();
    case 'only_here':
      return m.dash_only_here();
    case 'country_not_offered':
      return m.dash_not_offered({
        country: country(state.country),
        offered: state.offered.map(country).join(', '),
      });
  }
}

/** What became of the last visit. That somebody came back says nothing. */
export function visitLine(visit: DashVisit, today: string): string {
  const on = fmt.dayOf(visit.opened);
  const day = on === today ? m.dash_today() : fmt.day(on);
  switch (visit.heard) {
    case 'changed':
      return m.dash_visit_changed({ day });
    case 'nothing':
      return m.dash_visit_nothing({ day });
    case 'not_told':
      return m.dash_visit_not_told({ day });
  }
}
