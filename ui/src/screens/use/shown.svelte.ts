// What the Use screen shows, kept while the person goes elsewhere and comes back.

import type { By, SlotId } from '../../host/types';

export const shown = $state<{ by: By; slot: SlotId | null }>({ by: 'week', slot: null });
