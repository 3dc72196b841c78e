// The cloud beside bare axum, bare serde_json, bare aws-lc-rs and other people's programs: `npm run bench -- cloud`, or
// its parts by name. What is measured, how, and against what is in bench/README.md.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dim, done, heading, note, root, say, which } from '../scripts/terminal.mjs';
import { fastapi, snsValidator } from './peers/install.mjs';
import { answer, fresh, median, takeTurns } from './rounds.mjs';
import { cloud, loading, openFiles, serving } from './servers.mjs';

export const CLOUD_PARTS = ['ingest', 'readers', 'fan', 'notices', 'messages', 'discover', 'find', 'growth'];

/** Stores are made anew after this: a token is good for a month, and its maker may have changed. */
const STORE_AGE_MS = 24 * 3600 * 1000;

const LONG = { rounds: 5, peers: 2, ms: 3000, held: 15_000, holdS: 60, stores: [10_000, 100_000, 1_000_000] };
const QUICK = { rounds: 2, peers: 1, ms: 1000, held: 3000, holdS: 6, stores: [10_000, 100_000] };

/** Connections over which devices speak. */
const CONNECTIONS = 64;

const EVENTS = '/v1/device/events';

/** What the parts use: programs, folders, how long. */
export function bench({ release, work, quick, probe }) {
  const programs = {
    cloud: join(release, 'refill-cloud'),
    ours: join(release, 'examples', 'bench-cloud'),
    floor: join(release, 'floor-cloud'),
    load: join(release, 'floor-load'),
  };
  return { ...programs, work, probe, plan: quick ? QUICK : LONG, turns: join(work, 'turns') };
}

/** A store with so many customers, made once for each maker and kept for a day. */
async function store({ ours, work }, customers) {
  const hash = createHash('sha256');
  const migrations = join(root, 'crates', 'cloud', 'migrations');
  const made = ['crates/cloud/examples/bench-cloud/seed.rs', 'crates/cloud/src/store/sqlite/ledger.rs'];
  for (const path of readdirSync(migrations).sort()) hash.update(readFileSync(join(migrations, path)));
  for (const path of made) hash.update(readFileSync(join(root, path)));
  const name = hash.digest('hex').slice(0, 16);
  const folder = join(work, `customers-${customers}`);
  const label = `${folder}.json`;
  const kept = existsSync(label) && JSON.parse(readFileSync(label, 'utf8'));
  if (kept && kept.name === name && Date.now() - kept.at < STORE_AGE_MS) return { folder, ...kept };
  rmSync(label, { force: true });
  const told = await answer([ours, 'seed', fresh(folder), customers]);
  done(`${customers} customers`, `made in ${told.seconds.toFixed(0)} s`);
  const all = { name, at: Date.now(), ...told };
  writeFileSync(label, JSON.stringify(all));
  return { folder, ...all };
}

/** The same store in another folder, to be written to. */
function copied({ folder }, to) {
  cpSync(folder, fresh(to), { recursive: true });
  return to;
}

const rate = (unit) => (value) => `${value.toFixed(0)} ${unit}/s`;
const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const kb = (value) => `${(value / 1000).toFixed(1)} kB`;
const busy = (of) => `server busy ${(of.busy * 100).toFixed(0)} %`;

