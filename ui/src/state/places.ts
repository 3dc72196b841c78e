// Where a link, a notice or the tray leads. It opens a place, at most a dialog there; nothing is recorded by it.

import type { Place } from '../host/types';
import { m } from '../paraglide/messages';
import type { App } from './app.svelte';

/** Goes to a place and says what is to be said of it. */
export async function goTo(app: App, place: Place): Promise<void> {
  if (place.to === 'nowhere') return;
  // A dialog in which something was typed stays: whoever opened the link can close it.
  if (app.sheet) return;
  let said: string | null = null;
  switch (place.to) {
    case 'slot':
      app.router.go({ name: 'slot', slot: place.slot });
      break;
    case 'bought': {
      await app.refresh();
      app.router.go({ name: 'slot', slot: place.slot });
      const row = app.row(place.slot);
      if (row) app.sheet = { kind: 'bought', row };
      break;
    }
    case 'device':
      app.router.go({ name: 'device', device: place.device });
      break;
    case 'slot_gone':
      app.router.go({ name: 'supplies' });
      said = m.link_slot_gone();
      break;
    case 'device_gone':
      app.router.go({ name: 'supplies' });
      said = m.link_device_gone();
      break;
    case 'account':
      app.router.go({ name: 'account' });
      break;
    case 'supplies':
      app.router.go({ name: 'supplies' });
      break;
    case 'back':
      app.router.go(
        place.slot ? { name: 'slot', slot: place.slot } : { name: 'device', device: place.device },
      );
      said = m.dash_back({ name: place.name });
      break;
  }
  app.arrive(said);
}
