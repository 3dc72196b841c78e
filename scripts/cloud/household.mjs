// A customer's household at the sample maker: devices registered as the app does it, a month of use behind them, linked
// to Amazon in one of its two ways, and from then on running by themselves.
import { randomBytes } from 'node:crypto';
import { Problem } from '../terminal.mjs';
import { MODELS, run, RUNS, STOCK } from './maker.mjs';
import { allow, caller, signIn } from './person.mjs';

const DAY = 86_400_000;

/** How many days of use a device brings along, and how often it ran on each. */
const HISTORY = { days: 30, runs: 1 };

/** A time-ordered UUID (version 7), as devices make them. */
function uuid(at) {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(at, 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** One device, with the credential only it has. */
class Device {
  #says;
  #memory = {};

  constructor(cloud, { device, credential }) {
    Object.assign(this, { id: device.id, model: device.model, name: device.name, slots: device.slots });
    this.#says = caller(cloud, credential);
  }

  #events(at) {
    // A millisecond apart: what happens at one moment has no order.
    return run(this.model, this.#memory).map((event, index) => {
      const observed = at + index;
      return { id: uuid(observed), observed_at: new Date(observed).toISOString(), ...event };
    });
  }

  /** Tells what happened over the last weeks, as a device does that was offline. */
  async remember() {
    const now = Date.now();
    const events = [];
    for (let back = HISTORY.days; back > 0; back--)
      for (let of = 0; of < HISTORY.runs; of++)
        events.push(...this.#events(now - back * DAY + (of * DAY) / 8));
    await this.#tell('/batch', { events });
  }

  /** Runs once, and resolves to the line that says so. */
  async run() {
    for (const event of this.#events(Date.now())) await this.#tell('', event);
    return RUNS[this.model];
  }

  async #tell(way, body) {
    const { verdicts = [] } = await this.#says('POST', `/v1/device/events${way}`, body);
    const odd = verdicts.find(({ outcome }) => outcome !== 'stored');
    if (odd) throw new Problem(`${this.name}: ${odd.outcome}: ${odd.detail}`);
  }
}

/** Makes a customer's account and devices, and links them; `administrator` speaks to the cloud as one. */
export async function settle(servers, administrator, customer, password) {
  const { email, name } = customer;
  await administrator('POST', '/v1/accounts', { role: 'customer', email, name, password });
  const enter = () => signIn(servers.cloud, { email, password }, 'customer');
  const token = await enter();
  const ask = caller(servers.cloud, token);
  const devices = [];
  for (const [index, model] of customer.has.entries()) {
    const serial = `${model.id}-${email.split('@')[0].toUpperCase()}-${index + 1}`;
    const made = await ask('POST', '/v1/devices', { model: model.id, serial, name: model.name });
    devices.push(new Device(servers.cloud, made));
  }
  for (const device of devices) await device.remember();
  await ask('POST', '/v1/entries', { entries: devices.flatMap(stocked) });
  const household = { ...customer, ask, token, devices, signIn: enter };
  if (customer.link === 'alexa') await linkAlexa(servers, household, password);
  if (customer.link === 'drs') for (const device of devices) await register(servers, household, device);
  return household;
}

/** What the customer counted when the app was set up. */
function stocked(device) {
  const model = MODELS.find(({ id }) => id === device.model);
  return device.slots
    .filter(({ instance }) => STOCK[instance])
    .map(({ id, instance }) => {
      const { unit } = model.slots.find((slot) => slot.instance === instance);
      const now = Date.now();
      const at = new Date(now).toISOString();
      const kind = { kind: 'counted', level: null, shelf: { milli: STOCK[instance], unit } };
      const rest = { source: 'person', about: null, note: null };
      return { id: uuid(now), slot: id, observed_at: at, recorded_at: at, kind, ...rest };
    });
}

/** Enables the skill in the Alexa app: sign-in at the maker, AcceptGrant, discovery. */
async function linkAlexa(servers, { email, amazon }, password) {
  const back = await allow(await servers.enable(amazon), { email, password });
  await opened(back, 'Linked');
}

/** Registers a device at the older service: consent at Amazon, and back. */
async function register(servers, { ask, amazon }, device) {
  const { url } = await ask('POST', `/v1/devices/${device.id}/drs`, { test: false });
  const asked = new URL(url);
  asked.searchParams.set('customer', amazon);
  const answer = await fetch(asked, { redirect: 'manual' });
  const back = answer.headers.get('location');
  if (!back) throw new Problem(`Amazon's page answered ${answer.status} instead of leading back.`);
  await opened(back, 'Registered');
}

async function opened(address, word) {
  const answer = await fetch(address);
  const page = await answer.text();
  if (!answer.ok || !page.includes(word)) {
    const said = page.replace(/<style>.*?<\/style>|<[^>]+>/gs, ' ').replace(/\s+/g, ' ');
    throw new Problem(`${new URL(address).pathname} answered ${answer.status}: ${said}`);
  }
}
