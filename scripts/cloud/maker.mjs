// The sample maker of `npm run cloud`: two device models, one of each generation of Amazon's service, three customers
// with their devices, and what those devices do all day. What is made up here is made up for everybody alike.

/**
 * Slots of the machine that speaks to Alexa: one of each kind of sensor, in the units of protocols 2.8. It is certified
 * for Dash in three countries, the other one in none.
 */
const BREWMATE = {
  id: 'BrewMate-3',
  name: 'BrewMate 3',
  kind: 'coffee_machine',
  slots: [
    slot('capsules', 'Coffee capsules', 'pods', 'usage', 'COUNT', 50_000),
    slot('filter', 'Water filter', 'filter', 'level', 'PERCENT', 100_000),
    slot('pump', 'Pump seal', 'other', 'level_usage', 'SECOND', 36_000_000),
  ],
  dash: { model: 'BrewMate_3', marketplaces: ['US', 'UK', 'DE'] },
};

/** The machine of the older service. The instances are the slots' ids in the Dash console. */
const WASHWELL = {
  id: 'WashWell-900',
  name: 'WashWell 900',
  kind: 'washing_machine',
  slots: [
    slot('Slot01', 'Detergent', 'detergent', 'usage', 'MILLILITER', 3_046_074),
    slot('Slot02', 'Softener pods', 'pods', 'usage', 'COUNT', 42_000),
  ],
  dash: { model: 'WashWell_900', marketplaces: ['UK', 'DE'] },
};

function slot(instance, name, supply, sensor, unit, pack) {
  return { instance, name, supply, sensor, unit, capacity: sensor === 'usage' ? null : pack, pack };
}

export const MODELS = [BREWMATE, WASHWELL];

/** Amazon's replenishment IDs of the machine that speaks to Alexa. */
export const REPLENISHMENT = {
  [BREWMATE.id]: {
    capsules: 'refill-sample-capsules',
    filter: 'refill-sample-filter',
    pump: 'refill-sample-pump',
  },
};

/**
 * Customers: who they are at the maker and at Amazon, what they have, and which way it is linked. The third has
 * everything still to do, for whoever wants to go the whole way by hand.
 */
export const CUSTOMERS = [
  {
    email: 'one@example.com',
    name: 'Customer One',
    amazon: 'amzn1.account.ONE',
    has: [BREWMATE],
    link: 'alexa',
  },
  {
    email: 'two@example.com',
    name: 'Customer Two',
    amazon: 'amzn1.account.TWO',
    has: [WASHWELL],
    link: 'drs',
  },
  {
    email: 'three@example.com',
    name: 'Customer Three',
    amazon: 'amzn1.account.THREE',
    has: [BREWMATE, WASHWELL],
  },
];

export const STAFF = { email: 'staff@example.com', name: 'Staff' };
export const ADMINISTRATOR = { email: 'admin@example.com', name: 'Administrator' };

/** What lies on the shelf when the devices are set up, in thousandths of the slot's unit. */
export const STOCK = { capsules: 40_000, Slot01: 1_600_000, Slot02: 30_000 };

const amount = (milli, unit) => ({ amount: { milli, unit } });
const used = (instance, milli, unit) => ({ instance, kind: { kind: 'consumed', ...amount(milli, unit) } });
const level = (instance, percent) => ({
  instance,
  kind: { kind: 'level_read', level: { is: 'amount', ...amount(percent * 1000, 'PERCENT') } },
});
const replaced = (instance) => ({ instance, kind: { kind: 'replaced', capacity: null, from_shelf: false } });

/**
 * What a device says when it runs once. `memory` is the device's own: how far its filter has come.
 * Returns the events, in order, without id and time.
 */
export function run(model, memory) {
  if (model === WASHWELL.id) return [used('Slot01', 75_000, 'MILLILITER'), used('Slot02', 1_000, 'COUNT')];
  memory.filter = (memory.filter ?? 100) - 3;
  const events = [used('capsules', 1_000, 'COUNT'), used('pump', 40_000, 'SECOND')];
  if (memory.filter >= 4) return [...events, level('filter', memory.filter)];
  memory.filter = 100;
  return [...events, replaced('filter'), level('filter', 100)];
}

/** What a run is called, and what it uses up, for the line on the screen. */
export const RUNS = {
  [BREWMATE.id]: 'brewed a cup: 1 capsule, 40 s of the pump',
  [WASHWELL.id]: 'did a wash: 75 ml of detergent, 1 softener pod',
};
