// What Amazon's side took, refused and sent, as its board tells it: one line a message.
import { setTimeout as pause } from 'node:timers/promises';

/** How often the board is asked. */
const LOOK_MS = 1_000;

/** Lines of the board at most at once. */
const PAGE = 200;

/** Tells every message that came or comes, and goes, until `signal`. */
export async function watch(board, tell, signal) {
  let after = 0;
  while (!signal.aborted) {
    await pause(LOOK_MS, undefined, { signal }).catch(() => {});
    const { received } = await board('GET', `/_board/received?after=${after}&limit=${PAGE}`).catch(
      () => ({}),
    );
    for (const message of received ?? []) {
      after = message.seq;
      const line = lineOf(message);
      if (line) tell(line);
    }
  }
}

const PARTS = {
  gateway: 'Event gateway',
  lwa: 'Login with Amazon',
  drs: 'Older service',
  sns: 'Notifications',
};

/** One message in words, or nothing for what is only Amazon's own housekeeping. */
export function lineOf({ route, sent, body, target, status, refused, fault }) {
  const [part, act] = route.split('.');
  if (!PARTS[part] || route === 'sns.api') return undefined;
  const what =
    part === 'gateway' ? spoken(body?.event, body?.context) : sent ? notified(body) : (act ?? target);
  const ending = refused ? `REFUSED: ${refused}` : fault ? `${status} by a fault` : status;
  return `${PARTS[part]} ${sent ? 'sent' : 'took'} ${what}: ${ending}`;
}

/** Name and figures of an event for Alexa (protocols 2). */
function spoken(event, context) {
  const name = event?.header?.name ?? 'what is no event';
  const change = event?.payload?.change?.properties ?? context?.properties ?? [];
  const figures = change.map(({ instance, value }) =>
    instance ? `${instance} ${figure(value)}` : figure(value),
  );
  const usage = event?.payload?.usage;
  if (usage) figures.push(figure(usage));
  return figures.length ? `${name} (${figures.join(', ')})` : name;
}

const figure = (value) =>
  value && typeof value === 'object' && 'value' in value ? `${value.value}` : JSON.stringify(value);

function notified(body) {
  if (body?.Type !== 'Notification') return body?.Type ?? 'something';
  try {
    return JSON.parse(body.Message).notificationInfo.notificationType;
  } catch {
    return 'a notification';
  }
}
