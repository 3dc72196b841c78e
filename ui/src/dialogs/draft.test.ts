import type { Locale } from '../format/format';
import { describe, expect, it } from 'vitest';
import type { LedgerLine, LedgerWhat, SlotView, SupplyRow } from '../host/types';
import { dayBefore, formOf, opened, packUnits, packsKnown, shelfUnit, type Draft } from './draft';
import { difference, field, nudged, sketched, written } from './typed';

const GB: Locale = 'en-GB';

function view(change: Partial<SlotView> = {}, row: Partial<SupplyRow> = {}): SlotView {
  return {
    today: '2026-11-21',
    row: { slot: 'slot', pooled: true, spares: null, left: { milli: 680_000, unit: 'MILLILITER' }, ...row },
    level: { milli: 680_000, unit: 'MILLILITER' },
    shelf: { milli: 3_000_000, unit: 'MILLILITER' },
    pack: { milli: 1_500_000, unit: 'MILLILITER' },
    unit: 'MILLILITER',
    units: ['MILLILITER', 'LITER'],
    recent_packs: [],
    ...change,
  } as SlotView;
}

const cartridge = () =>
  view(
    {
      level: { milli: 2000, unit: 'PERCENT' },
      shelf: { milli: 1000, unit: 'COUNT' },
      pack: { milli: 1000, unit: 'COUNT' },
      unit: 'PERCENT',
      units: ['PERCENT'],
    },
    { pooled: false, spares: 1, left: { milli: 2000, unit: 'PERCENT' } },
  );

const line = (what: LedgerWhat, change: Partial<LedgerLine> = {}) =>
  ({ entry: 'entry', day: '2026-10-24', undone: false, note: null, what, ...change }) as LedgerLine;

const bought = (milli: number, change: Partial<LedgerLine> = {}) =>
  line(
    { kind: 'bought', packs: 2, content: { milli, unit: 'MILLILITER' }, price_milli: 8500, currency: 'USD', shop: 'Corner', asin: 'B000000000' },
    change,
  );

const form = (change: Partial<Draft>, of = view(), kind: Draft['kind'] = 'bought', region: Locale = GB) =>
  formOf({ ...opened(kind, of, region, 'id'), ...change }, of, region);

describe('bought', () => {
  it('opens with one usual pack, today', () => {
    expect(form({})).toEqual({
      id: 'id', slot: 'slot', on: null, note: null, amends: null,
      what: { kind: 'bought', packs: '1', content: null, asin: null, price: null, currency: null, shop: null },
    });
  });

  it('sends what was typed as it was typed', () => {
    const { what } = form({ packs: ' 2 ', content: 'other', contentText: '1,5', contentUnit: 'LITER', price: '8.50', shop: ' Corner ', asin: 'b000000000' });
    expect(what).toEqual({
      kind: 'bought', packs: '2', content: { text: '1,5', unit: 'LITER' }, asin: 'B000000000', price: '8.50', currency: null, shop: 'Corner',
    });
  });

  it('sends an empty content of another pack, so that it is refused and not taken for the usual one', () => {
    expect(form({ content: 'other' }).what).toMatchObject({ content: { text: '' } });
  });

  it('offers packs bought before after the usual one, each once', () => {
    const of = view({ recent_packs: [{ milli: 750_000, unit: 'MILLILITER' }, { milli: 1_500_000, unit: 'MILLILITER' }] });
    expect(packsKnown(of).map((pack) => pack.milli)).toEqual([1_500_000, 750_000]);
    expect(form({ content: 1 }, of, 'bought', 'de-DE').what).toMatchObject({ content: { text: '750', unit: 'MILLILITER' } });
  });

  it('counts pieces where the supply is replaced as a whole', () => {
    expect(packUnits(cartridge())).toEqual(['COUNT']);
    expect(packUnits(view())).toEqual(['MILLILITER', 'LITER']);
  });
});

describe('days', () => {
  it('go from now to any day before', () => {
    expect(form({ day: 'today' }).on).toBeNull();
    expect(form({ day: 'yesterday' }).on).toBe('2026-11-20');
    expect(form({ day: 'other', picked: '2026-10-03' }).on).toBe('2026-10-03');
    expect(form({ day: 'other', picked: '2026-11-21' }).on).toBeNull();
  });

  it('cross months and leap days', () => {
    expect(dayBefore('2026-03-01')).toBe('2026-02-28');
    expect(dayBefore('2028-03-01')).toBe('2028-02-29');
    expect(dayBefore('2027-01-01')).toBe('2026-12-31');
  });
});

describe('replaced', () => {
  it('takes the spare when there is one', () => {
    expect(form({}, cartridge(), 'replaced').what).toEqual({ kind: 'replaced', from_shelf: true });
    expect(form({}, view({}, { spares: 0, pooled: false }), 'replaced').what).toEqual({ kind: 'replaced', from_shelf: false });
  });
});

