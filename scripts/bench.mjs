// `npm run bench`: Refill beside programs that do the same with nothing of ours, in one run, as ratios. With `--quick`
// fewer and shorter rounds; with names (store, year, chart, open, forecast, window, drain, cloud) only those. What is measured, how, and
// against what is in bench/README.md.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { bench, CLOUD_PARTS, cloudParts } from '../bench/cloud.mjs';
import { drain } from '../bench/drain.mjs';
import { rrdtool } from '../bench/peers/rrdtool.mjs';
import { answer, fresh, median, takeTurns } from '../bench/rounds.mjs';
import { size, windows } from '../bench/windows.mjs';
import { setUp } from './setup.mjs';
import {
  bold,
  dim,
  done,
  duration,
  green,
  heading,
  main,
  note,
  Problem,
  red,
  root,
  run,
  say,
  which,
} from './terminal.mjs';
import { buildInterface } from './ui.mjs';

const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
const release = join(target, 'release');
const work = join(target, 'bench');
const OURS = join(release, 'examples', 'bench');
const FLOOR = join(release, 'floor-store');
const HELLO = join(release, 'floor-hello');
const APP = join(release, 'refill');
const DESKTOP_PARTS = ['store', 'year', 'chart', 'open', 'forecast', 'window'];
const PARTS = [...DESKTOP_PARTS, 'drain', ...CLOUD_PARTS];

/** The large household is made anew after this: silent devices look different. */
const FIXTURE_AGE_MS = 24 * 3600 * 1000;

const LONG = { rounds: 5, appendMs: 700, yearMs: 700, charts: 300, peers: 10, opens: 10, windows: 5 };
const QUICK = { rounds: 2, appendMs: 250, yearMs: 250, charts: 100, peers: 4, opens: 3, windows: 1 };

/** Compiles what is measured, as `npm start` does, and the floors with the same profile into the same folder. */
async function build(parts) {
  const compile = async (title, args) => {
    const { code, ms } = await run(['cargo', 'build', '--release', ...args], {
      env: { CARGO_TARGET_DIR: target },
    });
    if (code !== 0) throw new Problem(`${title} could not be built; the reason is above.`);
    done(title, `ready in ${duration(ms)}`);
  };
  const floor = ['--manifest-path', join(root, 'bench', 'floor', 'Cargo.toml'), '--locked'];
  await compile('Floor of the store', [...floor, '-p', 'floor-store']);
  if (parts.some((part) => CLOUD_PARTS.includes(part))) {
    await compile('Cloud', ['-p', 'refill-cloud', '--bin', 'refill-cloud', '--example', 'bench-cloud']);
    await compile('Floors of the cloud, and the load', [...floor, '-p', 'floor-cloud', '-p', 'floor-load']);
  }
  if (parts.includes('drain'))
    await compile('Journeys with the cloud', ['-p', 'refill-engine', '--test', 'joined']);
  if (!parts.some((part) => DESKTOP_PARTS.includes(part))) return;
  await compile('Engine', ['-p', 'refill-engine', '--example', 'bench']);
  if (!parts.includes('window')) return;
  const ui = await buildInterface({ show: false });
  if (ui.code !== 0) throw new Problem(`The interface could not be built.\n\n${ui.stdout}${ui.stderr}`);
  await compile('Program', ['--features', 'custom-protocol']);
  await compile('Floor of the window', [...floor, '-p', 'floor-hello']);
}

/** The household of 10 million readings: made once for each schema and maker, kept for a day. */
async function fixture() {
  const sources = [
    'crates/engine/migrations/0001_household.sql',
    'crates/engine/migrations/0002_track.sql',
    'crates/engine/examples/bench.rs',
  ];
  const hash = createHash('sha256');
  for (const path of [...sources, 'crates/domain/src/fold.rs']) hash.update(readFileSync(join(root, path)));
  const name = hash.digest('hex').slice(0, 16);
  const folder = join(work, 'household');
  const label = join(work, 'household.json');
  const kept = existsSync(label) && JSON.parse(readFileSync(label, 'utf8'));
  if (kept && kept.name === name && Date.now() - kept.now < FIXTURE_AGE_MS) {
    note(`10 million readings, made earlier in ${kept.seconds.toFixed(0)} s`);
    return { folder, file: join(folder, 'household.db'), ...kept };
  }
  note('Making a household of 20 devices, 100 slots and 10 million readings; about a minute');
  rmSync(label, { force: true });
  const made = { name, ...(await answer([OURS, 'fixture', fresh(folder)])) };
  writeFileSync(label, JSON.stringify(made));
  done(
    '10 million readings',
    `made in ${made.seconds.toFixed(0)} s, ${size(join(folder, 'household.db')).toFixed(0)} MB`,
  );
  return { folder, file: join(folder, 'household.db'), ...made };
}