/** P7 and P8: events of devices, singly and in batches, acknowledged when they are on disk. */
async function ingest(b, table) {
  heading('Events of devices: acknowledged is on disk');
  const { plan } = b;
  const full = await store(b, 2000);
  const post = async (server, path, keys, batch, connections) => {
    const told = await answer(
      loading(b.load, 'post', server, path, keys, batch, connections, plan.ms),
    );
    say(dim(`    ${path}: ${told.per_second.toFixed(0)}/s, p99 ${ms(told.p99)}, ${busy(told)}`));
    return told.per_second;
  };
  const keys = join(full.folder, 'devices');
  const floor = () => serving([b.floor, 'serve'], (server) => post(server, '/echo', keys, 1, CONNECTIONS));
  const ours = (batch) => (at) =>
    cloud(b.cloud, copied(full, at), (server) =>
      post(server, batch > 1 ? `${EVENTS}/batch` : EVENTS, keys, batch, batch > 1 ? 16 : CONNECTIONS),
    );
  const turns = { scratch: b.turns, probe: b.probe, rounds: plan.rounds, floor };
  const single = await takeTurns({
    ...turns,
    title: 'single',
    ours: ours(1),
    ratio: (one, other) => one / other,
  });
  table.push({
    ...{ id: 'P7', what: 'events one by one, durable; JSON echo', ratio: single.ratio, least: 0.5 },
    ...{ ours: rate('ev')(single.ours), floor: rate('req')(single.floor), result: single },
  });
  const python = await fastapi(b.work);
  if (python) {
    const peer = join(root, 'bench', 'peers', 'events.py');
    const beside = await takeTurns({
      ...turns,
      title: 'single, FastAPI',
      rounds: plan.peers,
      floor: (at) => serving([python, peer, at, keys], (server) => post(server, EVENTS, keys, 1, CONNECTIONS)),
      ours: ours(1),
      ratio: (one, other) => one / other,
    });
    table.push({
      ...{ id: 'P7', what: 'the same, FastAPI and sqlite3', ratio: beside.ratio, least: 5 },
      ...{ ours: rate('ev')(beside.ours), floor: rate('ev')(beside.floor), result: beside },
    });
  } else
    table.push({ id: 'P7', what: 'the same, FastAPI and sqlite3', ours: '', floor: 'not installed: pip install fastapi' });
  const batch = await takeTurns({
    ...turns,
    title: 'batches of 100',
    ours: async (at) => 100 * (await ours(100)(at)),
    ratio: (one, other) => one / other,
  });
  table.push({
    ...{ id: 'P8', what: 'events by the hundred; JSON echo', ratio: batch.ratio, least: 1 },
    ...{ ours: rate('ev')(batch.ours), floor: rate('req')(batch.floor), result: batch },
  });
}

/** P9: what an idle reader costs in memory, and whether it stays. */
async function readers(b, table) {
  heading('Feeds that are open and hear nothing');
  const { plan } = b;
  const full = await store(b, 15_000);
  const count = Math.min(plan.held, openFiles() - 500);
  if (count < plan.held) note(`This system allows ${openFiles()} open files: ${count} readers`);
  const hold = (path, keys) => async (server) => {
    const told = await answer(loading(b.load, 'hold', server, path, keys, count, plan.holdS));
    say(dim(`    ${kb(told.bytes_each)} each, ${told.dropped} dropped, ${busy(told)}`));
    return told;
  };
  const floor = await serving([b.floor, 'serve'], hold('/feed', '-'));
  const ours = await cloud(b.cloud, full.folder, hold('/v1/feed', join(full.folder, 'readers')));
  table.push({
    ...{ id: 'P9', what: `memory of an idle reader, of ${count}; axum's Sse`, most: 0.5 },
    ...{ ours: kb(ours.bytes_each), floor: kb(floor.bytes_each), ratio: ours.bytes_each / floor.bytes_each },
  });
  table.push({
    ...{ id: 'P9', what: `readers lost in ${plan.holdS} s (none)`, most: 0, ratio: ours.dropped },
    ...{ ours: `${ours.dropped}`, floor: `${floor.dropped}` },
  });
}

