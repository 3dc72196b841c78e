// Device models in the browser: `?models=yes` has the printer of the design with what is missing, and one that is
// assigned; `?models=files` has one whose file can't be read as well. The rules here are a sketch of the engine's: enough to
// see what the screen does with a finding, a refusal and a question.

import { LOCALES, MARKET_OF } from '../../words/registration';
import type {
  Answers as Asked,
  ArrivedView,
  Commands,
  Decision,
  Dossier,
  DossierSlot,
  FieldView,
  FindingView,
  Grade,
  Marketplace,
  ModelFile,
  ModelSaved,
  ModelsView,
  ModelText,
  ModelView,
  RefusedView,
  SlotDesk,
} from '../types';
import { refuse } from './changes';

type Locale = (typeof LOCALES)[number];
const names = (...all: string[]): Partial<Record<Locale, string>> =>
  Object.fromEntries(LOCALES.flatMap((locale, at) => (all[at] ? [[locale, all[at]]] : [])));

const nothing: Asked = { left: null, used: null, run: null };
function slot(identifier: string, instance: string, named: Dossier['names'], category: string): DossierSlot {
  return {
    identifier,
    instance,
    category,
    answers: { ...nothing, left: true },
    unit: 'PERCENT',
    description: 'An optical sensor in the cartridge holder.',
    names: named,
    asins: {},
    replenishment: '',
  };
}

function inkwell(): Dossier {
  return {
    kind: { is: 'skill' },
    name: 'Larkfield InkWell 640',
    model: 'InkWell-640',
    manufacturer: 'Larkfield',
    image: {
      file: 'inkwell-640.png',
      bytes: 1_400_000,
      format: 'png',
      width: 1600,
      height: 1200,
      background: { white: 1000, transparent: 0 },
    },
    names: names(
      'Tintendrucker',
      'Ink printer',
      'Ink printer',
      'Impresora',
      'Impresora',
      'Imprimante',
      'Stampante',
      'プリンター',
    ),
    slots: [
      slot(
        'SLOT 01',
        'ink.black',
        names(
          'Schwarze Tinte',
          'Black ink',
          'Black ink',
          'Tinta negra',
          'Tinta negra',
          'Encre noire',
          'Inchiostro nero',
          'ブラックインク',
        ),
        'Printer ink',
      ),
      slot(
        'SLOT 02',
        'ink.cyan',
        names(
          'Cyan-Tinte',
          'Cyan ink',
          'Cyan ink',
          'Tinta cian',
          'Tinta cian',
          'Encre cyan',
          'Inchiostro ciano',
          'シアンインク',
        ),
        'Printer ink',
      ),
      slot(
        'SLOT 03',
        'ink.magenta',
        names(
          'Magenta-Tinte',
          'Magenta ink',
          'Magenta ink',
          'Tinta magenta',
          'Tinta magenta',
          'Encre magenta',
          'Inchiostro magenta',
        ),
        'Printer ink',
      ),
      slot(
        'SLOT 04',
        'ink.yellow',
        names(
          'Gelbe Tinte',
          'Yellow ink',
          'Yellow ink',
          'Tinta amarilla',
          'Tinta amarilla',
          'Encre jaune',
          'Inchiostro giallo',
        ),
        '',
      ),
    ],
    marketplaces: Object.fromEntries(
      (['US', 'UK', 'DE', 'FR', 'IT', 'ES', 'JP'] as const).map((market) => [market, { customers: [] }]),
    ),
  };
}

function espresso(): Dossier {
  const pods = slot('SLOT 01', 'pods', names('Kapseln', 'Pods'), 'Coffee pods');
  return {
    kind: { is: 'skill' },
    name: 'Larkfield Espresso E2',
    model: 'Espresso-E2',
    manufacturer: 'Larkfield',
    names: names('Espressomaschine', 'Espresso machine'),
    slots: [
      {
        ...pods,
        answers: { ...nothing, left: false, used: true },
        unit: 'COUNT',
        requested: '2026-11-16',
        replenishment: 'amzn1.dash.replenishment.pods',
        asins: { DE: ['B00ABCDEF1'], UK: ['B00ABCDEF1'] },
      },
    ],
    marketplaces: {
      DE: { customers: ['A1B2C3D4E5'] },
      UK: { customers: ['A1B2C3D4E5'], certified: '2026-11-20' },
    },
  };
}

function decide({ left, used, run }: Asked): Decision {
  if (left === null) return { is: 'ask', question: 'left' };
  if (left) return { is: 'sensor', kind: 'level', reason: 'measures_left' };
  if (used === null) return { is: 'ask', question: 'used' };
  if (used) return { is: 'sensor', kind: 'usage', reason: 'knows_use' };
  if (run === null) return { is: 'ask', question: 'run' };
  return run ? { is: 'sensor', kind: 'level_usage', reason: 'knows_time' } : { is: 'none' };
}

const REASONS = {
  measures_left: 'The device measures what is left.',
  knows_use: 'The device knows how much each use takes, but not what is left.',
  knows_time: 'The device knows how long the part has run and how long one lasts.',
};

