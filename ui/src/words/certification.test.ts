import { beforeAll, describe, expect, it } from 'vitest';
import type { CaseCount, CaseDetail, CaseRow, Verdicts } from '../host/types';
import { follow, setToday } from '../state/locale.svelte';
import { certificationSays, ranSays, stateSays } from './certification';

const AT = new Date(2026, 10, 20, 15, 42).getTime();

const verdicts = (count: Partial<CaseCount>, held_at: number | null = AT): Verdicts => ({
  cases: [],
  count: { passed: 0, failed: 0, person: 0, unjudged: 0, never: 0, ...count },
  held_at,
  market: 'UK',
  changed: false,
});

const row = (more: Partial<CaseRow>): CaseRow => ({
  case: 'order',
  code: '4',
  numbered: true,
  tests: 'Each slot at or below the threshold for three updates',
  expects: 'An order for the slot',
  state: 'failed',
  slots: 0,
  changed: false,
  ...more,
});

/** Dates hold together by spaces that don’t break. */
const plain = (text: string): string => text.replaceAll('\u{a0}', ' ');

beforeAll(() => {
  follow({ language: 'en', locale: 'en-GB', units: 'region' }, ['en-GB']);
  setToday('2026-11-21');
});

describe('the headline', () => {
  it('counts in words, what failed first, and never calls a case passed that is not', () => {
    const said = [
      verdicts({ failed: 1, passed: 5, person: 1, unjudged: 1 }),
      verdicts({ failed: 3, passed: 5 }),
      verdicts({ passed: 8 }),
      verdicts({ passed: 7, person: 1 }),
      verdicts({ unjudged: 8 }),
      verdicts({ passed: 1, never: 7 }),
      verdicts({ never: 8 }, null),
    ].map((of) => certificationSays(of, false));
    expect(said).toEqual([
      {
        title: 'One of eight cases fails',
        lead: 'Five pass, one needs a person, one can’t be judged. Nothing leaves this computer.',
      },
      { title: 'Three of eight cases fail', lead: 'Five pass. Nothing leaves this computer.' },
      { title: 'All eight cases pass', lead: 'Nothing leaves this computer.' },
      { title: 'Seven of eight cases pass', lead: 'One needs a person. Nothing leaves this computer.' },
      { title: 'No case passes yet', lead: 'Eight can’t be judged. Nothing leaves this computer.' },
      {
        title: 'One of eight cases passes',
        lead: 'Seven were not run. Nothing leaves this computer.',
      },
      {
        title: 'Not rehearsed yet',
        lead: 'Eight cases and five pre-checks, with a virtual device, within seconds. Nothing leaves this computer.',
      },
    ]);
    expect(certificationSays(null, true).title).toBe('Not tested with a real skill yet');
    expect(certificationSays(verdicts({ never: 8 }, null), true).title).toBe('No case is judged yet');
    expect(certificationSays(verdicts({ passed: 8 }), true)).toEqual({
      title: 'All eight cases pass',
      lead: '',
    });
  });
});

it('a case says how it stands and when it ran', () => {
  expect(stateSays(row({})).text).toBe('Failed');
  expect(stateSays(row({ slots: 1 })).text).toBe('Failed, 1 slot');
  expect(stateSays(row({ slots: 3 })).text).toBe('Failed, 3 slots');
  expect(stateSays(row({ state: 'unjudged' }))).toMatchObject({
    tone: 'is-unknown',
    text: 'Can’t be judged',
  });
  const detail: CaseDetail = {
    row: row({}),
    reasons: [],
    evidence: [],
    held_at: AT,
    took_ms: 1834,
    market: 'UK',
    asks: false,
  };
  expect(plain(ranSays(detail))).toBe('Run Fri 20 Nov, 15:42, took 1.8 s');
  expect(plain(ranSays({ ...detail, took_ms: null }))).toBe('Run Fri 20 Nov, 15:42');
  expect(ranSays({ ...detail, held_at: null })).toBe('');
});
