import { describe, expect, it } from 'vitest';
import type { DeskActed } from '../host/types';
import { deedCame, deedLabel, deedTitle, deedWill, type Deed, type DeedKind } from './deeds';

const KINDS: DeedKind[] = ['resend', 'resume', 'describe', 'cancel_tests', 'deregister', 'break_glass'];
const deed = (kind: DeedKind): Deed => ({
  customer: 'c',
  name: 'Priya Nair',
  case: 'SUP-1',
  kind,
  what: 'Robot vacuum',
  about: 'd',
});

describe('a deed', () => {
  it('says what it is, what will happen and that it is done, each in words of its own', () => {
    for (const of of [
      deedLabel,
      (kind: DeedKind) => deedTitle(deed(kind)),
      (kind: DeedKind) => deedWill(deed(kind)),
    ])
      expect(new Set(KINDS.map(of)).size).toBe(KINDS.length);
    expect(new Set(KINDS.map((kind) => deedCame(kind, { is: 'done' }))).size).toBe(KINDS.length);
    expect(deedTitle(deed('deregister'))).toBe('Take Robot vacuum away for good?');
    expect(deedWill(deed('resend'))).toContain('“Robot vacuum”');
    expect(deedWill(deed('break_glass'))).toContain('The customer is told at once');
  });

  it('says what did not come about', () => {
    const none: DeskActed['is'][] = [
      'not_parked',
      'no_alexa',
      'no_test_device',
      'no_device',
      'no_customer',
      'other_serial',
      'not_allowed',
      'later',
    ];
    const texts = none.map((is) => deedCame('describe', { is }));
    expect(new Set(texts).size).toBe(none.length);
    for (const text of texts) expect(text).toMatch(/^Not (done|sent)|^Nothing|Nothing was done/);
  });
});
