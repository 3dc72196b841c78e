// The stocktake as it is typed: one line a supply, each with what it would change; one save for all of them.

import { Preview } from '../dialogs/preview.svelte';
import { field } from '../dialogs/typed';
import type { Host } from '../host/host';
import { newId } from '../host/id';
import type {
  CountForm,
  Outcome,
  StocktakeForm,
  StocktakeLine,
  StocktakeView,
  Trouble,
  Unit,
} from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';
import { betweenPhrase } from '../words/ends';
import { capital } from '../words/headline';

/** One supply being counted. What is left empty stays as it is. */
export class Line {
  readonly of: StocktakeLine;
  level = $state('');
  levelUnit = $state<Unit>('COUNT');
  shelf = $state('');
  shelfUnit = $state<Unit>('COUNT');
  readonly preview: Preview;

  constructor(of: StocktakeLine, host: Host) {
    this.of = of;
    this.levelUnit = (of.level && of.units.includes(of.level.unit) ? of.level.unit : of.units[0]) ?? 'COUNT';
    this.shelfUnit =
      (of.shelf_units.includes(of.shelf.unit) ? of.shelf.unit : of.shelf_units[0]) ?? of.shelf.unit;
    this.preview = new Preview(host);
  }

  get touched(): boolean {
    return this.level.trim() !== '' || this.shelf.trim() !== '';
  }

  count(): CountForm {
    return {
      slot: this.of.row.slot,
      level: field(this.level, this.levelUnit),
      shelf: field(this.shelf, this.shelfUnit),
    };
  }

  /** Asks what it would change; an empty line asks nothing. */
  ask(on: string | null): void {
    if (!this.touched) {
      this.preview.stop();
      this.preview.outcome = null;
      this.preview.trouble = null;
      return;
    }
    const { slot, level, shelf } = this.count();
    const what = { kind: 'counted' as const, level, shelf };
    this.preview.ask({ id: newId(), slot, on, note: null, amends: null, what });
  }
}

/** All of them, with the id of the step: sent twice, it is saved once. */
export class Stocktake {
  readonly host: Host;
  lines = $state.raw<Line[]>([]);
  today = $state('');
  day = $state('');
  #id = newId();

  constructor(host: Host) {
    this.host = host;
  }

  /** What the books say. What was typed already stays, for supplies that are still there. */
  show(view: StocktakeView): void {
    const typed = Object.fromEntries(this.lines.map((line) => [line.of.row.slot, line]));
    this.lines = view.lines.map((of) => {
      const line = new Line(of, this.host);
      const before = typed[of.row.slot];
      if (before?.touched) {
        line.level = before.level;
        line.levelUnit = before.levelUnit;
        line.shelf = before.shelf;
        line.shelfUnit = before.shelfUnit;
        line.ask(this.on);
      }
      return line;
    });
    this.today = view.today;
    if (this.day === '' || this.day > view.today) this.day = view.today;
  }

  get counted(): Line[] {
    return this.lines.filter((line) => line.touched);
  }

  /** The day, or nothing for now. */
  get on(): string | null {
    return this.day === '' || this.day === this.today ? null : this.day;
  }

  form(): StocktakeForm {
    return { id: this.#id, on: this.on, note: null, lines: this.counted.map((line) => line.count()) };
  }

  /** Shows a refusal at the line it is about; false when it is about none. */
  refused(trouble: Trouble): boolean {
    const [, at, name] = /^lines\.(\d+)(?:\.(\w+))?$/.exec(trouble.field ?? '') ?? [];
    const line = at === undefined ? undefined : this.counted[Number(at)];
    line?.preview.refused({ ...trouble, field: name ?? 'level' });
    return line !== undefined;
  }

  /** Everything was saved: the next list is another step. */
  clear(): void {
    this.#id = newId();
    for (const line of this.lines) {
      line.level = '';
      line.shelf = '';
      line.ask(null);
    }
  }
}

/** What a count changes: level, stock and date, one short line each. */
export function changes(outcome: Outcome): string[] {
  const amount = (value: Outcome['left_after']): string =>
    value ? fmt.amount(value) : m.stocktake_books_unknown();
  const arrow = (before: string, after: string): string =>
    before === after ? after : m.stocktake_arrow({ before, after });
  const date = (when: Outcome['when_after']): string => (when ? fmt.day(when.likely) : '');
  const lines: string[] = [];
  if (outcome.left_before || outcome.left_after)
    lines.push(arrow(amount(outcome.left_before), amount(outcome.left_after)));
  if (outcome.spares_after !== null) lines.push(m.stocktake_spares({ count: outcome.spares_after }));
  const [before, after] = [date(outcome.when_before), date(outcome.when_after)];
  if (after !== '' && before !== '' && before !== after) lines.push(arrow(before, after));
  else if (outcome.when_after) lines.push(capital(betweenPhrase(outcome.when_after)) || after);
  return lines.length > 0 ? lines : [m.stocktake_same()];
}
