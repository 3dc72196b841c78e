import { beforeAll, describe, expect, it } from 'vitest';
import type { CustomerView, DeskDevice, DeskSlot, Trouble } from '../host/types';
import { follow } from '../state/locale.svelte';
import { customerLead, deskTrouble, health, left, linkSteps, openedText, said, summary } from './desk';

const slot = (more: Partial<DeskSlot>): DeskSlot => ({
  id: 's',
  name: 'Cyan ink',
  supply: 'ink',
  left: null,
  full: null,
  some_left: false,
  low_since: null,
  unexplained: false,
  said_at: null,
  ...more,
});

const device = (more: Partial<DeskDevice>): DeskDevice => ({
  id: 'd',
  name: 'Study printer',
  kind: 'printer',
  model: 'InkWell 640',
  serial: 'pr-5521-88',
  health: 'well',
  said_at: null,
  slots: [slot({ left: { milli: 2000, unit: 'PERCENT' } })],
  ...more,
});

const view = (more: Partial<CustomerView> = {}): CustomerView => ({
  customer: 'c',
  name: 'Priya Nair',
  mail: 'p•••@e•••.org',
  case: 'SUP-1',
  until: 0,
  devices: [device({}), device({ health: 'silent' })],
  supplies: 2,
  links: {
    app_since: null,
    alexa: { is: 'disabled' },
    stopped: 'The skill is off.',
    waiting: 2,
    parked: ['Too large.'],
  },
  opened: [],
  ...more,
});

const trouble = (code: Trouble['code'], detail = ''): Trouble => ({ code, detail, field: null });

beforeAll(() => follow({ language: 'en', locale: 'en-GB', units: 'region' }, ['en-GB']));

describe('a customer at the desk', () => {
  it('is told in facts', () => {
    expect(customerLead(view())).toBe('2 devices, 2 supplies. 1 report was put aside. 1 device is silent.');
    expect(left(slot({ left: { milli: 2000, unit: 'PERCENT' } }))).toBe('2%');
    expect([left(slot({})), left(slot({ some_left: true })), said(null)]).toEqual([
      'not known',
      'some',
      'never',
    ]);
    const all = (['well', 'silent', 'never_spoke', 'unknown'] as const).map(
      (how) => health(device({ health: how })).text,
    );
    expect(new Set(all).size).toBe(4);
  });

  it('has every trouble of its links in a line of its own', () => {
    expect(linkSteps(view().links).map((step) => `${step.glyph} ${step.text}`)).toEqual([
      'unknown No app linked',
      'now Alexa: Turned off',
      'waiting 2 reports wait',
      'now The skill is off.',
      'now Too large.',
    ]);
  });

  it('is copied as it is on the screen', () => {
    const text = summary(view());
    expect(text).toContain('Priya Nair (p•••@e•••.org), Case SUP-1');
    expect(text).toContain('Study printer, InkWell 640, pr-5521-88: In order, last heard never');
    expect(text).toContain('- Cyan ink: 2%; never');
    expect(text).toContain('- Too large.');
  });

  it('was opened by oneself', () => {
    const entry = (deed: Parameters<typeof openedText>[0]['deed']) =>
      openedText({ at: 0, who: 'Tom Hale', deed, case: null, reason: null });
    expect(entry({ is: 'looked', parts: ['devices', 'links'] })).toBe('Looked at the devices and the links');
    expect(entry({ is: 'found' })).toBe('Looked for a customer');
    expect(entry({ is: 'released' })).toBe('Tom Hale had a report sent again.');
  });

  it('says what to do where there is no answer', () => {
    expect(deskTrouble(trouble('refused', 'This customer has not given access, or'))).toContain(
      'Send a request',
    );
    expect(deskTrouble(trouble('refused', 'Too many searches'))).toContain('Wait a minute');
    expect(deskTrouble(trouble('refused'))).toContain('Sign in again');
    expect(deskTrouble(trouble('unreachable'))).toContain('try again later');
    expect(deskTrouble(trouble('bad_field'))).toContain('Check the case number');
  });
});
