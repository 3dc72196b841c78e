import { beforeAll, describe, expect, it } from 'vitest';
import type { CustomerView, DeskDevice, DeskSlot, Trouble } from '../host/types';
import { follow, setToday } from '../state/locale.svelte';
import {
  customerLead,
  deskTrouble,
  ends,
  health,
  lastTold,
  left,
  linkSteps,
  openedText,
  orderCell,
  said,
  summary,
  toldState,
} from './desk';

const slot = (more: Partial<DeskSlot>): DeskSlot => ({
  id: 's',
  name: 'Cyan ink',
  supply: 'ink',
  mark: {
    fill: null,
    texture: 'solid',
    segments: 10,
    colours: [],
    low: null,
    low_reached: false,
    stale: false,
    some_left: false,
  },
  left: null,
  left_at: null,
  full: null,
  some_left: false,
  low_since: null,
  unexplained: false,
  said_at: null,
  when: null,
  order: null,
  reorder: null,
  told: null,
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
  since: 0,
  case: 'SUP-1',
  reason: null,
  asked_at: null,
  glass: false,
  until: 0,
  at: 0,
  devices: [device({}), device({ health: 'silent' })],
  supplies: 2,
  links: {
    app_since: null,
    alexa: { is: 'disabled' },
    alexa_since: null,
    granted: false,
    stopped: 'The skill is off.',
    waiting: 2,
    parked: [
      { key: 'maker:1', reason: 'Too large.' },
      { key: 'maker:2', reason: 'Too large.' },
    ],
    registrations: [
      { device: 'd', name: 'Brew One', standing: 'lost', test: false, lived_at: null, tries: 3 },
      { device: 'e', name: 'Brew Two', standing: 'linked', test: true, lived_at: null, tries: 0 },
    ],
  },
  orders: {
    today: '2026-11-21',
    linked: false,
    headline: { kind: 'none' },
    open: [],
    earlier: [],
    reorder: [],
  },
  opened: [],
  ...more,
});

const trouble = (code: Trouble['code'], detail = ''): Trouble => ({ code, detail, field: null });

beforeAll(() => follow({ language: 'en', locale: 'en-GB', units: 'region' }, ['en-GB']));

/** Dates do not break; here that does not matter. */
const plain = (text: string): string => text.replace(/\s/g, ' ');

describe('a customer at the desk', () => {
  it('is told in facts', () => {
    expect(customerLead(view())).toBe('2 devices, 2 supplies. 2 reports are parked. 1 device is silent.');
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
      'unknown No permission to tell Alexa of the devices',
      'waiting 2 reports wait',
      'now The skill is off.',
      'now Too large.',
      'now Brew One: Amazon no longer accepts the registration',
      'done Brew Two: registered as a test device, last sign of life never',
    ]);
  });

  it('says of each supply what is ordered and what Alexa was told, with its age', () => {
    const at = new Date(2026, 10, 18, 18, 0).getTime();
    setToday('2026-11-21');
    const cells = (more: Partial<DeskSlot>) =>
      [ends(slot(more)), orderCell(slot(more)).text, lastTold(slot(more)).text].map(plain);
    const told = (standing: 'waiting' | 'delivered' | 'parked') => ({ told: { standing, at } });
    expect(cells(told('parked'))).toEqual(['no forecast', 'not offered', 'Wed 18 Nov parked']);
    expect(cells(told('waiting'))[2]).toBe('Wed 18 Nov waiting');
    expect(cells(told('delivered'))[2]).toBe('Wed 18 Nov');
    expect(cells({ reorder: { is: 'on', since: '2026-11-01' } })[1]).toBe('Auto-reorder on');
    expect(plain(toldState({ standing: 'delivered', at }))).toBe('Taken in by Alexa, of Wed 18 Nov, 18:00');
    const when = {
      precision: 'about',
      earliest: '2026-12-01',
      likely: '2026-12-03',
      latest: '2026-12-06',
      days: 12,
    } as const;
    expect(cells({ when })[0]).toBe('about Thu 3 Dec');
  });

  it('is copied as it is on the screen', () => {
    const text = summary(view());
    expect(text).toContain('Priya Nair (p•••@e•••.org), Case SUP-1');
    expect(text).toContain('Study printer, InkWell 640, pr-5521-88: In order, last heard never');
    expect(text).toContain('- Cyan ink: 2% (never); no forecast; not offered; nothing reported');
    expect(text).toContain('- Too large.');
  });

  it('was opened by oneself', () => {
    const entry = (deed: Parameters<typeof openedText>[0]['deed']) =>
      openedText({ at: 0, who: 'Tom Hale', deed, case: null, reason: null });
    expect(entry({ is: 'looked', parts: ['devices', 'links'] })).toBe('Looked at the devices and the links');
    expect(entry({ is: 'found' })).toBe('Looked for a customer');
    expect(entry({ is: 'released' })).toBe('Sent a report again');
    expect(entry({ is: 'given' })).toContain('gave');
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
