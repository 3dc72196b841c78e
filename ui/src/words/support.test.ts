import { beforeAll, describe, expect, it } from 'vitest';
import type { Deed, TrailEntry } from '../host/types';
import { follow } from '../state/locale.svelte';
import { supportTrouble, trailText } from './support';

const entry = (deed: Deed): TrailEntry => ({ at: 0, who: 'Tom Hale', deed, case: null, reason: null });

beforeAll(() => follow({ language: 'en', locale: 'en-GB', units: 'region' }, ['en-GB']));

describe('what support did', () => {
  it('is a sentence of its own for everything there is', () => {
    expect(trailText(entry({ is: 'looked', parts: ['devices'] }))).toBe('Tom Hale looked at your devices.');
    expect(trailText(entry({ is: 'looked', parts: ['devices', 'orders', 'reports'] }))).toBe(
      'Tom Hale looked at your devices, your orders and your reports.',
    );
    const all = [
      ...(['asked', 'given', 'declined', 'withdrawn', 'closed', 'broke_glass', 'released'] as const),
      ...([
        'resumed',
        'described',
        'cancelled_tests',
        'took_away',
        'found',
        'not_done',
        'made_account',
        'other',
      ] as const),
    ].map((is) => trailText(entry({ is })));
    expect(new Set(all).size).toBe(all.length);
  });

  it('says what to do when an answer did not arrive', () => {
    expect(supportTrouble({ code: 'unreachable', detail: '', field: null })).toContain('try again later');
    expect(supportTrouble({ code: 'refused', detail: '', field: null })).toContain('answered already');
  });
});