const probe = () => answer([FLOOR, 'probe', join(work, 'probe')]);

/** How alike two files are that should hold the same work. */
function sameShape(ours, floor) {
  const perReading = ({ shape }) => shape.days / shape.readings;
  const near = (a, b) => Math.abs(a - b) <= 0.1 * Math.max(a, b);
  // Slow steps end in the days they began in, however many they were.
  const days = ours.shape.days === floor.shape.days || near(perReading(ours), perReading(floor));
  return near(ours.shape.state, floor.shape.state) && days;
}

async function store(plan, table) {
  heading('A reading with all it causes, durable');
  for (const [id, kind, batch] of [
    ['P2', 'level', 1],
    ['P2', 'consumed', 1],
    ['P1', 'level', 50],
    ['P1', 'consumed', 50],
  ]) {
    const title = `${kind === 'level' ? 'level read' : 'use'}, ${batch === 1 ? 'singly' : `batches of ${batch}`}`;
    // How long the product's state of a slot is decides how much the floor writes.
    const first = await answer([OURS, 'append', fresh(join(work, 'first')), kind, batch, 100]);
    const state = Math.round(first.shape.state);
    let last = { ours: first };
    const result = await takeTurns({
      title,
      scratch: join(work, 'turns'),
      probe,
      rounds: plan.rounds,
      floor: async (at) =>
        (last.floor = await answer([FLOOR, 'append', at, kind, batch, state, plan.appendMs])).per_second,
      ours: async (at) =>
        (last.ours = await answer([OURS, 'append', at, kind, batch, plan.appendMs])).per_second,
      ratio: (ours, floor) => ours / floor,
    });
    if (!sameShape(last.ours, last.floor)) {
      say(
        red(
          `  The floor did other work than ours: ${JSON.stringify(last.floor.shape)}, ${JSON.stringify(last.ours.shape)}`,
        ),
      );
    }
    const rate = (value) => `${value.toFixed(0)}/s`;
    table.push({
      id,
      what: title,
      ours: rate(result.ours),
      floor: rate(result.floor),
      ratio: result.ratio,
      least: 0.8,
      result,
    });
    if (batch === 1) {
      const against = result.ours / result.probe;
      table.push({
        id,
        what: `${title}, of fdatasync`,
        ours: rate(result.ours),
        floor: rate(result.probe),
        ratio: against,
        least: 0.4,
      });
    }
  }
}

async function year(plan, table, large) {
  heading('A year of one slot among 10 million readings');
  let rows = 0;
  const result = await takeTurns({
    title: 'year',
    scratch: join(work, 'turns'),
    probe,
    rounds: plan.rounds,
    floor: async () => (await answer([FLOOR, 'year', large.file, large.now, plan.yearMs])).p50,
    ours: async () => {
      const one = await answer([OURS, 'year', large.folder, large.now, plan.yearMs]);
      rows = Math.round(one.rows / one.count);
      return one.p50;
    },
    ratio: (ours, floor) => ours / floor,
  });
  const ms = (value) => `${value.toFixed(2)} ms`;
  table.push({
    id: 'P4',
    what: `year of a slot, ${rows} rows`,
    ours: ms(result.ours),
    floor: ms(result.floor),
    ratio: result.ratio,
    most: 1.3,
    result,
  });
}

/** A Python that has matplotlib, or undefined. */
async function matplotlib() {
  for (const name of ['python3', 'python']) {
    const path = which(name);
    if (path && (await run([path, '-c', 'import matplotlib'], { show: false })).code === 0) return path;
  }
  return undefined;
}

