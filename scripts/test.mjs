// `npm test`: sets up what is missing, runs every test of the project, goes on after a failure so that all results are
// seen, and ends with one line, `N passed, N failed`. `npm test -- rust` runs a part; see PARTS below.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from './browser.mjs';
import { rustComponents, setUp } from './setup.mjs';
import {
  bold,
  dim,
  duration,
  green,
  heading,
  main,
  packaged,
  Problem,
  red,
  root,
  run,
  say,
} from './terminal.mjs';
import { buildInterface } from './ui.mjs';
import * as tallies from './tally.mjs';

const ci = process.env.CI === 'true';
const MINUTE = 60_000;

/** One feature set and one environment for every use of cargo, so that nothing is compiled twice. */
const FEATURES = ['--workspace', '--features', 'custom-protocol', ...(ci ? ['--locked'] : [])];
const CARGO = {
  ...(ci && { CARGO_PROFILE_DEV_DEBUG: '0', CARGO_INCREMENTAL: '0' }),
};

const reports = join(root, 'node_modules', '.cache', 'refill', 'reports');
const report = (name) => join(reports, name);
const written = (name) => (existsSync(report(name)) ? readFileSync(report(name), 'utf8') : '');

/** Runs cargo; only a test run is captured, so that compiling shows its progress bar. */
const cargo = (args, options) => run(['cargo', ...args], { env: CARGO, ...options });
const cargoTest = (...args) =>
  cargo(['test', ...FEATURES, '--no-fail-fast', ...args], { capture: true, limitMs: 20 * MINUTE });
const tool = (path, args, options) => run(packaged(path, ...args), { limitMs: 10 * MINUTE, ...options });

/** Runs tests of Node's own runner: for people on the screen, for the count in a report. */
function nodeTests(name, files) {
  const reporters = ['spec', 'tap'].map((of) => `--test-reporter=${of}`);
  const outputs = ['stdout', report(name)].map((of) => `--test-reporter-destination=${of}`);
  const command = [process.execPath, '--test', ...reporters, ...outputs, ...files];
  return run(command, { limitMs: 3 * MINUTE, capture: true });
}

/** Every step, in the order of a run: what it is called, what it does, how its outcome is counted. */
const STEPS = {
  scripts: {
    title: 'Scripts',
    act: () => {
      const files = readdirSync(join(root, 'scripts')).filter((name) => name.endsWith('.test.mjs'));
      return nodeTests(
        'scripts.tap',
        files.map((name) => join('scripts', name)),
      );
    },
    count: (result) => tallies.tallyTap(result, written('scripts.tap')),
  },
  rustfmt: {
    title: 'Rust formatting',
    act: () => cargo(['fmt', '--all', '--check']),
    count: tallies.oneCheck,
  },
  prettier: {
    title: 'Interface formatting',
    act: () => tool('prettier/bin/prettier.cjs', ['--check', '.']),
    count: tallies.oneCheck,
  },
  interface: {
    title: 'Interface build',
    act: () => buildInterface({ limitMs: 10 * MINUTE, capture: true }),
    count: tallies.onlyFailure,
  },
  eslint: {
    title: 'Interface lint',
    act: () => tool('eslint/bin/eslint.js', ['--max-warnings=0', '.']),
    count: tallies.oneCheck,
  },
  types: {
    title: 'Interface types',
    act: () =>
      tool('svelte-check/bin/svelte-check', [
        '--workspace',
        'ui',
        '--tsconfig',
        './tsconfig.json',
        '--fail-on-warnings',
      ]),
    count: tallies.oneCheck,
  },
  vitest: {
    title: 'Interface tests',
    act: () => {
      const outputs = ['--reporter=default', '--reporter=json', `--outputFile.json=${report('vitest.json')}`];
      return tool('vitest/vitest.mjs', ['run', '--config', 'ui/vite.config.ts', ...outputs], {
        capture: true,
      });
    },
    count: (result) => tallies.tallyVitest(result, written('vitest.json')),
  },
  clippy: {
    title: 'Rust lint',
    act: () => cargo(['clippy', ...FEATURES, '--all-targets', '--', '-D', 'warnings']),
    count: tallies.oneCheck,
  },
  compile: {
    title: 'Compiling the program and its tests',
    act: () => cargo(['test', ...FEATURES, '--no-run']),
    count: tallies.onlyFailure,
  },
  rust: {
    title: 'Rust tests, and the built program in a window',
    after: 'compile',
    act: () => cargoTest(),
    count: tallies.tallyCargo,
  },
  desktop: {
    title: 'The built program in a window',
    after: 'compile',
    act: () => cargoTest('--test', 'desktop'),
    count: tallies.tallyCargo,
  },
  cloud: {
    title: 'The cloud and Amazon as npm run cloud starts them',
    after: 'compile',
    act: () => nodeTests('cloud.tap', [join('tests', 'rehearsal.test.mjs')]),
    count: (result) => tallies.tallyTap(result, written('cloud.tap')),
  },
  browser: {
    title: 'The interface in a browser',
    act: () => {
      const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report('playwright.json'), REFILL_CHROMIUM: findBrowser() };
      const args = ['test', '--config', 'ui/playwright.config.ts', '--reporter=list,json'];
      return tool('@playwright/test/cli.js', args, { env, capture: true, limitMs: 15 * MINUTE });
    },
    count: (result) => tallies.tallyPlaywright(result, written('playwright.json')),
  },
};