/** P10: one change to 2,000 readers of one account, and 2,000 changes to a reader each. */
async function fan(b, table) {
  heading('A change and 2,000 readers');
  const { plan } = b;
  const full = await store(b, 15_000);
  const one = async (server, feed, keys, post, devices) => {
    const told = await answer(
      loading(b.load, 'fan', server, feed, keys, post, devices, 2000, plan.ms),
    );
    say(
      dim(`    ${post}: ${told.per_second.toFixed(0)} deliveries/s, p99 ${ms(told.p99)}, ${told.length} B, ${busy(told)}`),
    );
    return told;
  };
  const waits = [];
  const account = '[feed]\nstreams_per_account = 2000\n';
  const result = await takeTurns({
    title: 'one account',
    scratch: b.turns,
    probe: b.probe,
    rounds: plan.rounds,
    floor: async () =>
      (await serving([b.floor, 'serve'], (server) => one(server, '/feed', '-', '/change', '-'))).per_second,
    ours: async (at) => {
      copied(full, at);
      const first = (name) => {
        const file = join(at, `first-${name}`);
        writeFileSync(file, readFileSync(join(at, name), 'utf8').split('\n')[0]);
        return file;
      };
      const told = await cloud(
        b.cloud,
        at,
        (server) => one(server, '/v1/feed', first('readers'), EVENTS, first('devices')),
        account,
      );
      waits.push(told.p99);
      return told.per_second;
    },
    ratio: (ours, floor) => ours / floor,
  });
  table.push({
    ...{ id: 'P10', what: 'one change to 2,000 readers; axum broadcast', ratio: result.ratio, least: 0.8 },
    ...{ ours: rate('del')(result.ours), floor: rate('del')(result.floor), result },
  });
  const wait = (what, times) =>
    table.push({
      ...{ id: 'P10', what: `${what}, POST to reader, p99`, most: 1 },
      ...{ ours: ms(median(times)), floor: '250 ms', ratio: median(times) / 250 },
    });
  wait('one account', waits);
  const each = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    const at = copied(full, join(b.turns, 'each'));
    const two = (name) => {
      const file = join(at, `some-${name}`);
      writeFileSync(file, readFileSync(join(at, name), 'utf8').split('\n').slice(0, 2000).join('\n'));
      return file;
    };
    const told = await cloud(b.cloud, at, (server) =>
      one(server, '/v1/feed', two('readers'), EVENTS, two('devices')),
    );
    each.push(told.p99);
  }
  wait('2,000 accounts', each);
}

/** Two programs that each say how often a second they do the same, in turns. */
async function rates(b, title, floor, ours, rounds = b.plan.rounds) {
  const told = async (command) => (await answer(['taskset', '-c', '0', ...command])).per_second;
  return takeTurns({
    title,
    scratch: b.turns,
    rounds,
    floor: () => told(floor),
    ours: () => told(ours),
    ratio: (one, other) => one / other,
  });
}

/** P11: notifications over SNS. */
async function notices(b, table) {
  heading('Notifications over SNS: read, made canonical, verified');
  const folder = fresh(join(b.work, 'notice'));
  await answer([b.ours, 'make', folder]);
  const time = Math.round(b.plan.ms / 3);
  const ours = [b.ours, 'verify', folder, time];
  const bare = await rates(b, 'aws-lc-rs', [b.floor, 'verify', folder, time], ours);
  const show = rate('msg');
  const row = { id: 'P11', ours: show(bare.ours) };
  table.push({
    ...{ ...row, what: 'notifications; bare verification', floor: show(bare.floor) },
    ...{ ratio: bare.ratio, least: 0.75, result: bare },
  });
  const modules = await snsValidator(b.work);
  const what = 'notifications; sns-validator';
  if (!modules) {
    table.push({ ...row, what, floor: 'not installed: npm install sns-validator' });
    return;
  }
  const script = join(root, 'bench', 'peers', 'sns.mjs');
  const peer = [process.execPath, script, modules, folder, time];
  const beside = await rates(b, 'sns-validator', peer, ours, b.plan.peers);
  table.push({ ...row, what, floor: show(beside.floor), ratio: beside.ratio, least: 5 });
}

/** P12: Alexa's messages. */
async function messages(b, table) {
  heading("Alexa's messages, written and read");
  const folder = fresh(join(b.work, 'messages'));
  await answer([b.ours, 'make', folder]);
  const time = Math.round(b.plan.ms / 3);
  const python = which('python3') ?? which('python');
  for (const [task, what] of [
    ['build', 'ChangeReport written'],
    ['parse', 'directive read'],
  ]) {
    const ours = [b.ours, task, folder, time];
    const show = rate('msg');
    const typed = await rates(b, task, [b.floor, task, folder, time], ours);
    table.push({
      ...{ id: 'P12', what: `${what}; serde_json`, ours: show(typed.ours), floor: show(typed.floor) },
      ...{ ratio: typed.ratio, least: 0.8, result: typed },
    });
    if (!python) continue;
    const script = join(root, 'bench', 'peers', 'messages.py');
    const beside = await rates(b, `${task}, Python`, [python, script, task, folder, time], ours, b.plan.peers);
    table.push({
      ...{ id: 'P12', what: `${what}; Python's json`, ours: show(beside.ours), floor: show(beside.floor) },
      ...{ ratio: beside.ratio, least: 3 },
    });
  }
}

