// How much of the past charts show; kept while stepping from supply to supply.

export type Range = 'month' | 'three_months' | 'year';

export const chosen = $state<{ range: Range }>({ range: 'three_months' });
