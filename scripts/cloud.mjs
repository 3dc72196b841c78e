// `npm run cloud`: the maker's cloud and Amazon's side on this computer, with a sample maker, three customers and
// devices that run by themselves, until Ctrl C. Prints addresses and logins, and then what happens.
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { watch } from './cloud/amazon.mjs';
import { follow } from './cloud/feed.mjs';
import { settle } from './cloud/household.mjs';
import { ADMINISTRATOR, CUSTOMERS, MODELS, REPLENISHMENT, STAFF } from './cloud/maker.mjs';
import { caller, signIn } from './cloud/person.mjs';
import { emptied, Servers } from './cloud/servers.mjs';
import { setUp } from './setup.mjs';
import { bold, dim, done, duration, heading, main, Problem, root, run, say, windows } from './terminal.mjs';

const HELP = `npm run cloud -- [options]

  --port N      port of the cloud (8480; 0 takes a free one)
  --amazon N    port of Amazon's side (8481; 0 takes a free one)
  --behind URL  the https address under which a proxy of yours shows the cloud
  --every S     seconds between two runs of a device (10; 0 leaves them off)
  --delivery S  seconds from an order to its arrival (120)
  --password P  password of all accounts (otherwise a new one)
  --data DIR    where everything is kept, emptied at every start (target/rehearsal)
  --programs D  the folder of the two programs, where they are built already`;

function options(args) {
  const text = (fallback) => ({ type: 'string', default: fallback });
  const known = {
    port: text('8480'),
    amazon: text('8481'),
    every: text('10'),
    delivery: text('120'),
    help: { type: 'boolean' },
  };
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: { ...known, behind: text(), password: text(), data: text(), programs: text() },
    }));
  } catch (error) {
    throw new Problem(`${error.message}\n\n${HELP}`);
  }
  const number = (name, most) => {
    const value = Number(values[name]);
    if (!(value >= 0 && value <= most) || values[name] === '')
      throw new Problem(`--${name} is a number from 0 to ${most}.\n\n${HELP}`);
    return value;
  };
  if (values.password !== undefined && values.password.length < 8)
    throw new Problem('--password has at least 8 characters.');
  const behind = URL.canParse(values.behind ?? '') ? new URL(values.behind) : undefined;
  if (values.behind !== undefined && (behind?.protocol !== 'https:' || behind.pathname !== '/'))
    throw new Problem('--behind is an address such as https://127.0.0.1:8443/.');
  return {
    help: values.help,
    behind: behind?.href,
    ports: { cloud: number('port', 65_535), sandbox: number('amazon', 65_535) },
    every: number('every', 86_400) * 1000,
    delivery: number('delivery', 864_000),
    password: values.password ?? randomBytes(9).toString('base64url'),
    programs: values.programs && resolve(values.programs),
    folder: resolve(root, values.data ?? join(process.env.CARGO_TARGET_DIR ?? 'target', 'rehearsal')),
  };
}

/** Builds the two programs, unless they are built, and resolves to their paths. */
async function built(folder) {
  const path = (within, name) => join(within, windows ? `${name}.exe` : name);
  const paths = (within) => ({
    cloud: path(within, 'refill-cloud'),
    sandbox: path(within, 'refill-sandbox'),
  });
  if (folder) return paths(folder);
  await setUp(['server']);
  const build = await run(['cargo', 'build', '-p', 'refill-cloud', '-p', 'refill-sandbox']);
  if (build.code !== 0) throw new Problem('The programs could not be built; the reason is above.');
  done('Programs', `ready in ${duration(build.ms)}`);
  return paths(resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug'));
}

/** The maker's people, models and customers; resolves to the households. */
async function peopled(servers, person) {
  const { password } = person;
  const token = await signIn(servers.cloud, person, 'administrator');
  const administrator = caller(servers.cloud, token);
  await administrator('POST', '/v1/accounts', { role: 'staff', ...STAFF, password });
  for (const model of MODELS) {
    await administrator('PUT', `/v1/models/${model.id}`, model);
    for (const [instance, id] of Object.entries(REPLENISHMENT[model.id] ?? {}))
      await administrator('PUT', `/v1/models/${model.id}/slots/${instance}/replenishment`, { id });
  }
  const households = [];
  for (const customer of CUSTOMERS) households.push(await settle(servers, administrator, customer, password));
  return households;
}

const LINKS = { alexa: 'linked with Alexa', drs: 'registered at the older service' };

function introduction({ door: cloud, sandbox }, households, { password, folder, factor }) {
  heading('Addresses');
  say(`  Cloud          ${bold(cloud)}`);
  say(`    description  ${cloud}openapi.json`);
  say(`    figures      ${cloud}metrics`);
  say(`  Amazon         ${bold(`${sandbox}/`)}`);
  say(`    board        ${sandbox}/_board/  ${dim('what it received: received, endpoints, drs, findings')}`);
  say(dim(`  Logs and data  ${folder}`));
  heading(`Logins, all with the password ${password}`);
  const line = (email, what) => say(`  ${email.padEnd(20)} ${dim(what)}`);
  for (const { email, has, link } of households)
    line(email, `${has.map(({ name }) => name).join(' and ')}, ${LINKS[link] ?? 'nothing linked yet'}`);
  line(STAFF.email, "the maker's support; sets up a second factor in the browser");
  line(ADMINISTRATOR.email, `sets everything up; key of the second factor: ${factor}`);
  heading('What happens (Ctrl C ends it)');
}

const tell = (who, what) => say(`${dim(new Date().toLocaleTimeString('en-GB'))}  ${who.padEnd(14)}  ${what}`);

await main(async (args) => {
  const chosen = options(args);
  if (chosen.help) {
    say(HELP);
    return 0;
  }
  const programs = await built(chosen.programs);
  emptied(chosen.folder);
  const servers = new Servers({ ...chosen, programs });
  const over = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => over.abort());
  try {
    const person = { ...ADMINISTRATOR, password: chosen.password };
    await servers.start(person);
    const households = await peopled(servers, person);
    servers.ended = (name, code) => over.abort(new Problem(`${name} ended with ${code}; see its log.`));
    introduction(servers, households, { ...chosen, factor: person.factor });
    const lives = households.map(async (household) => {
      const told = (what) => tell(household.name, what);
      await follow(servers.cloud, household, told, over.signal);
    });
    lives.push(watch(servers.board, (line) => tell('Amazon', line), over.signal));
    if (chosen.every)
      lives.push(...households.map((household) => live(household, chosen.every, over.signal)));
    await Promise.race([
      Promise.all(lives),
      new Promise((end) => over.signal.addEventListener('abort', end)),
    ]);
    if (over.signal.reason instanceof Problem) throw over.signal.reason;
  } finally {
    over.abort();
    await servers.stop();
  }
  return 0;
});

/** Lets the devices of a household run, one after the other. */
async function live({ name, devices }, every, signal) {
  while (!signal.aborted) {
    for (const device of devices) {
      await pause(every, signal);
      if (signal.aborted) return;
      tell(name, `${device.name} ${await device.run()}`);
    }
  }
}

/** Waits, or ends at once when everything does. */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
