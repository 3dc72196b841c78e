import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Undo } from './undo.svelte';

describe('the undo line', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());
  const done = (text: string, undo = async () => undefined) => ({ text, undo });

  it('stays ten seconds, not counting the time it is pointed at', () => {
    const undo = new Undo();
    undo.show(done('Added 1.5 l.'));
    vi.advanceTimersByTime(6000);
    undo.pause();
    vi.advanceTimersByTime(60_000);
    expect(undo.line?.text).toBe('Added 1.5 l.');
    undo.resume();
    vi.advanceTimersByTime(3999);
    expect(undo.line).not.toBeNull();
    vi.advanceTimersByTime(1);
    expect(undo.line).toBeNull();
    expect(undo.possible).toBe(true);
  });

  it('undoes in the order of the latest first', async () => {
    const undo = new Undo();
    const order: string[] = [];
    undo.show(done('one', async () => void order.push('one')));
    undo.show(done('two', async () => void order.push('two')));
    await undo.last();
    expect(undo.line).toBeNull();
    await undo.last();
    expect(await undo.last()).toBeNull();
    expect(order).toEqual(['two', 'one']);
  });

  it('keeps what could not be undone', async () => {
    const undo = new Undo();
    undo.show(done('one', () => Promise.reject(new Error('locked'))));
    await expect(undo.last()).rejects.toThrow('locked');
    expect(undo.possible).toBe(true);
    expect(undo.line).not.toBeNull();
  });
});
