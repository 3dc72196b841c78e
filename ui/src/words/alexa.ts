// How the maker's link to Alexa stands, in words: the headline where the way to the maker is well, and the second hop.

import type { AlexaLink, AlexaView, Trouble } from '../host/types';
import type { GlyphName } from '../components/icons';
import { m } from '../paraglide/messages';
import { troubleText } from './trouble';

/** How a hop is drawn: its sign, its word, and its line. */
export interface Hop {
  glyph: GlyphName;
  text: string;
  look: 'well' | 'wait' | 'broken';
}

/** The headline and the sentence below it; nothing where there is nothing to say of Alexa. */
export function alexaSays(
  alexa: AlexaView | null,
  server: string,
): { title: string; lead: string } | undefined {
  switch (alexa?.link.is) {
    case 'enabled':
      return { title: m.alexa_title_all(), lead: m.alexa_lead_all({ server }) };
    case 'not_enabled':
      return {
        title: m.alexa_title_not({ server }),
        lead: alexa.here ? m.alexa_lead_not() : m.alexa_lead_elsewhere(),
      };
    case 'disabled':
      return { title: m.alexa_title_off(), lead: m.alexa_lead_off({ server }) };
    case 'link_again':
      return { title: m.alexa_title_again(), lead: m.alexa_lead_again({ server }) };
    case 'maker_trouble':
      return { title: m.alexa_title_maker({ server }), lead: m.alexa_lead_maker() };
    default:
      return undefined;
  }
}

/** The way between the maker and Amazon. */
export function alexaWire({ is }: AlexaLink): Hop {
  const hops: Record<AlexaLink['is'], () => Hop> = {
    enabled: () => ({ glyph: 'done', text: m.alexa_wire_on(), look: 'well' }),
    not_enabled: () => ({ glyph: 'refused', text: m.alexa_wire_not(), look: 'wait' }),
    disabled: () => ({ glyph: 'now', text: m.alexa_wire_off(), look: 'broken' }),
    link_again: () => ({ glyph: 'now', text: m.alexa_wire_again(), look: 'broken' }),
    maker_trouble: () => ({ glyph: 'now', text: m.alexa_wire_maker(), look: 'broken' }),
    unknown: () => ({ glyph: 'waiting', text: m.alexa_wire_unknown(), look: 'wait' }),
  };
  return hops[is]();
}

/** Whose gateway of Alexa's it is. */
export function alexaRegion(link: AlexaLink): string | undefined {
  if (link.is !== 'enabled') return undefined;
  const regions = {
    north_america: m.alexa_region_north_america,
    europe: m.alexa_region_europe,
    far_east: m.alexa_region_far_east,
  };
  return regions[link.region]();
}

/** What the button to link says; nothing where linking would not help or can't begin here. */
export function alexaButton(alexa: AlexaView | null): string | undefined {
  if (!alexa?.here) return undefined;
  const words: Partial<Record<AlexaLink['is'], () => string>> = {
    not_enabled: m.alexa_link,
    disabled: m.alexa_link_again,
    link_again: m.alexa_link_again,
  };
  return words[alexa.link.is]?.();
}

/** Why nothing came of it. */
export function alexaTrouble(trouble: Trouble, server: string): string {
  const sentences: Partial<Record<Trouble['code'], () => string>> = {
    refused: () => m.alexa_trouble_refused({ server }),
    unreachable: () => m.alexa_trouble_away({ server }),
    bad_answer: () => m.alexa_trouble_page({ server }),
  };
  return (sentences[trouble.code] ?? (() => troubleText(trouble)))();
}