/** P12: `Discover` for a customer with twenty devices. */
async function discover(b, table) {
  heading('Discover for a customer with twenty devices');
  const full = await store(b, 2000);
  const at = copied(full, join(b.turns, 'house'));
  const rounds = [];
  for (let round = 0; round < b.plan.rounds; round += 1) {
    const told = await answer(['taskset', '-c', '0', b.ours, 'discover', at, Math.round(b.plan.ms / 3)]);
    rounds.push({ ...told, ratio: told.ours / told.floor });
    say(dim(`  ${told.ours.toFixed(0)} µs, serialising ${told.floor.toFixed(0)} µs, ${told.bytes} bytes`));
  }
  const middle = (name) => median(rounds.map((round) => round[name]));
  table.push({
    ...{ id: 'P12', what: 'Discover, 20 devices; serialising its answer', most: 3, ratio: middle('ratio') },
    ...{ ours: `${middle('ours').toFixed(0)} µs`, floor: `${middle('floor').toFixed(0)} µs` },
  });
  const told = await cloud(b.cloud, at, (server) =>
    answer(loading(b.load, 'discover', server, '/alexa/directive', join(at, 'house'), 8, b.plan.ms)),
  );
  table.push({
    id: '',
    what: 'the same over HTTP, 8 connections',
    ours: `${rate('req')(told.per_second)}, p99 ${ms(told.p99)}`,
    floor: '',
  });
}

/** P17: finding a customer among all. */
async function find(b, table) {
  heading('Finding a customer among all');
  const customers = b.plan.stores.at(-1);
  const at = fresh(join(b.work, 'crowd'));
  const made = await answer([b.ours, 'crowd', at, customers]);
  done(`${customers} customers`, `made in ${made.seconds.toFixed(0)} s`);
  const rounds = [];
  for (let round = 0; round < b.plan.rounds; round += 1) {
    const told = await answer([b.ours, 'find', at, customers, b.plan.ms]);
    rounds.push({ ...told, ratio: told.ours.p50 / told.floor.p50 });
    const both = (of) => `p50 ${ms(of.p50)}, p99 ${ms(of.p99)}`;
    say(dim(`    ${both(told.ours)}; bare ${both(told.floor)}; over HTTP ${both(told.http)}`));
  }
  const middle = (value) => median(rounds.map(value));
  const http = middle((round) => round.http.p99);
  table.push({
    ...{ id: 'P17', what: `a search among ${customers / 1000} k customers; bare SQL`, most: 3 },
    ...{ ours: ms(middle((round) => round.ours.p50)), floor: ms(middle((round) => round.floor.p50)) },
    ratio: middle((round) => round.ratio),
  });
  table.push({
    ...{ id: 'P17', what: 'the same over HTTP, written down durably, p99', most: 1 },
    ...{ ours: ms(http), floor: '50 ms', ratio: http / 50 },
  });
}

/** What more customers in the store do to the times. */
async function growth(b, table) {
  heading('Stores that grow');
  for (const customers of b.plan.stores) {
    const full = await store(b, customers);
    const ask = (server, task, path, keys, ...more) =>
      answer(loading(b.load, task, server, path, join(full.folder, keys), ...more, 16, b.plan.ms));
    await cloud(b.cloud, full.folder, async (server) => {
      for (const [what, told] of [
        ['feed from the begin', await ask(server, 'catch-up', '/v1/feed', 'readers', full.last)],
        ['Discover', await ask(server, 'discover', '/alexa/directive', 'alexa')],
        ['event', await ask(server, 'post', EVENTS, 'devices', 1)],
      ])
        table.push({
          id: '',
          what: `${customers / 1000} k customers: ${what}`,
          ours: `p50 ${ms(told.p50)}, p99 ${ms(told.p99)}`,
          floor: rate('req')(told.per_second),
        });
    });
  }
}

const TASKS = { ingest, readers, fan, notices, messages, discover, find, growth };

/** Runs some of the parts into the table. */
export async function cloudParts(parts, b, table) {
  for (const part of CLOUD_PARTS.filter((name) => parts.includes(name))) await TASKS[part](b, table);
}