describe('counted', () => {
  it('opens with what is expected', () => {
    const draft = opened('counted', view(), GB, 'id');
    expect([draft.level, draft.levelUnit, draft.shelf]).toEqual(['680', 'MILLILITER', '2']);
  });

  it('counts the shelf in whole packs and sends their content', () => {
    expect(form({ shelf: '3', shelfTouched: true }, view(), 'counted').what).toEqual({
      kind: 'counted', level: null, shelf: { text: '4500', unit: 'MILLILITER' },
    });
  });

  it('counts the shelf in its own unit when it is not whole packs', () => {
    const of = view({ shelf: { milli: 700_000, unit: 'MILLILITER' } });
    expect(shelfUnit(of).packs).toBe(false);
    expect(form({ shelf: '800', shelfTouched: true }, of, 'counted').what).toMatchObject({ shelf: { text: '800', unit: 'MILLILITER' } });
  });

  it('counts cartridges in pieces', () => {
    expect(form({ shelf: '2', shelfTouched: true }, cartridge(), 'counted').what).toMatchObject({ shelf: { text: '2', unit: 'COUNT' } });
  });

  it('sends only what was touched, and the level when nothing was', () => {
    expect(form({}, view(), 'counted').what).toMatchObject({ level: { text: '680' }, shelf: null });
    expect(form({ level: '620', levelTouched: true }, view(), 'counted').what).toMatchObject({ level: { text: '620' }, shelf: null });
    expect(form({ level: '620', levelTouched: true, shelf: '0', shelfTouched: true }, view(), 'counted').what).toMatchObject({ level: { text: '620' }, shelf: { text: '0' } });
  });

  it('passes on what is no number, so that the engine can say so', () => {
    expect(form({ shelf: 'two', shelfTouched: true }, view(), 'counted').what).toMatchObject({ shelf: { text: 'two' } });
  });
});

describe('amending', () => {
  it('fills in the entry and names it', () => {
    const of = view({ recent_packs: [{ milli: 750_000, unit: 'MILLILITER' }] });
    const draft = opened('bought', of, 'de-DE', 'id', bought(750_000, { note: 'sale' }));
    expect(formOf(draft, of, 'de-DE')).toEqual({
      id: 'id', slot: 'slot', on: '2026-10-24', note: 'sale', amends: 'entry',
      what: {
        kind: 'bought', packs: '2', content: { text: '750', unit: 'MILLILITER' }, asin: 'B000000000', price: '8,5', currency: 'USD', shop: 'Corner',
      },
    });
  });

  it('keeps a pack that is not in the list', () => {
    const draft = opened('bought', view(), GB, 'id', bought(333_000));
    expect([draft.content, draft.contentText, draft.contentUnit]).toEqual(['other', '333', 'MILLILITER']);
  });

  it('keeps what was counted, and what was not', () => {
    const of = view();
    const counted = line({ kind: 'counted', level: null, shelf: { milli: 1_500_000, unit: 'MILLILITER' } });
    expect(formOf(opened('counted', of, GB, 'id', counted), of, GB).what).toEqual({
      kind: 'counted', level: null, shelf: { text: '1500', unit: 'MILLILITER' },
    });
  });

  it('of today and yesterday says so', () => {
    const on = (day: string) => opened('replaced', cartridge(), GB, 'id', line({ kind: 'replaced', from_shelf: false }, { day }));
    expect(on('2026-11-21').day).toBe('today');
    expect(on('2026-11-20').day).toBe('yesterday');
    expect(on('2026-11-21').fromShelf).toBe(false);
  });
});

describe('numbers', () => {
  it('are written exactly, in the spelling of the region', () => {
    expect(written(1_500, GB)).toBe('1.5');
    expect(written(1_500, 'de-DE')).toBe('1,5');
    expect(written(12_345_678, 'de-DE')).toBe('12345,678');
    expect(written(0, GB)).toBe('0');
  });

  it('are read for drawing only when they are plain', () => {
    expect(sketched('1,5', 'de-DE')).toBe(1.5);
    expect(sketched('1.5', GB)).toBe(1.5);
    for (const text of ['', '-1', '1e9', 'NaN', '1 000', '0x10', '1.5.1']) expect(sketched(text, GB)).toBeNull();
  });

  it('are stepped by one and never below the least', () => {
    expect(nudged('1', 1, GB, 1)).toBe('2');
    expect(nudged('1', -1, GB, 1)).toBe('1');
    expect(nudged('two', 1, GB, 1)).toBe('1');
    expect(nudged('1,5', 1, 'de-DE', 0)).toBe('2,5');
  });

  it('left empty are nothing', () => {
    expect(field('  ', 'LITER')).toBeNull();
    expect(field(' 2 ', 'LITER')).toEqual({ text: '2', unit: 'LITER' });
  });

  it('differ within one kind, in the unit of the earlier one', () => {
    expect(difference({ milli: 5, unit: 'LITER' }, { milli: 7, unit: 'LITER' })).toEqual({ milli: -2, unit: 'LITER' });
    expect(difference({ milli: 3_680, unit: 'LITER' }, { milli: 680_000, unit: 'MILLILITER' })).toEqual({ milli: 3_000_000, unit: 'MILLILITER' });
    expect(difference({ milli: 5, unit: 'LITER' }, { milli: 7, unit: 'GRAM' })).toBeNull();
    expect(difference(null, { milli: 7, unit: 'LITER' })).toBeNull();
  });
});
