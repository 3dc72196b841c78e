import { expect, test } from 'vitest';
import type { WhatIfView } from '../host/types';
import { awayDays, moved, sooner } from './plan';

const told = (days_before: number | null, days_after: number | null): WhatIfView => ({
  before: null,
  after: null,
  days_before,
  days_after,
});

test.each([
  [12, 6, '6 days earlier', true],
  [12, 11, '1 day earlier', true],
  [12, 14, '2 days later', false],
  [12, 12, 'no difference', false],
  [null, 6, null, false],
  [12, null, null, false],
])('from %s to %s days is “%s”', (before, after, said, nearer) => {
  expect(moved(told(before, after))).toBe(said);
  expect(sooner(told(before, after))).toBe(nearer);
});

test('days away are a span, or one day', () => {
  expect(awayDays('2026-12-22', '2027-01-03')).toMatch(/^22\sDec(\s2026)? to 3\sJan(\s2027)?$/);
  expect(awayDays('2026-12-22', '2026-12-22')).toMatch(/22\sDec(\s2026)?$/);
});
