import { beforeEach, describe, expect, it } from 'vitest';
import type { Reconciliation, StepView } from '../host/types';
import { follow, setToday } from '../state/locale.svelte';
import { ruleLine, stepText, threeFigures } from './care';
import { whySentence } from './why';

const TODAY = '2026-11-21';
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const speak = (language: 'en' | 'de') =>
  follow({ language, locale: language === 'de' ? 'de-DE' : 'en-GB', units: 'region' }, []);
const percent = (whole: number) => ({ milli: whole * 1000, unit: 'PERCENT' as const });
const pieces = (whole: number) => ({ milli: whole * 1000, unit: 'COUNT' as const });
const at = new Date(2026, 10, 20, 9, 0).getTime();

const counted: StepView = {
  entry: 'e',
  day: '2026-11-12',
  cause: { kind: 'counted' },
  stated: percent(46),
  change: percent(6),
  device_name: null,
};
const says: Reconciliation = {
  ledger: { amount: percent(46), at, day: '2026-11-20' },
  device: {
    kind: 'level',
    figure: { amount: percent(40), at, day: '2026-11-20' },
    difference: { amount: percent(6), steps: [counted] },
  },
  shelf: {
    now: pieces(2),
    counted: { amount: pieces(0), at, day: '2026-11-01' },
    difference: {
      amount: pieces(2),
      steps: [
        {
          ...counted,
          cause: { kind: 'bought' },
          stated: null,
          change: pieces(2),
          device_name: 'Hall printer',
        },
      ],
    },
  },
  amazon: { kind: 'not_reported' },
};

beforeEach(() => {
  setToday(TODAY);
  speak('en');
});

describe('the three figures', () => {
  it('stand side by side, each with its age and what makes it differ', () => {
    const told = threeFigures(says, TODAY).map(({ label, figure, age, lead }) =>
      [label, figure, age, lead].map(plain).join(' | '),
    );
    expect(told).toEqual([
      'The device says | 40% | stated Fri 20 Nov, 09:00 | The ledger says 46%. The difference:',
      'On the shelf | 2 | counted 0 on Sun 1 Nov | Since it was counted:',
      'Amazon believes | Nothing reported yet | Amazon hears of this supply once an account is linked | ',
    ]);
  });

  it('say that they agree, and why one of them is missing', () => {
    const device = (one: Reconciliation['device']) => threeFigures({ ...says, device: one }, TODAY)[0];
    const same = { amount: percent(46), at, day: '2026-11-20' };
    expect(device({ kind: 'level', figure: same, difference: null })?.lead).toBe('Agrees with the ledger');
    expect(device({ kind: 'uses', last: at })?.figure).toBe('Uses, not what is left');
    expect(device({ kind: 'no_number', last: at })?.figure).toBe('No number');
    expect(device({ kind: 'nothing' })?.figure).toBe('Nothing yet');
    expect(device({ kind: 'unmeasured' })?.figure).toBe('Nothing measures it');
    const reported = threeFigures(
      { ...says, amazon: { kind: 'reported', figure: same, confirmed: true, difference: null } },
      TODAY,
    )[2];
    expect(plain(reported?.age ?? '')).toBe('stated Fri 20 Nov, 09:00, told back as taken in');
  });

  it('name the entry, its day, and the device it was recorded on', () => {
    expect(plain(stepText(counted, false))).toBe('You counted 46%, Thu 12 Nov');
    const bought = says.shelf.difference?.steps[0] as StepView;
    expect(plain(stepText(bought, true))).toBe('Bought, not yet opened, Thu 12 Nov, from Hall printer');
    expect(plain(stepText({ ...bought, device_name: null }, false))).toBe('Bought, Thu 12 Nov');
    const rest: StepView = { ...counted, entry: null, day: null, cause: { kind: 'unrecorded' } };
    expect(stepText(rest, false)).toBe('No entry says why');
    expect(stepText({ ...rest, cause: { kind: 'used', count: 2 } }, false)).toBe('2 uses');
  });
});

describe('the order rule', () => {
  const policy = {
    risk: null,
    delivery_days: 5,
    delivery_own: false,
    days_in_hand: 7,
    order_by: null,
  };
  it('is said by how often it is late', () => {
    const lines = (['careful', 'normal', 'thrifty', 'amazon'] as const).map((rule) =>
      ruleLine({ ...policy, rule }),
    );
    expect(lines).toEqual([
      'Late 1 time in 20',
      'Late 1 time in 10',
      'Late 1 time in 4',
      'When 7 days of use are left',
    ]);
  });

  it('explains itself in figures', () => {
    const why = {
      kind: 'delivery' as const,
      left: { milli: 680_000, unit: 'MILLILITER' as const },
      per_day: { milli: 57_000, unit: 'MILLILITER' as const },
      early: '2026-11-30',
      by: '2026-11-23',
      days: 5,
      risk: 10,
    };
    expect(plain(whySentence(why))).toBe(
      '680 ml left; at 57 ml a day it may be out by Mon 30 Nov (1 time in 10). A delivery takes 5 days, so order by Mon 23 Nov.',
    );
    speak('de');
    expect(plain(whySentence(why))).toContain('Eine Lieferung dauert 5 Tage');
  });
});
