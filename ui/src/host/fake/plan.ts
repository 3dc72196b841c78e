// What-if of the household in the browser: its usual day of use, stretched and squeezed day by day.

import { daysAfter } from '../../dialogs/draft';
import type { Next, WhatIfForm, WhatIfView } from '../types';
import { TODAY } from './days';

const LONGEST = 730;

export function plan(next: Next, form: WhatIfForm): WhatIfView {
  const before = next.kind === 'runs' ? next.when : next.kind === 'order_by' ? next.runs_out : null;
  if (!before) return { before: null, after: null, days_before: null, days_after: null };
  const people = form.people ?? 2;
  let rest = before.days;
  let days = 0;
  while (rest > 0 && days < LONGEST) {
    const day = daysAfter(TODAY, days);
    const gone =
      form.away_from !== null && form.away_to !== null && form.away_from <= day && day <= form.away_to;
    const guests = days < form.days ? form.guests / people : 0;
    rest -= gone ? 0 : (1 + guests) * (1 + form.devices);
    days += 1;
  }
  const likely = daysAfter(TODAY, days);
  const after = { ...before, days, likely };
  return { before, after, days_before: before.days, days_after: days };
}