function judge(of: Dossier): FindingView[] {
  const found: FindingView[] = [];
  const add = (
    grade: Grade,
    step: FindingView['step'],
    field: string,
    place: string,
    what: string,
    why: string,
    marketplace: Marketplace | null = null,
  ) => found.push({ field, step, bars: 'request', grade, marketplace, place, what, why });
  const console_ = 'Step 1, create a device';
  if (of.name === '')
    add(
      'missing',
      'device',
      'name',
      console_,
      'Name in the console is missing',
      'The console tells your devices apart by it.',
    );
  if ([...of.name].length > 60)
    add(
      'wrong',
      'device',
      'name',
      console_,
      `${[...of.name].length} characters, at most 60`,
      'The console takes no more.',
    );
  if (!of.image)
    add(
      'missing',
      'customise',
      'image',
      'Step 2, customise',
      'Image is missing',
      'Customers see it in mails about low supplies.',
    );
  else if (of.image.bytes > 1_000_000)
    add(
      'wrong',
      'customise',
      'image.bytes',
      'Step 2, customise',
      'Image is too large: 1.4 MB, at most 1 MB',
      'Customers see it in mails about low supplies.',
    );
  for (const locale of LOCALES) {
    const market = MARKET_OF[locale];
    if (!of.marketplaces[market]) continue;
    if (!of.names[locale])
      add(
        'missing',
        'customise',
        `names.${locale}`,
        locale,
        'Friendly name is missing',
        'Customers read it in the Alexa app and in notifications.',
        market,
      );
    of.slots.forEach((slot, at) => {
      if (!slot.names[locale])
        add(
          'missing',
          'slots',
          `slots[${at}].names.${locale}`,
          `${slot.identifier}, ${locale}`,
          'Slot name is missing',
          'Notifications say by it what runs low.',
          market,
        );
    });
  }
  of.slots.forEach((slot, at) => {
    if (slot.category === '')
      add(
        'missing',
        'slots',
        `slots[${at}].category`,
        slot.identifier,
        'Category is missing',
        'Amazon makes the product list by it.',
      );
    if (decide(slot.answers).is === 'ask')
      add(
        'missing',
        'ids',
        `slots[${at}].answers`,
        slot.identifier,
        'Sensor type is not decided',
        'The replenishment ID is assigned for one sensor type.',
      );
    if (slot.replenishment === '' && slot.requested)
      add(
        'awaited',
        'ids',
        `slots[${at}].replenishment`,
        slot.identifier,
        'Replenishment ID is due Wed 25 Nov, working days left: 3',
        'Discovery names the consumable by it; without it nothing is ordered.',
      );
    const other = of.slots.findIndex(
      (one) => one.replenishment !== '' && one.replenishment === slot.replenishment,
    );
    if (other >= 0 && other < at)
      add(
        'wrong',
        'ids',
        `slots[${at}].replenishment`,
        slot.identifier,
        `${of.slots[other]?.identifier ?? ''} has the same replenishment ID`,
        'Reports of one slot would order for the other.',
      );
  });
  const order: Grade[] = ['wrong', 'missing', 'awaited'];
  return found.sort((one, other) => order.indexOf(one.grade) - order.indexOf(other.grade));
}

function headline(of: Dossier, found: FindingView[]): string {
  const name = of.name || 'the new model';
  const count = (grade: Grade) => found.filter((one) => one.grade === grade).length;
  const both = count('wrong') + count('missing');
  if (count('wrong') > 0 && count('missing') > 0) return `${both} things are open for ${name}`;
  if (count('wrong') > 0)
    return count('wrong') === 1
      ? `One thing is wrong with ${name}`
      : `${count('wrong')} things are wrong with ${name}`;
  if (count('missing') > 0)
    return count('missing') === 1
      ? `One thing is missing for ${name}`
      : `${count('missing')} things are missing for ${name}`;
  if (count('awaited') > 0) return `${name} waits for ${count('awaited')} replenishment IDs`;
  return `${name} is complete`;
}

function fields(of: Dossier): FieldView[] {
  const all: FieldView[] = [
    { label: 'kind', step: 'device', name: 'Kind', value: 'Alexa Skills Kit device' },
    { label: 'name', step: 'device', name: 'Device name', value: of.name },
    { label: 'model', step: 'device', name: 'Model ID', value: of.model },
  ];
  for (const slot of of.slots)
    all.push({
      label: 'category',
      step: 'slots',
      name: `${slot.identifier}, Consumable category`,
      value: slot.category,
    });
  return all;
}

const assigned = (of: Dossier): boolean => of.slots.some((slot) => slot.replenishment !== '');

