// What stands in a record dialog, and the form it becomes. Pure: opening one fills it in (from the slot, or from the
// entry being amended), `formOf` says what would be sent.

import type { Locale } from '../format/format';
import type { Amount, EntryId, LedgerLine, RecordForm, SlotView, Typed, Unit, What } from '../host/types';
import { field, same, typed, words, written } from './typed';

export type RecordKind = 'bought' | 'replaced' | 'counted';
export type Day = 'today' | 'yesterday' | 'other';

export interface Draft {
  id: EntryId;
  kind: RecordKind;
  amends: EntryId | null;
  day: Day;
  /** `YYYY-MM-DD`, when `day` is `other`. */
  picked: string;
  note: string;

  packs: string;
  /** Index into `packsKnown`, or `other`. */
  content: number | 'other';
  contentText: string;
  contentUnit: Unit;
  price: string;
  /** Of the entry being amended; nothing = the region's. */
  currency: string | null;
  shop: string;
  asin: string;

  fromShelf: boolean;

  level: string;
  levelUnit: Unit;
  levelTouched: boolean;
  shelf: string;
  shelfTouched: boolean;
}

/** The day before `today` (`YYYY-MM-DD`). */
export const dayBefore = (today: string): string => daysAfter(today, -1);

export function daysAfter(today: string, days: number): string {
  const date = new Date(`${today}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Packs to choose from: the slot's own, then others that were bought before, newest first. */
export function packsKnown(view: SlotView): Amount[] {
  return [view.pack, ...view.recent_packs.filter((pack) => !same(pack, view.pack))].slice(0, 6);
}

/** Units a pack may be counted in: pieces where the supply is replaced as a whole. */
export function packUnits(view: SlotView): Unit[] {
  return view.row.pooled ? view.units : ['COUNT'];
}

/** Shelf content counted in whole packs, where it is a whole number of them; else in its own unit. */
export function shelfUnit(view: SlotView): { by: Amount; packs: boolean } {
  const { pack, shelf } = view;
  const single = pack.milli <= 0 || (pack.unit === 'COUNT' && pack.milli === 1000);
  const whole =
    view.row.pooled &&
    !single &&
    (shelf.milli === 0 || (pack.unit === shelf.unit && shelf.milli % pack.milli === 0));
  return whole ? { by: pack, packs: true } : { by: { milli: 1000, unit: shelf.unit }, packs: false };
}

export function opened(
  kind: RecordKind,
  view: SlotView,
  region: Locale,
  id: EntryId,
  amends?: LedgerLine,
): Draft {
  const shelf = shelfUnit(view);
  const level = view.row.pooled && view.level === null ? null : (view.level ?? view.row.left);
  const draft: Draft = {
    id,
    kind,
    amends: amends?.entry ?? null,
    day: 'today',
    picked: view.today,
    note: amends?.note ?? '',
    packs: '1',
    content: 0,
    contentText: '',
    contentUnit: packUnits(view)[0] ?? view.pack.unit,
    price: '',
    currency: null,
    shop: '',
    asin: '',
    fromShelf: (view.row.spares ?? 0) > 0,
    level: level ? written(level.milli, region) : '',
    levelUnit: level?.unit ?? view.unit,
    levelTouched: false,
    shelf: written((view.shelf.milli / shelf.by.milli) * 1000, region),
    shelfTouched: false,
  };
  if (amends) amend(draft, amends, view, region);
  return draft;
}

function amend(draft: Draft, line: LedgerLine, view: SlotView, region: Locale): void {
  draft.picked = line.day;
  draft.day = line.day === view.today ? 'today' : line.day === dayBefore(view.today) ? 'yesterday' : 'other';
  const { what } = line;
  if (what.kind === 'bought') {
    const content = what.content ?? view.pack;
    const known = packsKnown(view).findIndex((pack) => same(pack, content));
    draft.packs = written(what.packs * 1000, region);
    draft.content = known < 0 ? 'other' : known;
    draft.contentText = known < 0 ? written(content.milli, region) : '';
    draft.contentUnit = known < 0 ? content.unit : draft.contentUnit;
    draft.price = what.price_milli === null ? '' : written(what.price_milli, region);
    draft.currency = what.currency;
    draft.shop = what.shop ?? '';
    draft.asin = what.asin ?? '';
  } else if (what.kind === 'replaced') {
    draft.fromShelf = what.from_shelf;
  } else if (what.kind === 'counted') {
    draft.level = what.level ? written(what.level.milli, region) : '';
    draft.levelUnit = what.level?.unit ?? draft.levelUnit;
    draft.levelTouched = what.level !== null;
    if (what.shelf) {
      const { by } = shelfUnit(view);
      draft.shelf = written((what.shelf.milli / by.milli) * 1000, region);
      draft.shelfTouched = true;
    }
  }
}

/** The day to send; nothing = now. */
export function dayOf(draft: Draft, today: string): string | null {
  if (draft.day === 'today' || (draft.day === 'other' && draft.picked === today)) return null;
  return draft.day === 'yesterday' ? dayBefore(today) : draft.picked;
}

/** Shelf packs as the content they hold. Texts that are no number go as they are: the engine says what is wrong. */
function shelfTyped(draft: Draft, view: SlotView, region: Locale): Typed | null {
  const { by, packs } = shelfUnit(view);
  if (!packs) return field(draft.shelf, by.unit);
  const count = /^\d{1,6}$/.test(draft.shelf.trim()) ? Number(draft.shelf.trim()) : null;
  return count === null
    ? field(draft.shelf, by.unit)
    : typed({ milli: by.milli * count, unit: by.unit }, region);
}

export function formOf(draft: Draft, view: SlotView, region: Locale): RecordForm {
  return {
    id: draft.id,
    slot: view.row.slot,
    on: dayOf(draft, view.today),
    note: words(draft.note),
    amends: draft.amends,
    what: whatOf(draft, view, region),
  };
}

function whatOf(draft: Draft, view: SlotView, region: Locale): What {
  if (draft.kind === 'replaced') return { kind: 'replaced', from_shelf: draft.fromShelf };
  if (draft.kind === 'counted') {
    // What was not touched is not a count, except that saving an untouched form confirms what is expected.
    const level = draft.levelTouched || !draft.shelfTouched ? field(draft.level, draft.levelUnit) : null;
    return { kind: 'counted', level, shelf: draft.shelfTouched ? shelfTyped(draft, view, region) : null };
  }
  const known = draft.content === 'other' ? null : packsKnown(view)[draft.content];
  const content = known
    ? same(known, view.pack)
      ? null
      : typed(known, region)
    : { text: draft.contentText.trim(), unit: draft.contentUnit };
  return {
    kind: 'bought',
    packs: draft.packs.trim(),
    content,
    asin: words(draft.asin)?.toUpperCase() ?? null,
    price: words(draft.price),
    currency: words(draft.price) ? draft.currency : null,
    shop: words(draft.shop),
  };
}
