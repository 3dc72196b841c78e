// How much of the past charts show; kept while stepping from supply to supply.

import type { Range } from '../../host/types';

export const chosen = $state<{ range: Range }>({ range: 'three_months' });
