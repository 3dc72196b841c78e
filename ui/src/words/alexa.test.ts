import { beforeAll, describe, expect, it } from 'vitest';
import type { AlexaLink, AlexaView } from '../host/types';
import { follow } from '../state/locale.svelte';
import { alexaButton, alexaRegion, alexaSays, alexaTrouble, alexaWire } from './alexa';

const SERVER = 'home.example.com';
const view = (link: AlexaLink, here = true): AlexaView => ({ link, since: 0, here });

beforeAll(() => follow({ language: 'en', locale: 'en-GB', units: 'region' }, ['en-GB']));

describe('how the link to Alexa stands', () => {
  it('is said in the headline, on the way, and by the one thing to do', () => {
    const said = (alexa: AlexaView) =>
      [alexaSays(alexa, SERVER)?.title, alexaWire(alexa.link).text, alexaButton(alexa)].join(' | ');
    expect(said(view({ is: 'enabled', region: 'europe' }))).toBe(
      'Linked, all the way to Amazon | Skill on | ',
    );
    expect(said(view({ is: 'not_enabled' }))).toBe(
      'Linked with home.example.com, not yet with Amazon | Not linked | Link with Alexa',
    );
    expect(said(view({ is: 'disabled' }))).toBe(
      'The skill is turned off at Amazon | Turned off | Link again',
    );
    expect(said(view({ is: 'link_again' }))).toBe('Link again with Alexa | Link again | Link again');
    expect(said(view({ is: 'maker_trouble' }))).toBe(
      'Linked, but home.example.com can’t reach Amazon | The maker must mend it | ',
    );
    expect(said(view({ is: 'unknown' }))).toBe(' | Not known | ');
    expect(said(view({ is: 'not_enabled' }, false))).toMatch(/\| $/);
    expect(alexaSays(view({ is: 'not_enabled' }, false), SERVER)?.lead).toContain('Alexa app');
    expect(alexaSays(null, SERVER)).toBeUndefined();
    expect(alexaButton(null)).toBeUndefined();
    expect(alexaRegion({ is: 'enabled', region: 'far_east' })).toBe('Alexa region Far East');
    expect(alexaRegion({ is: 'disabled' })).toBeUndefined();
  });

  it('tells what came of a try that failed', () => {
    const told = (code: 'refused' | 'unreachable' | 'bad_answer') =>
      alexaTrouble({ code, detail: '', field: null }, SERVER);
    expect(told('refused')).toContain('in the Alexa app');
    expect(told('unreachable')).toContain('Nothing was changed');
    expect(told('bad_answer')).toContain('It was not opened');
    expect(alexaTrouble({ code: 'disk_full', detail: '', field: null }, SERVER)).toMatch(/disk/i);
  });
});
