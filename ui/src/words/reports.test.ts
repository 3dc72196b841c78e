import { beforeAll, describe, expect, it } from 'vitest';
import type { ReportLine, ReportState, ReportsView } from '../host/types';
import { follow, setToday } from '../state/locale.svelte';
import { pieces, reportsLack, reportsSay, stateSays, told, where } from './reports';

const AT = Date.UTC(2026, 10, 18, 18, 0);

function line(says: ReportLine['told'], device: string | null = 'Robot vacuum'): ReportLine {
  return {
    key: 'maker:1',
    at: AT,
    told: says,
    device,
    message: 'InventoryConsumed',
    state: { is: 'queued' },
    group: 'waiting',
  };
}

function view(counts: Partial<ReportsView['counts']>, maker: ReportsView['maker']): ReportsView {
  const all = { waiting: 0, parked: 0, parked_there: 0, delivered_today: 0, ...counts };
  const day = { day: '2026-11-18', lines: [line({ what: 'replaced', name: 'Filter' })] };
  return { days: [day], counts: all, maker, more: false };
}

const known = { is: 'known', server: 'home.example.com', alexa: true, stopped: null } as const;

beforeAll(() => {
  follow({ language: 'en', locale: 'en-GB', units: 'region' }, ['en-GB']);
  setToday('2026-11-21');
});

describe('the headline', () => {
  it('is true of what there is', () => {
    expect(reportsSay(view({ parked: 1, waiting: 2 }, known)).title).toBe('One report needs you');
    expect(reportsSay(view({ waiting: 2 }, known)).title).toBe('2 reports wait');
    expect(reportsSay(view({ delivered_today: 4 }, known))).toEqual({
      title: 'Everything was delivered',
      lead: '4 were delivered today.',
    });
    const stopped = { ...known, stopped: 'skill_disabled' } as const;
    expect(reportsSay(view({ parked: 3 }, stopped)).title).toBe('Alexa gets no reports now');
    expect(reportsSay({ ...view({}, { is: 'unlinked' }), days: [] }).title).toBe('Nothing to report yet');
  });
  it('is followed by what is missing', () => {
    expect(reportsLack(view({}, known))).toBeNull();
    expect(reportsLack(view({}, { ...known, alexa: false }))).toContain('is not linked to Alexa');
    const away = { is: 'unreachable', server: 'home.example.com', detail: 'x' } as const;
    expect(reportsLack(view({}, away))).toContain('home.example.com can’t be asked now');
  });
});

describe('a report', () => {
  it('says what it told, of what, and when', () => {
    const used = line({
      what: 'used',
      name: 'Filter',
      amount: { milli: 73_000, unit: 'MINUTE' },
      supply: null,
    });
    expect(told(used).what).toMatch(/^Used 1\sh\s13\smin$/);
    expect(told(used).of).toBe('Filter');
    expect(where(used)).toMatch(/^Filter, Robot vacuum, sampled Wed.18.Nov, /);
    const gone = line({ what: 'bought', name: '', packs: 2 }, null);
    expect(told(gone)).toEqual({ what: 'Bought 2 packs', of: 'a supply that is gone' });
  });
  it('has a word for each state', () => {
    const states: ReportState[] = [
      { is: 'queued' },
      { is: 'sending' },
      { is: 'delivered', at: AT },
      { is: 'with_maker', at: AT },
      { is: 'parked', reason: 'invalid' },
      { is: 'superseded', by: null },
      { is: 'discarded', at: AT },
    ];
    const words = states.map((state) => stateSays(state).text);
    expect(new Set(words).size).toBe(states.length);
    expect(stateSays({ is: 'waiting', until: AT }).text).toMatch(/^Next try 18.Nov /);
  });
  it('is shown to the letter, with the place of the token marked', () => {
    const json = '{\n  "type": "BearerToken",\n  "token": "token hidden",\n  "a\\"b": "c: d"\n}';
    const all = pieces(json);
    expect(all.filter((piece) => piece.kind === 'hidden')).toEqual([
      { kind: 'hidden', text: 'token hidden' },
    ]);
    expect(all.filter((piece) => piece.kind === 'name').map((piece) => piece.text)).toEqual([
      '"type"',
      '"a\\"b"',
    ]);
    const whole = all.map((piece) => (piece.kind === 'hidden' ? '"token": "token hidden"' : piece.text));
    expect(whole.join('')).toBe(json);
  });
});
