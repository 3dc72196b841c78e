// Reads what test programs print and counts it: `{ passed, failed, skipped }`. Whatever cannot be read, or ends
// without a result, counts as one failure: a run is green only because tests passed, never because none reported.

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** @returns {Tally} */
export const tally = (passed = 0, failed = 0, skipped = 0) => ({ passed, failed, skipped });

/** @returns {Tally} the sum */
export const sum = (tallies) =>
  tallies.reduce((a, b) => tally(a.passed + b.passed, a.failed + b.failed, a.skipped + b.skipped), tally());

/** A check that gives no counts (formatting, lint, types): one, passed or failed. */
export const oneCheck = ({ code }) => (code === 0 ? tally(1) : tally(0, 1));

/** A step that only prepares: nothing when it works, one failure when it does not. */
export const onlyFailure = ({ code }) => (code === 0 ? tally() : tally(0, 1));

/** The last line of a run: `N passed, N failed`, and the skipped ones only if there are any. */
export const sentence = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;

/** The same for one step, where nothing counted means that it prepared something. */
export const outcome = (counts) =>
  counts.passed + counts.failed + counts.skipped ? sentence(counts) : 'done';

/** Makes sure that a program that says "failed" by its exit code is believed, even if it counted no failure. */
function believed(counts, code) {
  if (code !== 0 && counts.failed === 0) return { ...counts, failed: 1 };
  return counts;
}

/** A run that was to test something and reports no test at all did not work. */
function notEmpty(counts) {
  return counts.passed + counts.failed + counts.skipped === 0 ? tally(0, 1) : counts;
}

/**
 * `cargo test --no-fail-fast`: the sum of all `test result:` lines. A test program that starts ("running 3 tests") and
 * never ends with such a line has crashed and counts as one failure; one that could not even start is known only from
 * cargo's closing list ("error: 2 targets failed:").
 */
export function tallyCargo({ code, stdout, stderr }) {
  const counts = tally();
  let open = false;
  let bad = 0;
  const crashed = () => {
    counts.failed += 1;
    bad += 1;
  };
  for (const line of stdout.split('\n')) {
    if (/^running \d+ tests?$/.test(line.trimEnd())) {
      if (open) crashed();
      open = true;
      continue;
    }
    // A test that prints without a newline puts its text before the result.
    const result = line.match(/test result: (ok|FAILED)\. (\d+) passed; (\d+) failed; (\d+) ignored/);
    if (!result) continue;
    open = false;
    if (result[1] === 'FAILED') bad += 1;
    counts.passed += Number(result[2]);
    counts.failed += Number(result[3]);
    counts.skipped += Number(result[4]);
  }
  if (open) crashed();
  const listed = Number(stderr.match(/^error: (\d+) targets? failed:/m)?.[1] ?? 0);
  if (listed > bad) counts.failed += listed - bad;
  return notEmpty(believed(counts, code));
}

/** The JSON text of a report, or undefined if it was not written or is not whole. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Vitest's JSON report. A file that could not be loaded has no tests and counts as one failure. */
export function tallyVitest({ code }, report) {
  const files = parsed(report)?.testResults;
  if (!Array.isArray(files)) return tally(0, 1);
  const counts = tally();
  for (const file of files) {
    const tests = file.assertionResults ?? [];
    for (const { status } of tests) {
      if (status === 'passed') counts.passed += 1;
      else if (status === 'failed') counts.failed += 1;
      else counts.skipped += 1;
    }
    if (file.status === 'failed' && !tests.some(({ status }) => status === 'failed')) counts.failed += 1;
  }
  return notEmpty(believed(counts, code));
}

/** Playwright's JSON report. A test that passed only when tried again has failed. */
export function tallyPlaywright({ code }, report) {
  const { stats, errors = [] } = parsed(report) ?? {};
  if (!stats) return tally(0, 1);
  const counts = tally(stats.expected, stats.unexpected + stats.flaky + errors.length, stats.skipped);
  return notEmpty(believed(counts, code));
}

/** Node's own test runner, in TAP: the figures it closes with. */
export function tallyTap({ code }, report) {
  const figure = (name) => Number(report.match(new RegExp(`^# ${name} (\\d+)$`, 'm'))?.[1] ?? 0);
  const counts = tally(
    figure('pass'),
    figure('fail') + figure('cancelled'),
    figure('skipped') + figure('todo'),
  );
  return notEmpty(believed(counts, code));
}
