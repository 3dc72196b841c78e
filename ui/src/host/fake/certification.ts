// Certification in the browser: `?cert=failed` has the run of the design, in which one slot of case 4 fails, `?cert=changed`
// the same before the model was changed, `?cert=passed` one that passes, `?cert=unjudged` one that can't be judged after the
// first case. `?cert=unable` can't be rehearsed, `?cert=stays` is under way until it is stopped. Steps and verdicts are a
// sketch of the engine's: enough to see what the screen does with them.

import type {
  Case,
  CaseCount,
  CaseDetail,
  CaseRow,
  CaseState,
  CertificationView,
  Commands,
  Dossier,
  GuidedAnswer,
  GuidedStep,
  GuidedView,
  LiveView,
  Marketplace,
  MomentView,
  Update,
  Verdicts,
} from '../types';
import { refuse } from './changes';
import { NOW } from './days';

const CASES: [Case, string, string, string][] = [
  [
    'prerequisites',
    'P1',
    'Test account',
    'On the allow list, with a retail account; test orders are cancelled within 24 hours',
  ],
  ['discovery', 'P2', 'Discover sent to the skill', 'A complete Discover.Response that Amazon takes'],
  ['set_up', '1', 'Device set up with automatic reorder', 'The device and its slots appear'],
  [
    'sensors',
    'P3',
    'Discovery compared with the registration',
    'Each sensor has the registered interface, quantity and unit',
  ],
  [
    'messages',
    'P4',
    'Every message to the event gateway read',
    'The documented form, about this device and its sensors, taken by Amazon',
  ],
  [
    'supply',
    '2',
    'Inventory under Device Settings > Supply',
    'Equals what the device measured and what the maker’s app shows',
  ],
  ['daily', 'P5', 'Device left alone for more than a day', 'A report at least once a day'],
  ['low_mail', '3', 'Level falls to the threshold', 'A mail about low supply'],
  ['order', '4', 'Each slot at or below the threshold for three updates', 'An order for the slot'],
  ['reset', '5', 'Consumable of each slot replaced', 'At least one message with the new value'],
  ['products', '6', 'Products of each slot under Supply', 'The right products are offered'],
  ['notify_only', '7', 'Each slot low with notifications alone', 'A notification and no order'],
  ['kept', '8', 'Device left registered until Amazon approves', 'It is not deregistered'],
];

/** The order of a test with a real skill. */
const ORDER: Case[] = [
  'prerequisites',
  'discovery',
  'set_up',
  'products',
  'supply',
  'messages',
  'low_mail',
  'order',
  'reset',
  'notify_only',
  'daily',
  'kept',
];
const IN_MESSAGES: Case[] = ['discovery', 'sensors', 'messages', 'daily'];
const BY_SLOT: Case[] = ['products', 'supply', 'low_mail', 'order', 'reset', 'notify_only'];
const DAY = 86_400_000;

interface Ran {
  state: CaseState;
  at: number;
  market: Marketplace | null;
}

function message(percent: number): string {
  const value = { '@type': 'Percentage', value: percent };
  const property = { namespace: 'Alexa.InventoryLevelSensor', name: 'level', instance: 'yellow', value };
  const payload = { change: { properties: [property] } };
  const scope = { type: 'BearerToken', token: 'token hidden' };
  const endpoint = { endpointId: 'InkWell-640-1', scope };
  return JSON.stringify(
    { event: { header: { namespace: 'Alexa', name: 'ChangeReport' }, endpoint, payload } },
    null,
    2,
  );
}

const moment = (number: number, day: number, says: string, more: Partial<MomentView> = {}): MomentView => ({
  number,
  day,
  at: NOW + (day - 1) * DAY,
  says,
  json: null,
  refused: null,
  wrong: false,
  ...more,
});

const FEW: MomentView[] = [
  moment(41, 1, 'Message to Amazon: ChangeReport, yellow 15%', { json: message(15) }),
  moment(44, 2, 'Message to Amazon: ChangeReport, yellow 14%', { json: message(14) }),
  moment(47, 3, 'Message to Amazon: ChangeReport, yellow 16%', { json: message(16), wrong: true }),
];

const LIVE: MomentView[] = [
  moment(1, 1, 'Discover answered: Discover.Response', { json: '{}' }),
  moment(2, 1, 'Customer chose: black, automatic reorder, 20%'),
  moment(3, 1, 'Device: black = 100%'),
  moment(4, 1, 'Message to Amazon: ChangeReport, black 100%', { json: message(100) }),
];

function count(rows: CaseRow[]): CaseCount {
  const of = (state: CaseState) => rows.filter((row) => row.numbered && row.state === state).length;
  return {
    passed: of('passed'),
    failed: of('failed'),
    person: of('person'),
    unjudged: of('unjudged'),
    never: of('never'),
  };
}

