// What a person does in a browser to let a program or Alexa into their account: sign in, allow, and come back. It goes
// through the same pages and forms, with cookies, so that whatever keeps a person from linking keeps this from it too.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Problem } from '../terminal.mjs';

/** The scheme by which the desktop comes back; any loopback port will do (RFC 8252 7.3). */
const APP = { client: 'refill', back: 'http://127.0.0.1:1/callback' };

const hidden = (page, name) => {
  const value = page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1];
  return value?.replace(/&(amp|lt|gt|quot);/g, (_, of) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[of]);
};

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code that an authenticator app shows for a key at a moment (RFC 6238: SHA-1, six digits, thirty seconds). */
export function codeOf(key, ms = Date.now()) {
  const bits = [...key.replaceAll(/[\s=]/g, '')]
    .map((c) => BASE32.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(ms / 30_000)));
  const mac = createHmac('sha1', secret).update(step).digest();
  const at = mac.at(-1) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/**
 * Opens an authorize page, signs in, sets up a second factor where the maker's people need one (its key is then the
 * person's `factor`), allows, and resolves to the address the browser is sent back to.
 * @throws {Problem} when a page is not what a person would need to see
 */
export async function allow(address, person) {
  const { email, password } = person;
  let cookie = '';
  let url = new URL(address);
  const browse = async (form, to = url) => {
    const request = { redirect: 'manual', headers: { cookie } };
    if (form) Object.assign(request, { method: 'POST', body: new URLSearchParams(form) });
    const answer = await fetch(to, request);
    const set = answer.headers.getSetCookie()[0];
    if (set) cookie = set.split(';', 1)[0];
    return { answer, page: await answer.text(), to: answer.headers.get('location') };
  };
  const { origin } = url;
  let seen = await browse();
  const factor = () => {
    person.factor = seen.page.match(/<code>([A-Z2-7 ]+)<\/code>/)?.[1] ?? '';
    return { code: codeOf(person.factor) };
  };
  for (const [action, fields, only_if] of [
    ['/oauth/sign-in', () => ({ email, password })],
    ['/oauth/second-factor', factor, () => seen.page.includes('action="/oauth/second-factor"')],
    ['/oauth/consent', () => ({ decision: 'allow' })],
  ]) {
    if (only_if && !only_if()) continue;
    const token = hidden(seen.page, 'form_token');
    if (!seen.page.includes(`action="${action}"`) || !token)
      throw new Problem(
        `${url.pathname} answered ${seen.answer.status} and no page that leads to ${action}.`,
      );
    const form = { form_token: token, request: hidden(seen.page, 'request') ?? '', ...fields() };
    seen = await browse(form, new URL(action, origin));
    if (!seen.to) throw new Problem(`${action} answered ${seen.answer.status} instead of leading on.`);
    url = new URL(seen.to, origin);
    if (url.origin === origin && url.pathname === '/oauth/authorize') seen = await browse();
  }
  return url;
}

/** Links the desktop app to a person's account, as the app would, and resolves to an access token. */
export async function signIn(cloud, person, scope) {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const asked = new URL('/oauth/authorize', cloud);
  asked.search = new URLSearchParams({
    client_id: APP.client,
    redirect_uri: APP.back,
    response_type: 'code',
    scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const back = await allow(asked, person);
  const answered = back.searchParams;
  if (answered.get('state') !== state || !answered.get('code'))
    throw new Problem(`Signing in ended with ${answered.get('error') ?? 'no code'}.`);
  const answer = await fetch(new URL('/oauth/token', cloud), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: answered.get('code'),
      client_id: APP.client,
      redirect_uri: APP.back,
      code_verifier: verifier,
    }),
  });
  if (!answer.ok) throw new Problem(`The code was not exchanged: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).access_token;
}

/** Speaks JSON to one server, with one token. An answer that is no success is a problem, with its text. */
export function caller(base, token) {
  return async (method, path, body) => {
    const headers = { 'content-type': 'application/json' };
    if (token) headers.authorization = `Bearer ${token}`;
    const answer = await fetch(new URL(path, base), { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Problem(`${method} ${path} was answered with ${answer.status}: ${text}`);
    return text && JSON.parse(text);
  };
}
