import { expect, it } from 'vitest';
import type { SupplyRow } from '../../host/types';
import { order } from './actions';

const row = (change: Partial<SupplyRow>) => ({ pooled: false, sensor: 'level', action: null, next: { kind: 'learning' }, ...change }) as SupplyRow;

it('levels and lives are replaced first', () => {
  expect(order(row({}))).toEqual(['replaced', 'bought', 'counted']);
  expect(order(row({ sensor: 'level_usage' }))).toEqual(['replaced', 'bought', 'counted']);
});

it('poured stock is bought, and only replaced when nothing measures it', () => {
  expect(order(row({ pooled: true, sensor: 'usage' }))).toEqual(['bought', 'counted']);
  expect(order(row({ pooled: true, sensor: 'none' }))).toEqual(['bought', 'replaced', 'counted']);
});

it('what is asked for comes first', () => {
  expect(order(row({ action: 'bought' }))).toEqual(['bought', 'replaced', 'counted']);
  expect(order(row({ next: { kind: 'confirm_rise' } as SupplyRow['next'] }))).toEqual(['rise', 'replaced', 'bought', 'counted']);
});