interface Test {
  begun: number;
  market: Marketplace | null;
  dossier: Dossier;
  answers: Map<number, GuidedAnswer>;
}

type Names =
  | 'certification'
  | 'rehearse'
  | 'rehearsal'
  | 'certification_case'
  | 'answer_case'
  | 'certification_file'
  | 'begin_guided'
  | 'answer_guided'
  | 'undo_guided';
type Answers = {
  [K in Names]: (args: Commands[K]['args']) => Commands[K]['answer'] | Promise<Commands[K]['answer']>;
};

export function certifying(
  query: URLSearchParams,
  tell: (update: Update) => void,
  dossier: (model: string) => Dossier,
): Answers & { stop: () => void } {
  const kind = query.get('cert');
  const ran = new Map<Case, Ran>();
  const tests = new Map<string, Test>();
  let live: LiveView | null = null;
  let stop: (() => void) | null = null;

  function hold(only: Case | null, market: Marketplace | null): void {
    const failing = kind === 'failed' || kind === 'changed';
    for (const [name] of CASES) {
      if (only !== null && name !== only) continue;
      const state: CaseState =
        name === 'prerequisites' || (failing && name === 'products')
          ? 'person'
          : failing && name === 'order'
            ? 'failed'
            : kind === 'unjudged' && !['discovery', 'set_up'].includes(name)
              ? name === 'sensors'
                ? 'failed'
                : 'unjudged'
              : 'passed';
      ran.set(name, { state, at: NOW - 1_100_000, market });
    }
  }
  if (kind !== null && !['stays', 'unable', 'never'].includes(kind)) hold(null, 'UK');

  function verdicts(of: (name: Case) => CaseState, more: Omit<Verdicts, 'cases' | 'count'>): Verdicts {
    const cases = CASES.map(([name, code, tests_, expects]): CaseRow => {
      const state = of(name);
      return {
        case: name,
        code,
        numbered: !code.startsWith('P'),
        tests: tests_,
        expects,
        state,
        slots: state === 'failed' && BY_SLOT.includes(name) ? 1 : 0,
        changed: more.changed,
      };
    });
    return { cases, count: count(cases), ...more };
  }

  function steps(test: Test): GuidedStep[] {
    const made: GuidedStep[] = [];
    for (const name of ORDER) {
      const [, code, , expects] = CASES.find(([of]) => of === name) ?? [name, '', '', ''];
      const step = (task: string, slot: string | null): void => {
        made.push({
          case: name,
          code,
          slot,
          task,
          expects,
          wants_messages: IN_MESSAGES.includes(name),
          unit: name === 'supply' ? 'PERCENT' : null,
          answer: test.answers.get(made.length) ?? null,
        });
      };
      if (name === 'prerequisites') {
        step('See that the account is on Amazon’s allow list', null);
        step('See that the account has a retail account with address and payment', null);
        step('Cancel test orders within 24 hours', null);
      } else if (BY_SLOT.includes(name)) {
        for (const slot of test.dossier.slots) {
          const said = slot.names['en-GB'] ?? slot.identifier;
          step(
            name === 'supply'
              ? `Ask Alexa: “How much ${said} is left?”, and open Device Settings > Supply. Is it what the device and your app show?`
              : `Look at ${said} for case ${code}.`,
            said,
          );
        }
      } else {
        step(
          name === 'discovery'
            ? 'In the Lambda console, run the Discover test of your skill, and paste the Discover.Response.'
            : `Do and look at what case ${code} says.`,
          null,
        );
      }
    }
    return made;
  }

  function guided(test: Test): GuidedView {
    const all = steps(test);
    const next = all.findIndex((step) => step.answer === null);
    const state = (name: Case): CaseState => {
      const asked = name === 'sensors' ? 'discovery' : name;
      const of = all.filter((step) => step.case === asked);
      if (of.some((step) => step.answer === null)) return 'never';
      if (of.some((step) => step.answer?.reply === 'not_seen' || step.answer?.reply === 'other'))
        return 'failed';
      return of.some((step) => step.answer?.reply === 'cannot_see') ? 'unjudged' : 'passed';
    };
    return {
      verdicts: verdicts(state, {
        held_at: test.answers.size > 0 ? NOW : null,
        market: test.market,
        changed: false,
      }),
      begun: test.begun,
      device: null,
      steps: all,
      next: next < 0 ? null : next,
      heard: 0,
    };
  }

  function view(model: string): CertificationView {
    const of = dossier(model);
    const test = tests.get(model);
    const held = [...ran.values()].map((run) => run.at);
    return {
      model,
      unable:
        kind === 'unable' ? 'No slot is ready yet: each needs an instance, a sensor type and a unit.' : null,
      markets: Object.keys(of.marketplaces) as Marketplace[],
      rehearsed: verdicts((name) => ran.get(name)?.state ?? 'never', {
        held_at: held.length > 0 ? Math.max(...held) : null,
        market: [...ran.values()][0]?.market ?? null,
        changed: kind === 'changed',
      }),
      guided: test ? guided(test) : null,
      devices: [],
      unreadable: kind === 'changed' ? 1 : 0,
      live: live ? { ...live, moments: [] } : null,
    };
  }

  function reasons(name: Case, state: CaseState): string[] {
    if (state === 'failed')
      return name === 'order'
        ? [
            'SLOT 04: Fewer than three low updates in a row (2). After that it stood at 16%, above the low mark of 15%',
          ]
        : name === 'sensors'
          ? ['SLOT 02: Another quantity or unit than registered (GRAM)']
          : ['A person looked and says that it is not so'];
    if (state === 'unjudged') return ['Case P3 did not pass, and without it this one says nothing'];
    if (state === 'person')
      return name === 'products'
        ? ['Look at the products under Supply: the dossier lists none for this marketplace']
        : [
            'See that the account is on Amazon’s allow list',
            'See that the account has a retail account with address and payment',
            'Cancel test orders within 24 hours',
          ];
    return [];
  }

  return {
    stop: () => stop?.(),
    certification: ({ model }) => view(model),
    async rehearse({ model, market, case: only }) {
      if (live) refuse('bad_field', 'Something else is still being moved. Wait for it, or stop it.');
      live = { model, case: only, done: 2, steps: 20, moments: LIVE };
      tell({ kind: 'progress', work: 'rehearsal', done: 2, total: 20 });
      if (kind === 'stays') {
        await new Promise<void>((resolve) => (stop = resolve));
        live = null;
        refuse('cancelled', 'The rehearsal was ended.');
      }
      live = null;
      hold(only, market);
      return view(model);
    },
    rehearsal: ({ after }) => (live ? { ...live, moments: live.moments.slice(after) } : null),
    certification_case: ({ model, case: name, guided: real }): CaseDetail => {
      const of = view(model);
      const cases = (real ? of.guided?.verdicts : of.rehearsed)?.cases ?? [];
      const row = cases.find((one) => one.case === name) ?? of.rehearsed.cases[0];
      if (!row) return refuse('bad_field', 'This case is gone.', 'case');
      const run = real ? undefined : ran.get(name);
      return {
        row,
        reasons: reasons(name, row.state),
        evidence: row.state === 'failed' && name === 'order' ? FEW : row.state === 'passed' ? LIVE : [],
        held_at: run?.at ?? null,
        took_ms: run ? 1800 : null,
        market: run?.market ?? null,
        asks: !real && row.state === 'person',
      };
    },
    answer_case({ model, case: name, holds }) {
      const run = ran.get(name);
      if (run) ran.set(name, { ...run, state: holds ? 'passed' : 'failed' });
      return view(model);
    },
    certification_file: ({ model, form, guided: real }) => ({
      name: `${dossier(model).model}-${real ? 'real-skill' : 'rehearsal'}.${form}`,
      text: JSON.stringify(view(model)),
    }),
    begin_guided({ model, market }) {
      const of = dossier(model);
      tests.set(model, { begun: NOW, market, dossier: of, answers: new Map() });
      return view(model);
    },
    answer_guided({ model, step, form }) {
      const test = tests.get(model);
      const asked = test ? steps(test)[step] : undefined;
      if (!test || !asked) return refuse('bad_field', 'No test is under way.', 'model');
      if (form.reply === 'other' && form.note.trim() === '') refuse('bad_field', 'Say what.', 'note');
      if (form.left.trim() !== '' && !/^\d+$/.test(form.left.trim()))
        refuse('bad_amount', 'This is no number.', 'left');
      const pasted = form.pasted.trim();
      if (
        (pasted !== '' && !pasted.startsWith('{')) ||
        (asked.wants_messages && form.reply === 'seen' && pasted === '')
      )
        refuse('bad_field', 'This is no message of a skill.', 'pasted');
      test.answers.set(step, {
        reply: form.reply,
        note: form.note,
        left: form.left === '' ? null : { milli: Number(form.left) * 1000, unit: 'PERCENT' },
        messages: pasted === '' ? 0 : 1,
        at: NOW,
      });
      return view(model);
    },
    undo_guided({ model }) {
      const test = tests.get(model);
      if (test) test.answers.delete(Math.max(...test.answers.keys()));
      return view(model);
    },
  };
}
