import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  oneCheck,
  onlyFailure,
  sentence,
  sum,
  tally,
  tallyCargo,
  tallyPlaywright,
  tallyTap,
  tallyVitest,
} from './tally.mjs';

const cargo = (stdout, code = 0, stderr = '') => tallyCargo({ code, stdout, stderr });
const OK =
  'running 2 tests\ntest a ... ok\ntest b ... ok\n\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n';

test('cargo: results of all programs are added, ignored tests are skipped ones', () => {
  const second =
    '\nrunning 3 tests\ntest result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.00s\n';
  assert.deepEqual(cargo(OK + second, 101), tally(3, 1, 1));
});

test('cargo: a program that stops without a result is one failure', () => {
  assert.deepEqual(cargo(`${OK}\nrunning 5 tests\ntest a ... ok\n`, 101), tally(2, 1));
  assert.deepEqual(cargo(`running 5 tests\ntest a ...\n${OK}`, 101), tally(2, 1));
});

test('cargo: a crash counts once, although cargo lists it as well', () => {
  const stderr =
    'error: test failed, to rerun pass `-p x --lib`\n\nerror: 1 target failed:\n    `-p x --lib`\n';
  assert.deepEqual(cargo(`${OK}\nrunning 5 tests\n`, 101, stderr), tally(2, 1));
});

test('cargo: a program that could not start is known from the closing list', () => {
  const failed =
    'running 1 test\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n';
  const stderr = 'error: 2 targets failed:\n    `-p x --lib`\n    `-p y --test z`\n';
  assert.deepEqual(cargo(OK + failed, 101, stderr), tally(2, 2));
});

test('cargo: a compile error, or no test at all, is a failure', () => {
  assert.deepEqual(cargo('', 101, 'error: could not compile `x`\n'), tally(0, 1));
  assert.deepEqual(cargo(''), tally(0, 1));
});

test('cargo: text that a test printed before the result does not hide it, and does not pass for one', () => {
  assert.deepEqual(cargo(OK.replace('test result', 'noise test result')), tally(2));
  assert.deepEqual(cargo(`${OK}the test result: was fine\nrunning late\n`), tally(2));
});

test('vitest: states are counted, everything not run is skipped', () => {
  const tests = ['passed', 'passed', 'failed', 'pending', 'todo', 'skipped'].map((status) => ({ status }));
  const report = JSON.stringify({ testResults: [{ status: 'failed', assertionResults: tests }] });
  assert.deepEqual(tallyVitest({ code: 1 }, report), tally(2, 1, 3));
});

test('vitest: a file that does not load is one failure', () => {
  const files = [
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
    { status: 'failed', assertionResults: [] },
  ];
  assert.deepEqual(tallyVitest({ code: 1 }, JSON.stringify({ testResults: files })), tally(1, 1));
});

test('vitest: no report, half a report, an empty report and a bad exit are failures', () => {
  for (const report of ['', '{"testResults":[', '{}', '{"testResults":[]}']) {
    assert.deepEqual(tallyVitest({ code: 0 }, report), tally(0, 1), report);
  }
  const fine = JSON.stringify({
    testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
  });
  assert.deepEqual(tallyVitest({ code: 1 }, fine), tally(1, 1));
});

test('playwright: a test that needed a second try has failed; errors outside tests count', () => {
  const stats = { expected: 7, unexpected: 1, flaky: 1, skipped: 2 };
  assert.deepEqual(tallyPlaywright({ code: 1 }, JSON.stringify({ stats, errors: [] })), tally(7, 2, 2));
  const none = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
  const errors = [{ message: 'no tests found' }];
  assert.deepEqual(tallyPlaywright({ code: 1 }, JSON.stringify({ stats: none, errors })), tally(0, 1));
  assert.deepEqual(tallyPlaywright({ code: 0 }, ''), tally(0, 1));
});

test('tap: the closing figures; cancelled tests failed', () => {
  const report =
    'TAP version 13\n# pass of the mountain\n1..9\n# tests 9\n# suites 0\n# pass 4\n# fail 1\n# cancelled 1\n# skipped 2\n# todo 1\n';
  assert.deepEqual(tallyTap({ code: 1 }, report), tally(4, 2, 3));
  assert.deepEqual(tallyTap({ code: 1 }, ''), tally(0, 1));
});

test('checks count once, preparations only when they fail', () => {
  assert.deepEqual(
    [0, 1].map((code) => oneCheck({ code })),
    [tally(1), tally(0, 1)],
  );
  assert.deepEqual(
    [0, 2].map((code) => onlyFailure({ code })),
    [tally(), tally(0, 1)],
  );
});

test('the last line names skipped tests only if there are any', () => {
  assert.equal(sentence(sum([tally(2), tally(1, 3)])), '3 passed, 3 failed');
  assert.equal(sentence(sum([tally(2, 0, 1), tally(1, 0, 4)])), '3 passed, 0 failed, 5 skipped');
});
