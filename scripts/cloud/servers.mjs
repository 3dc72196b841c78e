// The two programs of `npm run cloud`: their settings, their secrets (made anew at every start, readable by their owner
// alone, never printed), and their lives: started, known by their addresses, and ended with this script.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Problem } from '../terminal.mjs';
import { caller } from './person.mjs';

/** Stands in a folder that this script may empty at the next start. */
const MARK = 'made-by-npm-run-cloud';

const SKILL = 'amzn1.ask.skill.sandbox';
const VENDOR = 'M2SAMPLEVENDOR';
const DASH_VENDOR = 'SAMPL';

/** How long a program may take to say its address. */
const START_MS = 30_000;

/** The life of an order that takes so many seconds. */
const life = (seconds) => ({
  placed: Math.ceil(seconds / 24),
  shipped: Math.ceil(seconds / 3),
  delivered: Math.ceil(seconds),
  resolution: Math.ceil(seconds / 2),
  resolve: false,
});

const secret = () => randomBytes(24).toString('base64url');

/** An empty folder for everything that is kept, or a problem when somebody else's files are in it. */
export function emptied(folder) {
  if (existsSync(folder)) {
    if (!existsSync(join(folder, MARK)))
      throw new Problem(`${folder} holds something else. Name another folder with --data.`);
    rmSync(folder, { recursive: true });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, MARK), 'Emptied at every start of `npm run cloud`.\n');
}

/** Both sides, running and introduced to each other. */
export class Servers {
  #children = [];

  /**
   * `programs` are the paths of `cloud` and `sandbox`; `ports` what they listen on, 0 for any; `delivery` the seconds
   * from an order to its arrival; `behind` the address under which a proxy shows the cloud to people, if one does.
   */
  constructor({ programs, folder, ports, delivery, behind }) {
    Object.assign(this, { programs, folder, ports, delivery, behind });
  }

  /** Where people and browsers find the cloud. */
  get door() {
    return this.behind ?? this.cloud;
  }

  /** Starts Amazon's side, makes the first account, starts the cloud, and tells each where the other is. */
  async start(administrator) {
    const amazon = await this.#program('sandbox', ['--listen', `127.0.0.1:${this.ports.sandbox}`]);
    this.sandbox = JSON.parse(amazon).base;
    this.board = caller(this.sandbox);
    const linking = secret();
    const config = await this.board('GET', '/_board/config');
    this.#settings(config, linking);
    await this.#account(administrator);
    this.cloud = (await this.#program('cloud', ['--config', this.#at('cloud.toml'), 'serve'])).trim();
    const [skill, older] = config.clients;
    Object.assign(config.skills[0], {
      endpoint: `${this.cloud}alexa/directive`,
      clientId: skill.id,
      accountLinking: {
        authorizationUrl: `${this.cloud}oauth/authorize`,
        accessTokenUrl: `${this.cloud}oauth/token`,
        clientId: 'alexa',
        clientSecret: linking,
        scopes: ['customer'],
      },
    });
    skill.redirectUris = [`${this.door}alexa/return`];
    older.redirectUris = [`${this.door}drs/return`];
    config.orders = life(this.delivery);
    await this.board('PUT', '/_board/config', config);
    await this.board('POST', '/_board/sns/subscribe', { endpoint: `${this.cloud}sns` });
    return this;
  }

  /** The page on which Amazon lets the customer enable the skill. */
  async enable(customer) {
    const begun = await this.board('POST', `/_board/skills/${SKILL}/enable`, { customer });
    return begun.authorizationUrl;
  }

  #at(name) {
    return join(this.folder, name);
  }

  #settings(amazon, linking) {
    const [skill, older] = amazon.clients;
    const key = () => randomBytes(32).toString('base64');
    const files = {
      'alexa.secret': linking,
      'skill.secret': skill.secret,
      'tokens.key': key(),
      'dash.secret': older.secret,
      'seal.key': key(),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(this.#at(name), text, { mode: 0o600 });
    const text = JSON.stringify;
    const at = (path) => text(`${this.sandbox}${path}`);
    const everywhere = (of) =>
      ['north_america', 'europe', 'far_east'].map((region) => `${region} = ${of(region)}`);
    const gateway = { north_america: 'na', europe: 'eu', far_east: 'fe' };
    writeFileSync(
      this.#at('cloud.toml'),
      `# Made by \`npm run cloud\`. Both sides are on this computer alone.
listen = "127.0.0.1:${this.ports.cloud}"
${this.behind ? `public_url = ${text(this.behind)}` : ''}
data = ${text(this.#at('data'))}
maker = "Sample Maker"

[limits]
sign_ins_per_minute = 600

[dash]
vendor_code = "${DASH_VENDOR}"

[[clients]]
id = "alexa"
kind = "alexa"
name = "Amazon Alexa"
vendor_id = "${VENDOR}"
redirect_uris = [${at(`/api/skill/link/${VENDOR}`)}]
scopes = ["customer"]
secret_file = "alexa.secret"

[[clients]]
id = "refill"
kind = "native"
name = "Refill"
redirect_uris = ["http://127.0.0.1/callback", "http://[::1]/callback"]
scopes = ["customer", "staff", "administrator"]

[alexa]
client_id = ${text(skill.id)}
secret_file = "skill.secret"
key_file = "tokens.key"
manufacturer = "Sample Maker"
skill_id = "${SKILL}"
sign_in = ${at('/ap/oa')}

[alexa.api]
${everywhere((region) => at(`/${gateway[region]}`)).join('\n')}

[alexa.events]
${everywhere((region) => at(`/${gateway[region]}/v3/events`)).join('\n')}

[alexa.tokens]
${everywhere(() => at('/auth/o2/token')).join('\n')}

[drs]
client_id = ${text(older.id)}
secret_file = "dash.secret"
seal_key_file = "seal.key"
service = ${at('')}
authorize_url = ${at('/ap/oa')}
token_url = ${at('/auth/o2/token')}

[sns]
topics = [${text(amazon.topic.arn)}]
rehearsal = ${at('/sns')}
`,
    );
  }

  /** Makes the administrator's account, before the server runs. */
  async #account({ email, name, password }) {
    const args = ['add-account', '--role', 'administrator', '--email', email, '--name', name];
    const child = spawn(this.programs.cloud, ['--config', this.#at('cloud.toml'), ...args], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let why = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (why += text));
    child.stdin.end(`${password}\n`);
    const code = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
    if (code !== 0) throw new Problem(`The administrator's account could not be made: ${why}`);
  }

  /** Starts a program and resolves to its first line; what it logs goes to a file. */
  #program(name, args) {
    const child = spawn(this.programs[name], args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.push(child);
    const log = this.#at(`${name}.log`);
    let last = '';
    child.stderr.pipe(createWriteStream(log));
    child.stderr.on('data', (text) => (last = text.toString()));
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Problem(`${name} did not start: ${why}\n${last.slice(-2000)}`));
      const late = setTimeout(() => fail(`it said nothing for ${START_MS / 1000} s; see ${log}`), START_MS);
      createInterface({ input: child.stdout }).once('line', (line) => {
        clearTimeout(late);
        resolve(line);
      });
      child.on('error', (error) => (clearTimeout(late), fail(error.message)));
      // Its last words may still be on their way when it has ended.
      child.on(
        'close',
        (code) => (clearTimeout(late), fail(`it ended with ${code}`), this.ended?.(name, code)),
      );
    });
  }

  /** Ends both in order, and resolves when they have ended. */
  async stop() {
    this.ended = undefined;
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
  }
}
