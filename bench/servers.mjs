// Servers under load: each on the first core, the load on the second, so that neither takes the other's time. A server
// says its address on its first line, and is ended with what started it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, Problem, root } from '../scripts/terminal.mjs';

/** With as many open files as the system allows, on one core. */
const pinned = (core, command) => [
  'sh',
  '-c',
  'ulimit -n "$(ulimit -Hn)" && exec "$@"',
  'sh',
  'taskset',
  '-c',
  core,
  ...command,
];

/** The command line of a load. */
export const loading = (...command) => pinned(1, command.map(String));

/** How many files a program may have open. */
export const openFiles = () => Number(ask('sh', ['-c', 'ulimit -Hn']).text.replace('unlimited', '1e9'));

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => running.forEach((child) => child.kill(signal)));

/** Starts a server, gives `task` its address with its process (`http://…/#PID`), and ends it. */
export async function serving(command, task, env = {}) {
  const [program, ...args] = pinned(0, command.map(String));
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const ended = once(child, 'exit').catch(() => {});
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-4000)));
  try {
    const lines = createInterface(child.stdout);
    const first = await Promise.race([once(lines, 'line').then(([line]) => line), ended]);
    if (typeof first !== 'string') throw new Problem(`This did not start: ${command.join(' ')}\n\n${said}`);
    return await task(`${first}#${child.pid}`);
  } finally {
    child.kill('SIGTERM');
    await ended;
    running.delete(child);
  }
}

/** Starts the cloud on a folder with a store in it. Its settings are the defaults, but for where and who. */
export async function cloud(program, folder, task, more = '') {
  const settings = join(folder, 'cloud.toml');
  writeFileSync(
    settings,
    `listen = "127.0.0.1:0"\ndata = ${JSON.stringify(folder)}\n${more}
[[clients]]
id = "refill"
kind = "native"
name = "Refill"
redirect_uris = ["http://127.0.0.1/callback"]
scopes = ["customer"]
[[clients]]
id = "alexa"
kind = "alexa"
name = "Alexa"
vendor_id = "M2AAAAAAAAAAAA"
scopes = ["customer"]
`,
  );
  const env = { REFILL_CLOUD_CONFIG: settings, REFILL_CLOUD_SECRET_ALEXA: 'secret-of-the-benchmark' };
  return serving([program, 'serve'], task, env);
}