/** What can be asked for by name; without a name, everything. */
const PARTS = {
  all: {
    needs: ['build', 'desktop', 'browser'],
    steps: [
      ...['scripts', 'rustfmt', 'prettier', 'interface', 'eslint', 'types', 'vitest'],
      ...['browser', 'clippy', 'compile', 'rust', 'cloud'],
    ],
  },
  rust: { needs: ['build', 'desktop'], steps: ['rustfmt', 'interface', 'clippy', 'compile', 'rust'] },
  ui: { needs: [], steps: ['prettier', 'interface', 'eslint', 'types', 'vitest'] },
  browser: { needs: ['browser'], steps: ['interface', 'browser'] },
  cloud: { needs: ['build'], steps: ['interface', 'compile', 'cloud'] },
  desktop: { needs: ['build', 'desktop'], steps: ['interface', 'compile', 'desktop'] },
  scripts: { needs: [], steps: ['scripts'] },
  check: { needs: ['build'], steps: ['rustfmt', 'prettier', 'interface', 'eslint', 'types', 'clippy'] },
};

function chosen(names) {
  const unknown = names.filter((name) => !PARTS[name]);
  if (unknown.length) {
    throw new Problem(
      `There is no part called ${unknown.join(', ')}. There are: ${Object.keys(PARTS).join(', ')}.`,
    );
  }
  const parts = (names.length ? names : ['all']).map((name) => PARTS[name]);
  const wanted = new Set(parts.flatMap((part) => part.steps));
  if (wanted.has('rust')) wanted.delete('desktop');
  return {
    needs: [...new Set(parts.flatMap((part) => part.needs))],
    steps: Object.keys(STEPS).filter((name) => wanted.has(name)),
  };
}

async function perform(name, outcomes) {
  const step = STEPS[name];
  heading(step.title);
  const started = performance.now();
  const blocked = outcomes.find((outcome) => outcome.name === step.after && outcome.counts.failed);
  let counts = tallies.tally(0, 1);
  if (blocked) {
    say(`Not run, because this failed: ${blocked.title}`);
  } else {
    const result = await step.act();
    counts = step.count(result);
    if (result.late) say(red('Ended, because it took too long; counted as a failure.'));
  }
  const ms = performance.now() - started;
  const mark = counts.failed ? red('✗') : green('✓');
  say(`${mark} ${step.title}: ${tallies.outcome(counts)}${dim(`  ${duration(ms)}`)}`);
  return { name, title: step.title, counts, ms };
}

await main(async (names) => {
  const { needs, steps } = chosen(names);
  const started = performance.now();
  await setUp(needs);
  if (steps.some((name) => name === 'rustfmt' || name === 'clippy')) await rustComponents();
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });

  const outcomes = [];
  for (const name of steps) outcomes.push(await perform(name, outcomes));

  heading('All of it');
  const width = Math.max(...outcomes.map(({ title }) => title.length));
  for (const { title, counts, ms } of outcomes) {
    say(
      `${counts.failed ? red('✗') : green('✓')} ${title.padEnd(width)}  ${duration(ms).padStart(12)}  ${tallies.outcome(counts)}`,
    );
  }
  const total = tallies.sum(outcomes.map(({ counts }) => counts));
  say(bold(`\nTook ${duration(performance.now() - started)}\n`));
  say(tallies.sentence(total));
  return total.failed ? 1 : 0;
});
