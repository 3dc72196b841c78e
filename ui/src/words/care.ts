// How a supply is watched, and what its three figures say, in words.

import type {
  AmazonSays,
  DeviceSays,
  DifferenceView,
  PolicyView,
  Reconciliation,
  ShelfSays,
  StepView,
} from '../host/types';
import { m } from '../paraglide/messages';
import { fmt } from '../state/locale.svelte';
import { moment } from './slot';

/** "Late 1 time in 10". */
export function ruleLine(policy: PolicyView): string {
  switch (policy.rule) {
    case 'careful':
      return m.rule_careful_line();
    case 'normal':
      return m.rule_normal_line();
    case 'thrifty':
      return m.rule_thrifty_line();
    case 'amazon':
      return m.rule_amazon_line({ count: policy.days_in_hand });
  }
}

/** One of the three figures: its amount or why there is none, its age, and what makes it differ. */
export interface Told {
  id: 'device' | 'shelf' | 'amazon';
  label: string;
  figure: string;
  age: string;
  /** Above the steps; empty where nothing differs. */
  lead: string;
  difference: DifferenceView | null;
}

export function threeFigures(says: Reconciliation, today: string): Told[] {
  const ledger = says.ledger ? fmt.amount(says.ledger.amount) : '';
  return [device(says.device, ledger, today), shelf(says.shelf), amazon(says.amazon, ledger, today)];
}

const against = (difference: DifferenceView | null, ledger: string): string =>
  difference ? m.figures_ledger({ amount: ledger }) : m.figures_agree();

function device(says: DeviceSays, ledger: string, today: string): Told {
  const told = (figure: string, age = ''): Told => ({
    id: 'device',
    label: m.figures_device(),
    figure,
    age,
    lead: '',
    difference: null,
  });
  switch (says.kind) {
    case 'level':
      return {
        ...told(fmt.amount(says.figure.amount), m.figures_said({ moment: moment(says.figure.at, today) })),
        lead: against(says.difference, ledger),
        difference: says.difference,
      };
    case 'uses':
      return told(
        m.figures_uses(),
        says.last === null ? m.figures_nothing() : m.figures_uses_line({ moment: moment(says.last, today) }),
      );
    case 'no_number':
      return told(m.figures_no_number(), m.figures_uses_line({ moment: moment(says.last, today) }));
    case 'nothing':
      return told(m.figures_nothing());
    case 'unmeasured':
      return told(m.figures_unmeasured(), m.figures_unmeasured_line());
  }
}

function shelf(says: ShelfSays): Told {
  return {
    id: 'shelf',
    label: m.figures_shelf(),
    figure: fmt.amount(says.now),
    age: says.counted
      ? m.figures_counted({ amount: fmt.amount(says.counted.amount), day: fmt.day(says.counted.day) })
      : m.figures_never(),
    lead: says.difference ? (says.counted ? m.figures_since() : m.figures_began()) : '',
    difference: says.difference,
  };
}

function amazon(says: AmazonSays, ledger: string, today: string): Told {
  const base = { id: 'amazon' as const, label: m.figures_amazon() };
  if (says.kind === 'not_reported')
    return {
      ...base,
      figure: m.figures_not_reported(),
      age: m.figures_not_reported_line(),
      lead: '',
      difference: null,
    };
  if (says.kind === 'counts')
    return {
      ...base,
      figure: m.desk_amazon_counts(),
      age: m.desk_amazon_counts_line({ moment: moment(says.last, today) }),
      lead: '',
      difference: null,
    };
  if (says.kind === 'through_maker')
    return {
      ...base,
      figure: m.figures_through_maker(),
      age: m.figures_through_maker_line(),
      lead: '',
      difference: null,
    };
  const age = m.figures_said({ moment: moment(says.figure.at, today) });
  return {
    ...base,
    figure: fmt.amount(says.figure.amount),
    age: says.confirmed ? `${age}, ${m.figures_confirmed()}` : age,
    lead: against(says.difference, ledger),
    difference: says.difference,
  };
}

/** "You counted 46%, Fri 20 Nov"; at the support desk "Counted 46%". */
export function stepText(step: StepView, on_shelf: boolean, desk = false): string {
  const counted = desk && step.cause.kind === 'counted';
  const text = !counted
    ? what(step, on_shelf)
    : step.stated
      ? m.desk_step_counted({ amount: fmt.amount(step.stated) })
      : m.desk_step_counted_plain();
  const dated = step.day ? m.step_on({ text, day: fmt.day(step.day) }) : text;
  return step.device_name ? m.step_from({ text: dated, device: step.device_name }) : dated;
}

function what(step: StepView, on_shelf: boolean): string {
  const { cause } = step;
  switch (cause.kind) {
    case 'counted':
      return step.stated ? m.step_counted({ amount: fmt.amount(step.stated) }) : m.step_counted_plain();
    case 'bought':
      return on_shelf ? m.step_bought() : m.step_bought_level();
    case 'received':
      return m.step_received();
    case 'replaced':
      return m.step_replaced();
    case 'taken_out':
      return m.step_taken_out();
    case 'read':
      return m.step_read();
    case 'used':
      return m.step_used({ count: cause.count });
    case 'opened':
      return m.step_opened();
    case 'unrecorded':
      return m.step_unrecorded();
  }
}