async function chart(plan, table, large) {
  heading('A year of a slot as a picture: query, downsampling, SVG');
  const folder = fresh(join(work, 'peers'));
  const csv = join(folder, 'year.csv');
  await answer([FLOOR, 'export', large.file, large.now, csv]);
  const python = await matplotlib();
  const tool = which('rrdtool');
  const rounds = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    const ours = await answer([OURS, 'chart', large.folder, large.now, plan.charts]);
    const drawn =
      python && (await answer([python, join(root, 'bench', 'peers', 'chart.py'), csv, plan.peers]));
    const graph = tool && (await rrdtool(tool, csv, fresh(join(folder, 'rrd')), plan.peers));
    rounds.push({
      ours,
      matplotlib: drawn?.p50,
      rrdtool: graph && median(graph.command),
      pipe: graph && median(graph.pipe),
    });
    say(
      dim(`  chart, round ${round + 1}: ours p50 ${ours.p50.toFixed(2)} ms, p95 ${ours.p95.toFixed(2)} ms`),
    );
  }
  const ms = (value) => `${value.toFixed(2)} ms`;
  const p50 = median(rounds.map(({ ours }) => ours.p50));
  const p95 = median(rounds.map(({ ours }) => ours.p95));
  table.push({ id: 'P5', what: 'chart, p95 (3 ms)', ours: ms(p95), floor: '3 ms', ratio: p95 / 3, most: 1 });
  for (const [name, most, install] of [
    ['matplotlib', 0.1, 'pip install matplotlib'],
    ['rrdtool', 0.25, 'apt-get install rrdtool'],
    ['pipe', undefined, 'apt-get install rrdtool'],
  ]) {
    const what = `chart, p50, ${name === 'pipe' ? 'rrdtool, open pipe' : name}`;
    if (rounds[0][name] === undefined) {
      table.push({ id: 'P5', what, ours: ms(p50), floor: `not installed: ${install}` });
      continue;
    }
    const ratio = median(rounds.map((round) => round.ours.p50 / round[name]));
    table.push({
      id: 'P5',
      what,
      ours: ms(p50),
      floor: ms(median(rounds.map((round) => round[name]))),
      ratio,
      most,
    });
  }
  const points = Math.max(...rounds.map(({ ours }) => ours.points));
  table.push({
    id: 'P5',
    what: 'points in a picture',
    ours: `${points}`,
    floor: '2000',
    ratio: points / 2000,
    most: 1,
  });
}

async function opening(plan, table, large) {
  heading('Opening the household, and its Supplies screen');
  const { open, supplies, rows } = await answer([OURS, 'open', large.folder, large.now, plan.opens]);
  const ms = ({ p50 }) => `${p50.toFixed(2)} ms`;
  table.push({ id: '', what: 'open: 100 folds of 10 M readings', ours: ms(open), floor: '' });
  table.push({ id: '', what: `Supplies screen, ${rows} rows`, ours: ms(supplies), floor: '' });
}

async function forecast(table) {
  heading('Forecasts of 100,000 slots with 400 readings each');
  const told = await answer([OURS, 'forecast', 100_000]);
  const rate = (value) => `${value.toFixed(0)} slots/s`;
  say(dim(`  ${told.readings} readings, ${told.dated} of ${told.slots} slots have a date`));
  for (const [what, perSecond, ratio] of [
    ['forecast from 400 readings', told.per_second, told.ratio],
    ['forecast of a folded slot', told.known_per_second, told.known_ratio],
  ])
    table.push({
      id: '',
      what,
      ours: rate(perSecond),
      floor: `sum of them ${rate(perSecond * ratio)}`,
      ratio,
    });
}

async function window(plan, table, large) {
  heading('From start to the supplies on the screen, and memory');
  if (process.platform !== 'linux') {
    note('Windows are measured on Linux only, under Xvfb.');
    return;
  }
  const scratch = join(work, 'windows');
  const page = join(root, 'bench', 'floor', 'hello', 'page', 'index.html');
  const seen = await windows({
    scratch,
    app: APP,
    hello: HELLO,
    page,
    data: large.folder,
    rounds: plan.windows,
  });
  note(`The app listed ${seen.rows} supplies; pictures of what was timed are in ${scratch}`);
  const ms = (value) => `${value.toFixed(0)} ms`;
  const mb = (value) => `${value.toFixed(0)} MB`;
  const { hello, ours, chromium } = seen;
  table.push({
    id: 'P14',
    what: 'supplies painted, bare Tauri',
    ours: ms(ours.ms),
    floor: ms(hello.ms),
    ratio: seen.ratio,
    most: 1.5,
  });
  table.push({
    id: 'P15',
    what: 'memory (PSS), bare Tauri',
    ours: mb(ours.mb),
    floor: mb(hello.mb),
    ratio: seen.memoryRatio,
    most: 1.2,
  });
  if (chromium) {
    table.push({
      id: 'P14',
      what: 'supplies painted, chromium --app',
      ours: ms(ours.ms),
      floor: ms(chromium.ms),
      ratio: ours.ms / chromium.ms,
    });
    table.push({
      id: 'P15',
      what: 'memory (PSS), chromium --app',
      ours: mb(ours.mb),
      floor: mb(chromium.mb),
      ratio: ours.mb / chromium.mb,
      most: 1,
    });
  } else {
    table.push({
      id: 'P15',
      what: 'memory (PSS), chromium --app',
      ours: mb(ours.mb),
      floor: 'not installed: apt-get install chromium',
    });
  }
  const [mine, bare] = [size(APP), size(HELLO)];
  const file = (value) => `${value.toFixed(1)} MB`;
  table.push({
    id: 'P16',
    what: 'stripped program (20 MB)',
    ours: file(mine),
    floor: file(bare),
    ratio: mine / 20,
    most: 1,
  });
}

