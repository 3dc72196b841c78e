import { beforeEach, describe, expect, it } from 'vitest';
import type { UsageSlot, UsageView, Used } from '../host/types';
import { follow } from '../state/locale.svelte';
import { costOf, costs, mean, money, title, under, used } from './use';

const gbp = (milli: number) => ({ milli, currency: 'GBP' });
const eur = (milli: number) => ({ milli, currency: 'EUR' });
const one = (more: Partial<Used> = {}): Used => ({
  amount: { milli: 14_000, unit: 'COUNT' },
  observed_days: 7,
  days: 7,
  whole: true,
  cost: [],
  unpriced: null,
  ...more,
});
const span = (running: boolean) => ({ first: '2026-11-16', last: '2026-11-22', running });
const view = (cost: UsageView['cost']['total'], by: UsageView['by'] = 'week'): UsageView => ({
  at: 0,
  today: '2026-11-21',
  by,
  spans: [span(false), span(true)],
  devices: [],
  cost: { each: [], total: cost },
});
const slot = (of: UsageSlot['mean']) => ({ mean: of }) as UsageSlot;

describe('use over time', () => {
  beforeEach(() => follow({ language: 'en', locale: 'en-GB', units: 'region' }, []));

  it('never adds currencies', () => {
    expect(money([])).toBe('');
    expect(money([gbp(8500)])).toBe('£8.50');
    expect(money([gbp(8500), eur(3000)])).toBe('£8.50 and €3.00');
    expect(money([gbp(8500), eur(3000), { milli: 1000, currency: 'USD' }])).toBe('£8.50, €3.00 and US$1.00');
  });

  it('says what is not known of an amount', () => {
    expect(used(span(false), one())).toBe('14');
    expect(used(span(true), one({ whole: false }))).toBe('14 so far');
    expect(used(span(false), one({ whole: false, observed_days: 4 }))).toBe('14, 4 of 7 days');
    expect(used(span(true), one({ amount: null }))).toBe('Not known');
    expect(used(undefined, undefined)).toBe('Not known');
  });

  it('says which part has no price', () => {
    expect(costOf(one())).toBe('');
    expect(costOf(one({ cost: [gbp(8500)] }))).toBe('£8.50');
    expect(costOf(one({ cost: [gbp(8500)], unpriced: { milli: 3000, unit: 'COUNT' } }))).toBe(
      '£8.50, 3 without a price',
    );
    expect(costs({ sums: [], incomplete: true })).toBe('');
    expect(costs({ sums: [gbp(1000)], incomplete: true })).toBe('£1.00, and more without a price');
  });

  it('has one sentence for each state of the screen', () => {
    expect(title(view({ sums: [], incomplete: true }))).toBe('What you use, week by week');
    expect(title(view({ sums: [], incomplete: false }, 'month'))).toBe('What you use, month by month');
    expect(title(view({ sums: [gbp(1000)], incomplete: false }))).toBe('You used up £1.00 in 2 weeks');
    expect(title(view({ sums: [gbp(1000)], incomplete: false }, 'month'))).toBe(
      'You used up £1.00 in 2 months',
    );
    expect(under(view({ sums: [], incomplete: true }))).toMatch(/^No price is known yet/);
    expect(under(view({ sums: [gbp(1000)], incomplete: true }))).toMatch(/^As far as prices are known/);
    expect(under(view({ sums: [gbp(1000)], incomplete: false }))).toMatch(/^Counted from what was used/);
    const of = (spans: number) => slot({ amount: { milli: 14_000, unit: 'COUNT' }, spans });
    expect(mean(of(10), 'week')).toBe('14 a week on average, from 10 whole weeks');
    expect(mean(of(1), 'month')).toBe('14 a month, from one whole month');
    expect(mean(slot(null), 'month')).toBe('No month was observed from start to end yet.');
  });
});