function view(model: string, dossier: Dossier): ModelView {
  const findings = judge(dossier);
  const slots = dossier.slots.map((slot): SlotDesk => {
    const decision = decide(slot.answers);
    return {
      decision,
      reason: decision.is === 'sensor' ? REASONS[decision.reason] : null,
      request: slot.requested ? 'Requested Mon 16 Nov, due Wed 25 Nov' : null,
      locked: slot.replenishment !== '',
    };
  });
  const markets = Object.entries(dossier.marketplaces) as [Marketplace, { certified?: string }][];
  const endpoints = [
    { friendlyName: dossier.name, manufacturerName: dossier.manufacturer, displayCategories: ['OTHER'] },
  ];
  return {
    model,
    dossier,
    headline: headline(dossier, findings),
    findings,
    marketplaces: markets.map(([marketplace, { certified }]) => ({
      marketplace,
      next: certified ? null : assigned(dossier) ? 'certify' : 'request',
      open: findings.length,
    })),
    slots,
    fields: fields(dossier),
    image: dossier.image ? { says: '1,600 × 1,200 px, 1.4 MB, PNG', src: null } : null,
    assigned: assigned(dossier),
    certified: markets.some(([, { certified }]) => certified !== undefined),
    preview: {
      json: JSON.stringify(
        { event: { header: { name: 'Discover.Response' }, payload: { endpoints } } },
        null,
        2,
      ),
      left_out: dossier.slots
        .filter((slot) => decide(slot.answers).is !== 'sensor')
        .map((slot) => slot.identifier),
      broken: [],
    },
  };
}

type Names =
  | 'models'
  | 'model'
  | 'new_model'
  | 'set_model'
  | 'remove_model'
  | 'model_id'
  | 'model_image'
  | 'import_models'
  | 'model_file';
type Answers = { [K in Names]: (args: Commands[K]['args']) => Commands[K]['answer'] };

export function registration(query: URLSearchParams): Answers {
  const kept = new Map<string, Dossier>();
  const state = query.get('models');
  if (state) {
    kept.set('019a5f00-0000-7000-8000-00000000e001', inkwell());
    kept.set('019a5f00-0000-7000-8000-00000000e002', espresso());
  }
  let made = 0;
  const one = (model: string): Dossier =>
    kept.get(model) ?? refuse('bad_field', 'This model is gone.', 'model');
  function begin(dossier: Dossier): string {
    made += 1;
    const model = `019a5f00-0000-7000-8000-00000000f${String(made).padStart(3, '0')}`;
    kept.set(model, dossier);
    return model;
  }
  function keep(model: string, dossier: Dossier): ModelSaved {
    const before = one(model);
    const refused: RefusedView[] = [];
    const why = 'Replenishment IDs are assigned, so this can no longer change. Write to the Dash programme.';
    if (assigned(before)) {
      if (before.name !== dossier.name) refused.push({ field: 'name', why });
      if (before.slots.length !== dossier.slots.length) refused.push({ field: 'slots', why });
    }
    if (refused.length === 0) kept.set(model, dossier);
    return { view: view(model, one(model)), refused };
  }
  return {
    models: (): ModelsView => {
      const models: ModelsView['models'] = [...kept].map(([model, dossier]) => {
        const findings = judge(dossier);
        const grade = findings[0]?.grade ?? null;
        return {
          model,
          name: dossier.name,
          id: dossier.model,
          says: headline(dossier, findings),
          grade,
          count: findings.filter((of) => (of.grade === 'awaited') === (grade === 'awaited')).length,
          unreadable: false,
        };
      });
      if (state === 'files')
        models.push({
          model: '019a5f00-0000-7000-8000-00000000e003',
          name: '',
          id: '',
          says: 'This is no dossier of a device model: expected value at line 1 column 1.',
          grade: 'wrong',
          count: 1,
          unreadable: true,
        });
      return { models, folder: '/home/priya/.local/share/refill/models' };
    },
    model: ({ model }) => view(model, one(model)),
    new_model: ({ name }) =>
      begin({
        kind: { is: 'skill' },
        name,
        model: 'a1b2c3d4e5f60718',
        manufacturer: '',
        names: {},
        slots: [{ ...slot('SLOT 01', '', {}, ''), answers: { ...nothing }, description: '' }],
        marketplaces: {},
      }),
    set_model: ({ model, dossier }) => keep(model, dossier),
    remove_model: ({ model }) => {
      kept.delete(model);
      return null;
    },
    model_id: ({ name }) => `${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}-a1b2c3d4e5f60718`,
    model_image: ({ model }) => {
      if (query.get('image') === 'refused')
        refuse('bad_file', 'This is no picture the console takes: BMP, JPG, PNG or GIF.', 'image');
      const before = one(model);
      const image = before.image ?? inkwell().image;
      return keep(model, image ? { ...before, image: { ...image, bytes: 240_000 } } : before);
    },
    import_models: (): ArrivedView => ({
      models: [begin({ ...espresso(), name: '', names: {}, marketplaces: {} })],
      unknown: ['the name in the console', 'the image'],
      notes: [],
      missing: ['name', 'image'],
    }),
    model_file: ({ model, form }: { model: string; form: ModelFile }): ModelText => {
      const of = one(model);
      const ending = {
        json: '.json',
        html: '.html',
        discovery: '-discover-response.json',
        letter: '-letter.txt',
      }[form];
      return { name: `${of.model}${ending}`, text: JSON.stringify(of) };
    },
  };
}
