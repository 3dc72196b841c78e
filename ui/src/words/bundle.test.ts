import { describe, expect, it } from 'vitest';
import { fileTrouble, hidden, holds, reachText } from './bundle';

describe('what was taken out', () => {
  it('is one line a kind, in the order of the kinds, with every place', () => {
    const rows = hidden([
      { kind: 'name', part: 'devices', times: 3, things: 2 },
      { kind: 'serial', part: 'devices', times: 1, things: 1 },
      { kind: 'serial', part: 'log', times: 4, things: 1 },
    ]);
    expect(rows.map(({ kind, times, where }) => [kind, times, where])).toEqual([
      ['serial', 5, 'devices and log'],
      ['name', 3, 'devices'],
    ]);
    expect(hidden([])).toEqual([]);
  });
});

describe('a file that was opened', () => {
  it('says what it holds', () => {
    expect(holds({ devices: 1, messages: 2, lines: 0 })).toBe('1 device, 2 messages and 0 lines of the log');
  });

  it('says how a device is reached by its aliases alone', () => {
    expect(reachText({ is: 'by_hand' })).toBe('by hand');
    const network = {
      is: 'network' as const,
      address: 'address-1',
      serial: 'serial-1',
      uuid: null,
      answered_at: null,
      detail: null,
    };
    expect(reachText({ ...network, trouble: null })).toBe('address-1 serial-1');
    expect(reachText({ ...network, trouble: 'timed_out' })).toBe('address-1 serial-1: timed_out');
  });

  it('is refused in words that say what to do', () => {
    const trouble = (field: string | null) => fileTrouble({ code: 'bad_file', detail: 'x', field });
    expect(trouble('newer')).toContain('Get the update');
    expect(trouble('shape')).toContain('Ask the customer for a new one');
    expect(trouble('constructor')).toBe(trouble(null));
  });
});
