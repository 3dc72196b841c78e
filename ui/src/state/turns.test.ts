// In which order answers are taken.

import { expect, it } from 'vitest';
import { Turns } from './turns';

it('takes each answer that is not older than what was taken', () => {
  const turns = new Turns();
  const [one, two, three] = [turns.ask(), turns.ask(), turns.ask()];
  // A later question does not keep an earlier answer away.
  expect(one()).toBe(true);
  expect(three()).toBe(true);
  expect(two()).toBe(false);
  expect(turns.ask()()).toBe(true);
});
