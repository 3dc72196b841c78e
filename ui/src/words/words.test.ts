import { beforeEach, describe, expect, it } from 'vitest';
import type { Next, Precision, SuppliesView, SupplyRow, Verb, When } from '../host/types';
import { follow, setToday } from '../state/locale.svelte';
import { belowPhrase, betweenPhrase, endPhrase } from './ends';
import { headline, underHeadline } from './headline';
import { belowName, firstLine, leftText, markLabel, percent, plainText, secondLine } from './supply';
import { whySentence } from './why';

const TODAY = '2026-11-21';
/** With the spaces that break where the text would not. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const speak = (language: 'en' | 'de', region = language === 'de' ? 'de-DE' : 'en-GB', units = 'region') =>
  follow({ language, locale: region, units }, []);

const when = (
  precision: Precision,
  earliest: string,
  likely: string,
  latest: string | null,
  days = 12,
): When => ({ precision, earliest, likely, latest, days });
const about = when('about', '2026-11-30', '2026-12-03', '2026-12-08');
const january = (day: string) => when('part_of_month', '2026-12-30', `2027-01-${day}`, '2027-02-08', 55);
const march = when('month', '2027-02-04', '2027-03-06', '2027-04-30', 105);

const row = (next: Next, more: Partial<SupplyRow> = {}): SupplyRow => ({
  slot: 's',
  device: 'd',
  name: 'Cyan ink',
  device_name: 'Study printer',
  device_kind: 'printer',
  supply: 'ink',
  sensor: 'level',
  section: 'needs_you',
  next,
  verb: 'runs_out',
  mark: {
    fill: 0.02,
    texture: 'solid',
    segments: 10,
    colours: [],
    low: 0.1,
    low_reached: true,
    stale: false,
    some_left: false,
  },
  left: { milli: 2000, unit: 'PERCENT' },
  of: null,
  estimated: false,
  spares: 1,
  pooled: false,
  silent_days: null,
  lane: { kind: 'unknown' },
  arrives: null,
  action: 'replaced',
  muted: false,
  muted_always: false,
  snoozed_until: null,
  dash: false,
  shared_with: [],
  ...more,
});

beforeEach(() => {
  setToday(TODAY);
  speak('en');
});

describe('when it ends', () => {
  const table: [When, Verb, string, string, string][] = [
    [
      when('day', '2026-11-24', '2026-11-25', '2026-11-26', 4),
      'runs_out',
      'Runs out Wed 25 Nov',
      'Reicht bis Mi., 25. Nov.',
      '',
    ],
    [
      about,
      'runs_out',
      'Runs out about Thu 3 Dec',
      'Reicht bis etwa Do., 3. Dez.',
      'between 30 Nov and 8 Dec',
    ],
    [about, 'worn_out', 'Worn out about Thu 3 Dec', 'Hält bis etwa Do., 3. Dez.', 'between 30 Nov and 8 Dec'],
    [about, 'empty', 'Empty about Thu 3 Dec', 'Leer etwa am Do., 3. Dez.', 'between 30 Nov and 8 Dec'],
    [about, 'full', 'Full about Thu 3 Dec', 'Voll etwa am Do., 3. Dez.', 'between 30 Nov and 8 Dec'],
    [
      january('10'),
      'runs_out',
      'Runs out in early January',
      'Reicht bis Anfang Januar',
      'between 30 Dec and 8 Feb',
    ],
    [
      january('11'),
      'runs_out',
      'Runs out in mid-January',
      'Reicht bis Mitte Januar',
      'between 30 Dec and 8 Feb',
    ],
    [
      january('21'),
      'runs_out',
      'Runs out in late January',
      'Reicht bis Ende Januar',
      'between 30 Dec and 8 Feb',
    ],
    [march, 'runs_out', 'Runs out in March', 'Reicht bis März', 'about 15 weeks at this pace'],
    [march, 'worn_out', 'Worn out in March', 'Hält bis März', 'about 15 weeks at this pace'],
    [
      when('not_before', '2027-05-02', '2028-06-02', null, 560),
      'runs_out',
      'Not before May',
      'Nicht vor Mai',
      'more than a year at this pace',
    ],
    [
      { ...about, days: 0 },
      'runs_out',
      'Runs out today',
      'Reicht noch bis heute',
      'between 30 Nov and 8 Dec',
    ],
    [
      { ...about, days: 1 },
      'worn_out',
      'Worn out tomorrow',
      'Hält noch bis morgen',
      'between 30 Nov and 8 Dec',
    ],
    [
      { ...about, latest: null },
      'runs_out',
      'Runs out about Thu 3 Dec',
      'Reicht bis etwa Do., 3. Dez.',
      'not before 30 Nov',
    ],
  ];
  it.each(table)('%o with %s', (given, verb, english, german, below) => {
    expect(plain(endPhrase(given, verb))).toBe(english);
    expect(plain(belowPhrase(given))).toBe(below);
    speak('de');
    expect(plain(endPhrase(given, verb))).toBe(german);
  });

  it('names days in the language of the sentence, whatever the region', () => {
    speak('en', 'ja-JP');
    expect(plain(betweenPhrase(about))).toBe('between 30 Nov and 8 Dec');
    speak('en', 'en-US');
    expect(plain(betweenPhrase(about))).toBe('between Nov 30 and Dec 8');
  });

  it('a year that both ends share is said once', () => {
    const at = (earliest: string, latest: string) => when('about', earliest, earliest, latest, 300);
    speak('en');
    expect(plain(betweenPhrase(at('2027-09-20', '2027-10-18')))).toBe('between 20 Sep and 18 Oct 2027');
    expect(plain(betweenPhrase(at('2026-12-20', '2027-01-18')))).toBe('between 20 Dec and 18 Jan');
    expect(plain(betweenPhrase(at('2027-12-20', '2028-01-18')))).toBe('between 20 Dec 2027 and 18 Jan 2028');
  });
});

describe('what happens next', () => {
  const rise = {
    entry: 'e',
    at: 0,
    from: { milli: 2000, unit: 'PERCENT' as const },
    to: { milli: 97_000, unit: 'PERCENT' as const },
    last_answer: null,
  };
  const table: [Next, Partial<SupplyRow>, string, string, string | null][] = [
    [{ kind: 'replace_now', spares: 1, empty: false }, {}, 'Replace now', '1 cartridge on the shelf', 'now'],
    [
      { kind: 'replace_now', spares: 2, empty: true },
      { supply: 'filter' },
      'Replace now',
      '2 filters on the shelf',
      'now',
    ],
    [{ kind: 'empty_no_spare' }, {}, 'Empty, none spare', 'Bought one? Record it', 'now'],
    [{ kind: 'empty_no_spare' }, { pooled: true }, 'Empty', 'Bought one? Record it', 'now'],
    [{ kind: 'empty_no_spare' }, { verb: 'full' }, 'Full, none spare', 'Bought one? Record it', 'now'],
    [{ kind: 'confirm_rise', rise }, {}, 'Level rose', 'From 2% to 97%', 'soon'],
    [
      {
        kind: 'order_by',
        by: '2026-11-25',
        now: false,
        runs_out: when('about', '2026-11-30', '2026-12-02', '2026-12-05'),
        paused: false,
      },
      { verb: 'worn_out' },
      'Order by Wed 25 Nov',
      'Worn out about Wed 2 Dec',
      'soon',
    ],
    [
      { kind: 'order_by', by: TODAY, now: false, runs_out: about, paused: false },
      {},
      'Order today',
      'Runs out about Thu 3 Dec',
      'soon',
    ],
    [
      { kind: 'order_by', by: '2026-11-22', now: false, runs_out: about, paused: false },
      {},
      'Order by tomorrow',
      'Runs out about Thu 3 Dec',
      'soon',
    ],
    [
      { kind: 'order_by', by: '2026-11-19', now: true, runs_out: about, paused: false },
      {},
      'Order now',
      'Runs out about Thu 3 Dec',
      'soon',
    ],
    [
      { kind: 'order_by', by: null, now: false, runs_out: null, paused: false },
      {},
      'Low, order soon',
      'No date can be said yet',
      'soon',
    ],
    [
      { kind: 'order_by', by: TODAY, now: false, runs_out: about, paused: true },
      {},
      'Order today',
      'Runs out about Thu 3 Dec. Auto-reorder is paused',
      'soon',
    ],
    [
      { kind: 'order_arrives', due: '2026-12-01', spare: -4, late: true, shipped: true },
      {},
      'Order arrives Tue 1 Dec',
      '4 days too late',
      'soon',
    ],
    [
      { kind: 'order_arrives', due: '2026-11-23', spare: 2, late: false, shipped: true },
      {},
      'Order arrives Mon 23 Nov',
      '2 days to spare',
      'coming',
    ],
    [
      { kind: 'order_arrives', due: '2026-11-23', spare: null, late: false, shipped: false },
      {},
      'Order expected Mon 23 Nov',
      '',
      'coming',
    ],
    [
      { kind: 'order_overdue', due: '2026-11-19' },
      {},
      'Order was due Thu 19 Nov',
      'It has not come yet',
      'soon',
    ],
    [{ kind: 'order_placed', at: '2026-11-19' }, {}, 'Order placed', 'No delivery date yet', 'coming'],
    [
      { kind: 'order_requested', at: '2026-11-19' },
      {},
      'Not confirmed yet',
      'Requested Thu 19 Nov',
      'unknown',
    ],
    [{ kind: 'amazon_reorders' }, {}, 'Low, Amazon reorders', 'Usually within 6 hours', 'soon'],
    [{ kind: 'runs', when: about }, {}, 'Runs out about Thu 3 Dec', 'between 30 Nov and 8 Dec', null],
    [
      { kind: 'learning', seen: 2, more: 3, more_days: 0 },
      { sensor: 'usage' },
      'No forecast yet',
      '2 uses recorded, 3 more needed',
      'unknown',
    ],
    [
      { kind: 'learning', seen: 1, more: 4, more_days: 0 },
      {},
      'No forecast yet',
      '1 change seen, 4 more needed',
      'unknown',
    ],
    [
      { kind: 'learning', seen: 0, more: 2, more_days: 0 },
      { sensor: 'none' },
      'No forecast yet',
      '0 replacements recorded, 2 more needed',
      'unknown',
    ],
    [
      { kind: 'learning', seen: 5, more: 0, more_days: 3 },
      {},
      'No forecast yet',
      '3 more days of history needed',
      'unknown',
    ],
    [{ kind: 'unused', last: '2026-10-05' }, {}, 'Not used lately', 'Last use Mon 5 Oct', 'unknown'],
    [
      { kind: 'level_unknown', some_left: true },
      {},
      'Level unknown',
      'The printer says only “some left”',
      'unknown',
    ],
    [
      { kind: 'level_unknown', some_left: false },
      { device_kind: 'vacuum' },
      'Level unknown',
      'The device does not say how much',
      'unknown',
    ],
    [{ kind: 'not_counted' }, {}, 'Not counted yet', 'Count it once to start', 'unknown'],
  ];
  it.each(table)('%o', (next, more, first, second, tone) => {
    const line = firstLine(row(next, more), TODAY);
    expect({ text: plain(line.text), tone: line.tone }).toEqual({ text: first, tone });
    expect(plain(secondLine(row(next, more)))).toBe(second);
    speak('de');
    expect(firstLine(row(next, more), TODAY).text).not.toBe(first);
  });
});

describe('what is left', () => {
  const replace: Next = { kind: 'replace_now', spares: 1, empty: false };
  it('labels the mark with name, level, low mark and age', () => {
    expect(plain(markLabel(row(replace)))).toBe('Cyan ink, 2 percent, below the low mark');
    const filter = row(replace, {
      name: 'Filter',
      left: { milli: 12_000, unit: 'HOUR' },
      of: { milli: 150_000, unit: 'HOUR' },
      silent_days: 3,
    });
    expect(
      plain(markLabel({ ...filter, mark: { ...filter.mark, fill: 0.08, texture: 'lines', stale: true } })),
    ).toBe('Filter, 8 percent of its life left, below the low mark, no reading for 3 days');
    const pods = row(replace, {
      name: 'Coffee pods',
      left: { milli: 14_000, unit: 'COUNT' },
      of: { milli: 50_000, unit: 'COUNT' },
    });
    expect(plain(markLabel({ ...pods, mark: { ...pods.mark, low_reached: false } }))).toBe(
      'Coffee pods, 14 of 50',
    );
    const dumb = row(replace, { left: null });
    expect(
      plain(markLabel({ ...dumb, mark: { ...dumb.mark, fill: null, low_reached: false, some_left: true } })),
    ).toBe('Cyan ink, some left');
  });

  it('is never rounded to full or to empty', () => {
    expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual([0, 1, 50, 99, 100]);
  });

  it('says when it is a guess, unknown, or of other units', () => {
    const volume = {
      left: { milli: 680_000, unit: 'MILLILITER' as const },
      of: { milli: 1500, unit: 'LITER' as const },
    };
    expect(plain(leftText(row(replace, { ...volume, estimated: true })))).toBe('about 680 ml');
    expect(plain(leftText(row(replace, { left: null })))).toBe('–');
    speak('en', 'en-GB', 'us');
    expect(plain(leftText(row(replace, volume)))).toBe('23 fl oz');
  });

  it('tells silence and mute below the name, and all of it as plain text', () => {
    expect(belowName(row(replace, { silent_days: 3, muted: true }))).toBe(
      'Study printer, silent 3 days, muted',
    );
    expect(plain(plainText(row(replace), TODAY))).toBe(
      'Cyan ink, Study printer: 2%. Replace now (1 cartridge on the shelf)',
    );
  });
});

describe('the headline', () => {
  const view = (
    headline: SuppliesView['headline'],
    rows: SupplyRow[] = [],
    named: string[] = [],
  ): SuppliesView => ({
    at: 0,
    today: TODAY,
    hour: 10,
    headline,
    named,
    rows,
    devices: [],
    weeks: [],
    sync: { linked: false, last_reading: null, read: 1, silent: 0 },
    sample: false,
    open_orders: 0,
  });
  it('counts in words', () => {
    expect(plain(headline(view({ kind: 'need_you', count: 1 })))).toBe('One supply needs you');
    expect(plain(headline(view({ kind: 'need_you', count: 2 })))).toBe('Two supplies need you');
    expect(plain(headline(view({ kind: 'need_you', count: 13 })))).toBe('13 supplies need you');
    expect(plain(headline(view({ kind: 'lasts_until', when: january('15') })))).toBe(
      'All of it lasts until mid-January',
    );
    speak('de');
    expect(plain(headline(view({ kind: 'need_you', count: 2 })))).toBe('Zwei Vorräte brauchen Sie');
  });

  it('names at most two, most urgent first', () => {
    const one = row({ kind: 'replace_now', spares: 1, empty: false });
    const two = row(
      { kind: 'order_by', by: '2026-11-25', now: false, runs_out: null, paused: false },
      { slot: 't', name: 'Filter', device_name: 'Robot vacuum' },
    );
    expect(plain(underHeadline(view({ kind: 'need_you', count: 2 }, [one, two], ['s', 't'])))).toBe(
      'Cyan ink is almost empty and you have a spare. Order Filter for Robot vacuum by Wednesday.',
    );
  });

  it('says what ends next when nothing is needed', () => {
    expect(
      plain(underHeadline(view({ kind: 'nothing_this_week' }, [row({ kind: 'runs', when: about })]))),
    ).toBe('Next: Cyan ink, Study printer. Runs out about Thu 3 Dec.');
    expect(plain(underHeadline(view({ kind: 'empty' })))).toBe('');
  });
});

describe('why', () => {
  it('gives the figures', () => {
    expect(
      plain(
        whySentence({
          kind: 'low_readings',
          since: '2026-11-19',
          readings: 3,
          mark: { milli: 10_000, unit: 'PERCENT' },
        }),
      ),
    ).toBe('Low since Thu 19 Nov: three readings at or below 10%.');
    expect(
      plain(
        whySentence({
          kind: 'days_in_hand',
          left: { milli: 680_000, unit: 'MILLILITER' },
          per_day: { milli: 57_000, unit: 'MILLILITER' },
          by: '2026-11-26',
          days: 7,
        }),
      ),
    ).toBe('680 ml left; you use 57 ml a day, so order by Thu 26 Nov to have 7 days in hand.');
    expect(
      plain(
        whySentence({
          kind: 'low_counting',
          readings: 2,
          needed: 3,
          mark: { milli: 10_000, unit: 'PERCENT' },
        }),
      ),
    ).toBe('2 of 3 low readings at or below 10%.');
    expect(
      plain(whySentence({ kind: 'pace', per_day: { milli: 57_000, unit: 'MILLILITER' }, over_days: 63 })),
    ).toBe('You use 57 ml a day, counted over the last 9 weeks.');
    expect(plain(whySentence({ kind: 'interval', days: 45, replacements: 4 }))).toBe(
      'Replaced about every 45 days.',
    );
  });
});
