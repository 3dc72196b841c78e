// What a customer's app would hear: the cloud's feed, told in sentences. It comes back where it left off, and signs in
// again when its token has ended.
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../terminal.mjs';

/** How long to wait before coming back. */
const COME_BACK_MS = 1_000;

/** Tells every change of a household from now on, until `signal`. */
export async function follow(cloud, household, tell, signal) {
  let { token } = household;
  let last;
  while (!signal.aborted) {
    try {
      const headers = { authorization: `Bearer ${token}`, ...(last && { 'last-event-id': last }) };
      const answer = await fetch(new URL('/v1/feed', cloud), { headers, signal });
      if (answer.status === 401) token = await household.signIn();
      else if (!answer.ok) throw new Problem(`The feed was answered with ${answer.status}.`);
      else
        for await (const { id, data } of frames(answer.body)) {
          last = id ?? last;
          const sentence = data && sentenceOf(JSON.parse(data), household);
          if (sentence) tell(sentence);
        }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Problem) throw error;
    }
    await pause(COME_BACK_MS, undefined, { signal }).catch(() => {});
  }
}

/** The frames of an event stream, each with its `id`, `event` and `data` (the form that the cloud writes). */
export async function* frames(body) {
  let text = '';
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
      const fields = text
        .slice(0, end)
        .split('\n')
        .map((line) => line.split(/: ?(.*)/s, 2));
      yield Object.fromEntries(fields.filter(([name]) => name));
    }
  }
}

const PHASES = {
  asked: 'was asked for',
  placed: 'is placed',
  on_its_way: 'is on its way',
  arrived: 'has arrived',
  cancelled: 'was cancelled',
};

/** The end of an order's name, which is long. */
const short = (order) => `…${order.slice(-6)}`;

/** What a change of the feed means to a person; nothing for what the device itself just said. */
export function sentenceOf(change, { devices }) {
  const { name = 'A device', slots = [] } = devices.find(({ id }) => id === change.device) ?? {};
  const slot = slots.find(({ instance }) => instance === change.slot)?.name ?? change.slot;
  const order = () => `${name}, ${slot}: order ${short(change.order)} ${PHASES[change.is] ?? change.is}`;
  const state = () => `${name}, ${slot}: automatic reorder is ${change.subscribed ? 'on' : 'off'}`;
  const came = () => {
    const { kind, order: of } = change.entry.kind;
    return kind === 'received' ? `Order ${short(of)} was added to what is on the shelf` : undefined;
  };
  const sentences = {
    entry: came,
    order,
    subscription: state,
    drs_registration: () =>
      `${name} is ${change.registered ? '' : 'no longer '}registered at the older service`,
    device_removed: () => `${name} was taken away`,
    device_registered: () => 'A device was added',
    link_added: () => `${change.client} was linked`,
    link_removed: () => `${change.client} is no longer linked`,
  };
  return sentences[change.change]?.();
}
