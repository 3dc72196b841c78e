import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Keys } from './keys.svelte';

const press = (key: string, more: KeyboardEventInit = {}, target: Element = document.body) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  Object.defineProperty(event, 'target', { value: target });
  return event;
};
const command = (id: string, keys: string[], run: () => void) => ({
  id,
  keys,
  run,
  label: () => id,
  group: 'app' as const,
});

describe('keys', () => {
  let keys: Keys;
  const run = vi.fn();
  beforeEach(() => {
    keys = new Keys();
    run.mockReset();
  });

  it('runs what was added, until it is taken away', () => {
    const remove = keys.add(command('find', ['Mod+f'], run));
    const event = press('F', { ctrlKey: true });
    expect(keys.handle(event)).toBe(true);
    expect(event.defaultPrevented).toBe(true);
    remove();
    expect(keys.handle(press('f', { ctrlKey: true }))).toBe(false);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('lets the command key be the system’s', () => {
    const mac = new Keys(true);
    mac.add(command('find', ['Mod+f'], run));
    expect(mac.handle(press('f', { ctrlKey: true }))).toBe(false);
    expect(mac.handle(press('f', { metaKey: true }))).toBe(true);
    expect([
      mac.say('Mod+f'),
      keys.say('Mod+f'),
      keys.say('Mod++'),
      keys.say('Shift+F6'),
      keys.say('ArrowUp'),
    ]).toEqual(['⌘F', 'Ctrl F', 'Ctrl +', 'Shift F6', '↑']);
  });

  it('tells a letter with Ctrl and Shift from the one with Ctrl alone', () => {
    keys.add(command('next', ['Mod+Shift+c'], run));
    expect(keys.handle(press('c', { ctrlKey: true }))).toBe(false);
    expect(keys.handle(press('C', { ctrlKey: true, shiftKey: true }))).toBe(true);
    keys.add(command('larger', ['Mod++'], run));
    expect(keys.handle(press('+', { ctrlKey: true, shiftKey: true }))).toBe(true);
  });

  it('leaves letters to fields, and to nobody when they are switched off', () => {
    keys.add(command('bought', ['b'], run), command('keys', ['?'], run), command('undo', ['Mod+z'], run));
    const field = document.createElement('input');
    expect(keys.handle(press('b', {}, field))).toBe(false);
    expect(keys.handle(press('z', { ctrlKey: true }, field))).toBe(true);
    keys.single = false;
    expect(keys.handle(press('b'))).toBe(false);
    expect(keys.handle(press('?', { shiftKey: true }))).toBe(true);
  });

  it('sleeps while a dialog is open, and skips what cannot be done', () => {
    keys.add(command('old', ['g'], run), {
      ...command('new', ['g'], () => expect.unreachable()),
      when: () => false,
    });
    expect(keys.handle(press('g'))).toBe(true);
    keys.blocked = true;
    expect(keys.handle(press('g'))).toBe(false);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('gives a key to one command at a time, and says to which', () => {
    let there = false;
    const home = { ...command('home', ['Mod+1'], run), keyed: () => !there };
    const desk = { ...command('desk', ['Mod+1'], vi.fn()), keyed: () => there };
    keys.add(home, desk);
    expect([keys.keysOf(home), keys.keysOf(desk)]).toEqual([['Mod+1'], []]);
    keys.handle(press('1', { ctrlKey: true }));
    there = true;
    keys.handle(press('1', { ctrlKey: true }));
    expect([keys.keysOf(home), keys.keysOf(desk)]).toEqual([[], ['Mod+1']]);
    expect([run.mock.calls.length, vi.mocked(desk.run).mock.calls.length]).toEqual([1, 1]);
  });
});
