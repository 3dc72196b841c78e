// What `npm run cloud` says of a message or a change, and what it does with odd options.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { lineOf } from './cloud/amazon.mjs';
import { frames, sentenceOf } from './cloud/feed.mjs';
import { MODELS, run, STOCK } from './cloud/maker.mjs';
import { codeOf } from './cloud/person.mjs';

const script = (...args) =>
  spawnSync(process.execPath, ['scripts/cloud.mjs', ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });

test('odd options are told, with what there is', () => {
  for (const [args, why] of [
    [['--port', 'x'], /--port is a number from 0 to 65535/],
    [['--port', ''], /--port is a number/],
    [['--every', '-1'], /--every/],
    [['--password', 'short'], /at least 8/],
    [['--nothing'], /Unknown option '--nothing'/],
  ]) {
    const { status, stdout } = script(...args);
    assert.equal(status, 1);
    assert.match(stdout, why);
  }
  const help = script('--help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /--delivery S/);
});

test('frames of an event stream are read however they are cut', async () => {
  const text = ': alive\n\nid: 7\nevent: entry\ndata: {"a":"ü"}\n\nevent: gone\ndata: {}\n\n';
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size < 9; size++) {
    const body = new ReadableStream({
      start(control) {
        for (let at = 0; at < bytes.length; at += size) control.enqueue(bytes.slice(at, at + size));
        control.close();
      },
    });
    const seen = [];
    for await (const frame of frames(body)) seen.push(frame);
    assert.deepEqual(seen, [
      {},
      { id: '7', event: 'entry', data: '{"a":"ü"}' },
      { event: 'gone', data: '{}' },
    ]);
  }
});

test('changes are told in sentences, and what the device just said is not', () => {
  const devices = [{ id: 'd', name: 'Washer', slots: [{ instance: 'Slot01', name: 'Detergent' }] }];
  const say = (change) => sentenceOf({ device: 'd', slot: 'Slot01', ...change }, { devices });
  const order = 'amzn1.dash.v2.o.123456';
  assert.equal(
    say({ change: 'order', order, is: 'on_its_way' }),
    'Washer, Detergent: order …123456 is on its way',
  );
  assert.equal(
    say({ change: 'subscription', subscribed: false }),
    'Washer, Detergent: automatic reorder is off',
  );
  assert.equal(
    say({ change: 'drs_registration', registered: true }),
    'Washer is registered at the older service',
  );
  const entry = (kind) => say({ change: 'entry', entry: { kind } });
  assert.equal(entry({ kind: 'received', order }), 'Order …123456 was added to what is on the shelf');
  assert.equal(entry({ kind: 'consumed' }), undefined);
  assert.equal(say({ change: 'something new' }), undefined);
});

test('messages are told with their figures and what became of them', () => {
  const event = {
    header: { name: 'ChangeReport' },
    payload: { change: { properties: [{ instance: 'filter', value: { value: 7 } }] } },
  };
  const message = { route: 'gateway', sent: false, body: { event }, status: 202, refused: null, fault: null };
  assert.equal(lineOf(message), 'Event gateway took ChangeReport (filter 7): 202');
  assert.equal(
    lineOf({ ...message, refused: 'no' }),
    'Event gateway took ChangeReport (filter 7): REFUSED: no',
  );
  assert.equal(lineOf({ ...message, body: 'rubbish' }), 'Event gateway took what is no event: 202');
  const notice = { notificationInfo: { notificationType: 'ItemShippedNotification' } };
  const sent = {
    route: 'sns.delivery',
    sent: true,
    body: { Type: 'Notification', Message: JSON.stringify(notice) },
    status: 204,
  };
  assert.equal(lineOf(sent), 'Notifications sent ItemShippedNotification: 204');
  assert.equal(lineOf({ route: 'sns.api', status: 200 }), undefined);
});

test('the sample devices speak only of slots they have, and a worn filter is replaced', () => {
  const known = MODELS.flatMap((model) => model.slots.map(({ instance }) => instance));
  assert.deepEqual(
    Object.keys(STOCK).filter((name) => !known.includes(name)),
    [],
  );
  for (const { id, slots } of MODELS) {
    const memory = {};
    const events = Array.from({ length: 40 }, () => run(id, memory)).flat();
    const instances = new Set(events.map(({ instance }) => instance));
    assert.deepEqual([...instances].sort(), slots.map(({ instance }) => instance).sort());
    const levels = events
      .filter(({ kind }) => kind.kind === 'level_read')
      .map(({ kind }) => kind.level.amount.milli);
    assert.ok(levels.every((milli) => milli > 0 && milli <= 100_000));
    const fresh = events.filter(({ kind }) => kind.kind === 'replaced').length;
    assert.equal(levels.filter((milli) => milli === 100_000).length, fresh);
  }
});

test('codes of the second factor are those of the standard', () => {
  // RFC 6238 appendix B, the last six of its eight digits.
  const key = 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ';
  const codes = [59, 1_111_111_109, 2_000_000_000].map((seconds) => codeOf(key, seconds * 1000));
  assert.deepEqual(codes, ['287082', '081804', '279037']);
});
