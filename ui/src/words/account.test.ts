import { beforeAll, describe, expect, it } from 'vitest';
import type { AccountView, CloudConnection } from '../host/types';
import { follow } from '../state/locale.svelte';
import { accountFoot, accountSays, cannotBegin, notLinked, wire } from './account';

const UNTIL = Date.UTC(2026, 10, 21, 10, 4);

function view(connection: CloudConnection, waiting = 0): AccountView {
  const state = {
    is: 'linked' as const,
    server: 'home.example.com',
    email: 'a@example.com',
    name: 'A',
    scope: 'customer',
    since: 0,
    supplies: 2,
    lasting: true,
    connection,
    alexa: null,
  };
  return { state, trouble: null, waiting, parked: 0, asks: 0 };
}

beforeAll(() => follow({ language: 'en', locale: 'en-GB', units: 'region' }, ['en-GB']));

describe('how an account stands', () => {
  it('is said in the headline, on the way and at the foot', () => {
    const said = (of: AccountView) => {
      const foot = accountFoot(of);
      return [
        accountSays(of).title,
        wire(of).text,
        wire(of).look,
        foot && `${foot.title} / ${foot.line}`,
      ].join(' | ');
    };
    expect(said(view({ is: 'listening' }))).toBe(
      'Linked with home.example.com | In step | well | Up to date / home.example.com',
    );
    expect(said(view({ is: 'listening' }, 3))).toBe(
      'Linked with home.example.com | 3 entries wait | wait | Sending / 3 entries wait',
    );
    expect(said(view({ is: 'connecting' }, 1))).toBe(
      'Linked with home.example.com | Looking | wait | Looking / 1 entry waits',
    );
    expect(said(view({ is: 'offline', until: UNTIL, detail: '' }, 2))).toBe(
      'Linked, but home.example.com can’t be reached | Can’t be reached | broken | Offline / 2 entries wait',
    );
    expect(said(view({ is: 'ended' }))).toBe(
      'Link again with home.example.com | Link again | broken | Link again / home.example.com',
    );
    expect(accountFoot({ ...view({ is: 'ended' }), state: { is: 'unlinked' } })).toBeNull();
    expect(accountFoot(null)).toBeNull();
  });

  it('tells why there is no link by what happened', () => {
    const trouble = (code: 'timed_out' | 'refused' | 'bad_certificate' | 'unexpected') => ({
      code,
      detail: '',
      field: null,
    });
    expect(cannotBegin(trouble('timed_out'), 'x.example')).toBe(
      'x.example did not answer in time. Try again.',
    );
    expect(notLinked(trouble('timed_out'))).toBe('That took longer than 10 minutes. Start again.');
    expect(notLinked(trouble('refused'))).toContain('Nothing was linked');
    expect(cannotBegin(trouble('bad_certificate'), 'x.example')).toContain(
      'do not link over this connection',
    );
    expect(cannotBegin(trouble('unexpected'), 'x.example')).not.toBe('');
  });
});
