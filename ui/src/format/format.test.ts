import { describe, expect, it } from 'vitest';
import * as format from './format';
import data from './locales.json';
import table from './table.snapshot.json';

type Args = readonly never[];
type Row = readonly [name: string, args: Args, answers: readonly (string | readonly string[])[]];

const told = ({ text, under }: format.Shown) => (under ? `under ${text}` : text);

/** The functions of the table; the ones that answer `Shown` are told as Rust tells them. */
const functions: Readonly<Record<string, (...args: never[]) => string | readonly string[]>> = {
  number: format.formatNumber,
  money: format.money,
  amount: (amount: format.Amount, locale: format.Locale) => told(format.formatAmount(amount, locale)),
  left: (left: format.Amount, full: format.Amount, locale: format.Locale) =>
    told(format.formatLeft(left, full, locale)),
  exact: format.formatExact,
  unitLabel: format.unitLabel,
  unitsFor: format.unitsFor,
  day: format.day,
  shortDay: format.shortDay,
  dayRange: format.dayRange,
  weekday: format.weekday,
  month: format.month,
  shortMonth: format.shortMonth,
  monthYear: format.monthYear,
  monthFrom: format.monthFrom,
  clock: format.clock,
  weekStart: format.weekStart,
};

const rows = table.rows as unknown as readonly Row[];

describe('the table that Rust wrote', () => {
  it('has every locale and every function', () => {
    expect(table.locales).toEqual(Object.keys(data.locales));
    expect(new Set(rows.map(([name]) => name))).toEqual(new Set(Object.keys(functions)));
  });

  it.each(table.locales.map((locale, column) => [locale, column] as const))(
    '%s says the same',
    (locale, column) => {
      const here = rows.map(([name, args]) => [name, args, functions[name]?.(...args, locale as never)]);
      const there = rows.map(([name, args, answers]) => [name, args, answers[column]]);
      expect(here).toEqual(there);
    },
  );
});

describe('dates', () => {
  it('agree with the calendar for every day of four centuries', () => {
    const names = data.locales['en-GB'].weekdays;
    const at = new Date(Date.UTC(1800, 0, 1));
    let wrong = 0;
    while (at.getUTCFullYear() < 2200) {
      const name = names[(at.getUTCDay() + 6) % 7];
      if (format.weekday(at.toISOString().slice(0, 10), 'en-GB') !== name) wrong += 1;
      at.setUTCDate(at.getUTCDate() + 1);
    }
    expect(wrong).toBe(0);
  });

  it('show what is no date as it came', () => {
    for (const odd of ['', 'soon', '2026-13-01', '2026-00-10', '2026-1-1', '{w}']) {
      expect(format.day(odd, '2026-11-21', 'en-GB')).toBe(odd);
      expect(format.monthFrom(odd, '2026-11-21', 'ja-JP')).toBe(odd);
      expect(format.weekday(odd, 'de-DE')).toBe(odd);
    }
  });
});
