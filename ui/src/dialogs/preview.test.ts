import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HostError, type Host } from '../host/host';
import type { Outcome, RecordForm } from '../host/types';
import { Preview } from './preview.svelte';

const form = (note: string) => ({ note }) as RecordForm;
const outcome = (note: string) => ({ later_reading: note }) as Outcome;

/** A host whose answers arrive when the test says so. */
function slow() {
  const open: { note: string; answer: () => void; refuse: () => void }[] = [];
  const call = (_: string, args: { form: RecordForm }) =>
    new Promise((resolve, reject) => {
      const note = args.form.note ?? '';
      open.push({
        note,
        answer: () => resolve(outcome(note)),
        refuse: () => reject(new HostError({ code: 'bad_amount', detail: 'no', field: 'packs' })),
      });
    });
  return { host: { call } as unknown as Host, open };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a preview', () => {
  it('is asked for at once, then only when typing pauses', async () => {
    const { host, open } = slow();
    const preview = new Preview(host);
    preview.ask(form('1'));
    expect(open.map((one) => one.note)).toEqual(['1']);
    preview.ask(form('12'));
    preview.ask(form('123'));
    expect(open).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(120);
    expect(open.map((one) => one.note)).toEqual(['1', '123']);
  });

  it('keeps the latest answer, whatever order they come in', async () => {
    const { host, open } = slow();
    const preview = new Preview(host);
    preview.ask(form('old'));
    preview.ask(form('new'));
    await vi.advanceTimersByTimeAsync(120);
    open[1]!.answer();
    open[0]!.answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(preview.outcome?.later_reading).toBe('new');
  });

  it('says what was refused, keeps the last outcome, and forgets the refusal with the next answer', async () => {
    const { host, open } = slow();
    const preview = new Preview(host);
    preview.ask(form('good'));
    open[0]!.answer();
    preview.ask(form('bad'));
    await vi.advanceTimersByTimeAsync(120);
    open[1]!.refuse();
    await vi.advanceTimersByTimeAsync(0);
    expect(preview.trouble?.field).toBe('packs');
    expect(preview.outcome?.later_reading).toBe('good');
    preview.ask(form('better'));
    await vi.advanceTimersByTimeAsync(120);
    open[2]!.answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(preview.trouble).toBeNull();
  });

  it('is silent once the dialog is gone', async () => {
    const { host, open } = slow();
    const preview = new Preview(host);
    preview.ask(form('a'));
    preview.stop();
    open[0]!.answer();
    await vi.advanceTimersByTimeAsync(500);
    expect(preview.outcome).toBeNull();
  });
});
