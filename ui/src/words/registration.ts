// Device models in words: what the engine leaves to the interface.

import type { GlyphName } from '../components/icons';
import type { AtCloud, DossierSlot, Grade, Marketplace, Question, SensorKind, Stage } from '../host/types';
import { m } from '../paraglide/messages';
import { country } from './dash';

const grades: Record<Grade, { glyph: GlyphName; tone: string; text: () => string }> = {
  wrong: { glyph: 'now', tone: 'is-now', text: m.reg_wrong },
  missing: { glyph: 'now', tone: 'is-now', text: m.reg_missing },
  awaited: { glyph: 'waiting', tone: 'is-unknown', text: m.reg_awaited },
};

export const gradeSays = (grade: Grade) => grades[grade];

const stages: Record<Stage, () => string> = {
  request: m.reg_next_request,
  test: m.reg_next_test,
  certify: m.reg_next_certify,
};

/** What comes next in a country; certified when nothing does. */
export const nextSays = (stage: Stage | null): string => (stage ? stages[stage]() : m.reg_certified());

const questions: Record<Question, { ask: () => string; hint: () => string }> = {
  left: { ask: m.reg_ask_left, hint: m.reg_ask_left_hint },
  used: { ask: m.reg_ask_used, hint: m.reg_ask_used_hint },
  run: { ask: m.reg_ask_run, hint: m.reg_ask_run_hint },
};

export const questionSays = (question: Question) => questions[question];

const sensors: Record<SensorKind, () => string> = {
  level: m.reg_sensor_level,
  usage: m.reg_sensor_usage,
  level_usage: m.reg_sensor_level_usage,
  none: m.reg_sensor_none,
};

export const sensorSays = (sensor: SensorKind): string => sensors[sensor]();

export const LOCALES = ['de-DE', 'en-GB', 'en-US', 'es-ES', 'es-US', 'fr-FR', 'it-IT', 'ja-JP'] as const;

/** Where people of a language shop. */
export const MARKET_OF: Record<(typeof LOCALES)[number], Marketplace> = {
  'de-DE': 'DE',
  'en-GB': 'UK',
  'en-US': 'US',
  'es-ES': 'ES',
  'es-US': 'US',
  'fr-FR': 'FR',
  'it-IT': 'IT',
  'ja-JP': 'JP',
};

/** How a dossier here stands to the cloud's. */
export function standingText({ standing, server }: AtCloud): string {
  switch (standing) {
    case 'absent':
      return m.reg_cloud_absent({ server });
    case 'same':
      return m.reg_cloud_same({ server });
    case 'mine':
      return m.reg_cloud_mine();
    case 'theirs':
      return m.reg_cloud_theirs({ server });
    case 'both':
      return m.reg_cloud_both();
  }
}

const LABELS: Record<string, () => string> = {
  name: m.reg_name,
  model: m.reg_model,
  manufacturer: m.reg_manufacturer,
  kind: m.reg_kind,
  'kind.device_type': m.reg_device_type,
  identifier: m.reg_identifier,
  instance: m.reg_instance,
  category: m.reg_category,
  description: m.reg_description,
  replenishment: m.reg_id,
};

/** A member of the dossier by the labels of the form: "SLOT 01, name, de-DE". What the form does not name keeps its path. */
export function fieldLabel(path: string, slots: DossierSlot[]): string {
  const [, number, inside] = /^slots\[(\d+)\]\.(.+)$/.exec(path) ?? [];
  const member = inside ?? path;
  const [head = '', ...rest] = member.split('.');
  const of = rest.join('.');
  const field =
    head === 'names' && of !== ''
      ? m.reg_cloud_name({ locale: of })
      : head === 'asins' && of !== ''
        ? m.reg_asins({ country: country(of as Marketplace) })
        : (LABELS[member]?.() ?? member);
  if (number === undefined) return field;
  const at = Number(number);
  return m.reg_cloud_label({
    slot: slots[at]?.identifier || m.reg_slot_nth({ count: at + 1 }),
    field,
  });
}
