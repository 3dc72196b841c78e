// `npm run cloud` as a person has it: both true programs, a sample maker, customers and devices, until Ctrl C. It must
// print what a person needs, carry both generations of Amazon's service through to their end with nothing refused, and
// leave nothing behind.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const programs = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug');
const folder = mkdtempSync(join(tmpdir(), 'refill-rehearsal-'));
const PASSWORD = 'CANARY-password-of-all';

/** Long enough for a busy machine; a healthy run takes a tenth of it. */
const LIMIT = { timeout: 90_000 };

/** What was started and may still run when a test fails. */
const children = [];

after(async () => {
  for (const { child, ended } of children) {
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the script; `until` resolves when the text so far satisfies a pattern, and fails when the script ends first. */
function started(...options) {
  const data = join(folder, 'data');
  const fixed = ['--port', '0', '--amazon', '0', '--programs', programs, '--data', data, '--password', PASSWORD];
  const child = spawn(process.execPath, [join(root, 'scripts', 'cloud.mjs'), ...fixed, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let text = '';
  const waiting = new Set();
  const look = () => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', (part) => ((text += part), look()));
  const ended = new Promise((done) => child.on('close', (code) => done(code)));
  const until = (pattern) =>
    new Promise((done, fail) => {
      const look = () => {
        const found = text.match(pattern);
        if (!found) return;
        waiting.delete(look);
        done(found);
      };
      waiting.add(look);
      look();
      ended.then((code) => fail(new Error(`It ended with ${code} before ${pattern} was seen:\n${text}`)));
    });
  children.push({ child, ended });
  return { child, until, ended, text: () => text, data };
}

test('both generations of Amazon from the first use to the shelf, and nothing is left behind', LIMIT, async () => {
  const run = started('--every', '0.2', '--delivery', '4');
  const [, cloud] = await run.until(/Cloud +(http:\S+)/);
  const [, amazon] = await run.until(/Amazon +(http:\S+)/);
  await run.until(/key of the second factor: [A-Z2-7 ]{20,}/);
  for (const login of ['one', 'two', 'three', 'staff', 'admin']) await run.until(new RegExp(`${login}@example\\.com`));

  await run.until(/Event gateway took AddOrUpdateReport[^\n]*: 202/);
  await run.until(/Event gateway took InventoryConsumed[^\n]*: 202/);
  await run.until(/Event gateway took ChangeReport \(filter \d+\): 202/);
  await run.until(/Older service took slotStatus: 200/);
  const [, order] = await run.until(/WashWell 900, Detergent: order (\S+) is placed/);
  await run.until(new RegExp(`Detergent: order ${order} is on its way`));
  await run.until(new RegExp(`Order ${order} was added to what is on the shelf`));

  assert.equal((await fetch(new URL('/readyz', cloud))).status, 200);
  const board = async (path) => (await fetch(new URL(`/_board/${path}`, amazon))).json();
  const { received } = await board('received?limit=100000');
  const refused = received.filter((message) => message.refused || message.status >= 400);
  assert.deepEqual(refused, [], 'Amazon refused nothing, and neither did the cloud');
  assert.ok(!run.text().includes('REFUSED'));
  // A replenishment ID may be described before Discover and be so again: nothing else is even advised against.
  assert.deepEqual((await board('findings')).findings, []);

  run.child.kill('SIGINT');
  assert.equal(await run.ended, 0);
  await assert.rejects(fetch(cloud), 'the cloud has ended');
  await assert.rejects(fetch(amazon), 'Amazon has ended');
  const secrets = ['alexa.secret', 'tokens.key', 'seal.key'].map((name) => readFileSync(join(run.data, name), 'utf8'));
  for (const name of readdirSync(run.data).filter((name) => name.endsWith('.log'))) {
    const log = readFileSync(join(run.data, name), 'utf8');
    for (const secret of [PASSWORD, ...secrets, 'Atza|', 'Atzr|'])
      assert.ok(!log.includes(secret), `${name} holds a secret`);
  }
});

test('a folder with something else in it is left alone', LIMIT, async () => {
  const run = started('--data', root, '--every', '0');
  assert.equal(await run.ended, 1);
  assert.match(run.text(), /holds something else/);
});

test('a program that can not start is told with its reason', LIMIT, async () => {
  const taken = started('--every', '0');
  const [, port] = await taken.until(/Cloud +http:\/\/127\.0\.0\.1:(\d+)/);
  const run = started('--port', port, '--data', join(folder, 'second'));
  assert.equal(await run.ended, 1);
  assert.match(run.text(), /did not start|could not be/);
  taken.child.kill('SIGTERM');
  assert.equal(await taken.ended, 0);
});
