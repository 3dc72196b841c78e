// Moving data in words: how far work is, never past its end, and a word for everything the engine may answer.
import { describe, expect, it } from 'vitest';
import type { Progress } from '../state/app.svelte';
import { progressText, rowWhat, share } from './moving';

const at = (done: number, total: number | null): Progress => ({
  kind: 'progress',
  work: 'import',
  done,
  total,
});

describe('progress', () => {
  it('is a share of the whole, and stays within it', () => {
    expect(share(at(420, 1000))).toBe(0.42);
    expect(share(at(1200, 1000))).toBe(1);
    expect(share(at(7, null))).toBeNull();
    expect(share(at(0, 0))).toBeNull();
  });

  it('says a percent only where the whole is known, and 100 only at the end', () => {
    expect(progressText(at(420, 1000))).toBe('Importing, 42%');
    expect(progressText(at(999, 1000))).toBe('Importing, 99%');
    expect(progressText(at(7, null))).toBe('Importing');
  });
});

it('shows a kind it does not know as it came', () => {
  const row = { line: 2, fate: 'new' as const, at: 0, supply: 'Salt', amount: null };
  expect(rowWhat({ ...row, what: 'consumed' })).toBe('Used');
  expect(rowWhat({ ...row, what: 'danced' })).toBe('danced');
});