/** Prints the table; resolves to how many goals were missed. */
function print(table) {
  const head = {
    id: 'id',
    what: 'what',
    ours: 'ours',
    floor: 'floor',
    ratio: 'ratio',
    goal: 'goal',
    met: '',
  };
  const lines = table.map(({ id, what, ours, floor, ratio, least, most, result }) => {
    const goal = least ?? most;
    const met =
      goal === undefined || ratio === undefined ? undefined : least ? ratio >= least : ratio <= most;
    const unsure = result?.restless
      ? ' (no quiet round)'
      : result?.discarded
        ? ` (${result.discarded} discarded)`
        : '';
    return {
      ...{ id, what, ours, floor, ratio: ratio?.toFixed(2) ?? '' },
      goal: goal === undefined ? '' : `${least ? '≥' : '≤'} ${goal}`,
      met: met === undefined ? unsure.trim() : `${met ? 'met' : 'not met'}${unsure}`,
      missed: met === false,
    };
  });
  const columns = Object.keys(head);
  const widths = columns.map((column) => Math.max(...[head, ...lines].map((line) => line[column].length)));
  const row = (line) => columns.map((column, i) => line[column].padEnd(widths[i])).join('  ');
  say(bold(row(head)));
  for (const line of lines) {
    const text = row(line);
    say(line.missed ? red(text) : line.met.startsWith('met') ? green(text) : text);
  }
  return lines.filter((line) => line.missed).length;
}

await main(async (args) => {
  const quick = args.includes('--quick');
  const given = args.filter((name) => name !== '--quick');
  const names = given.flatMap((name) => (name === 'cloud' ? CLOUD_PARTS : [name]));
  const unknown = names.filter((name) => !PARTS.includes(name));
  if (unknown.length)
    throw new Problem(
      `There is no part called ${unknown.join(', ')}. There are: ${PARTS.join(', ')}; and cloud for ${CLOUD_PARTS.join(', ')}.`,
    );
  const parts = names.length ? names : PARTS;
  const plan = quick ? QUICK : LONG;
  await setUp(parts.includes('window') ? ['build', 'desktop', 'browser'] : ['build']);
  mkdirSync(work, { recursive: true });
  await build(parts);
  const alone = ['store', 'forecast', 'drain', ...CLOUD_PARTS];
  const large = parts.some((part) => !alone.includes(part)) ? await fixture() : undefined;
  const started = performance.now();
  const load = loadavg()[0];
  if (load > 0.5)
    note(
      red(
        `This machine is busy (load ${load.toFixed(1)}): figures in ms are worth little, ratios less than usual.`,
      ),
    );
  const table = [];
  if (parts.includes('store')) await store(plan, table);
  if (parts.includes('year')) await year(plan, table, large);
  if (parts.includes('chart')) await chart(plan, table, large);
  if (parts.includes('open')) await opening(plan, table, large);
  if (parts.includes('forecast')) await forecast(table);
  if (parts.includes('window')) await window(plan, table, large);
  if (parts.includes('drain')) await drain({ rounds: plan.rounds, target }, table);
  await cloudParts(parts, bench({ release, work, quick, probe }), table);
  heading('All of it');
  say(
    dim(
      `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}, took ${duration(performance.now() - started)}\n`,
    ),
  );
  const missed = print(table);
  say(missed ? `\n${missed} ${missed === 1 ? 'goal' : 'goals'} not met.` : '\nEvery goal met.');
  return 0;
});
