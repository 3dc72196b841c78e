// Windows from start to the picture a person came for, and the memory of everything behind them. A program is never
// asked how far it is: its picture on the screen is complete when it no longer differs from the one it comes to rest at.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findBrowser } from '../scripts/browser.mjs';
import { Problem, dim, say } from '../scripts/terminal.mjs';
import { median } from './rounds.mjs';
import { difference, savePicture, startScreen, watch } from './screen.mjs';

/** Pixels of 1280 x 800 that may still change after the picture counts as complete: a blinking caret, no line of text. */
const SMALL = 200;

/** A picture that has not changed for so long is the final one. */
const STILL_MS = 1500;

/** No window takes longer. */
const LIMIT_MS = 20_000;

/** Memory is read this long after the start. */
const IDLE_MS = 6_000;

/** Supplies that must be in the list. */
const ROWS = 100;

/** Starts a message bus of its own, so that a second start is not passed on to a first. */
async function startBus(env) {
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = await new Promise((resolve, reject) => {
    bus.stdout.setEncoding('utf8').once('data', (text) => resolve(text.trim()));
    bus.once('error', () => reject(new Problem('dbus-daemon can’t be started: apt-get install dbus')));
  });
  return { address, stop: () => ended(bus, 'SIGTERM') };
}

async function ended(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

/** A private home for one program, kept over its starts as a person's would be. */
function home(folder, display) {
  for (const name of ['data', 'config', 'cache', 'state', 'run']) {
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  }
  const { DBUS_SESSION_BUS_ADDRESS: _, WAYLAND_DISPLAY: __, ...rest } = process.env;
  return {
    ...rest,
    HOME: folder,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    DISPLAY: display,
    GDK_BACKEND: 'x11',
    LANG: 'C.UTF-8',
    NO_AT_BRIDGE: '1',
    WEBKIT_DISABLE_DMABUF_RENDERER: '1',
  };
}

/** All processes below and including one, by the kernel's own list. */
function tree(pid) {
  const children = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      // The name in brackets may hold anything; the parent follows it.
      const parent = Number(
        readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) \S /s, '')
          .split(' ')[0],
      );
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended.
    }
  }
  const all = [pid];
  for (let i = 0; i < all.length; i += 1) all.push(...(children.get(all[i]) ?? []));
  return all;
}

/** Proportional set size of a whole tree of processes, in MB (10^6). */
function memory(pid) {
  let kib = 0;
  for (const one of tree(pid)) {
    try {
      kib += Number(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)?.[1] ?? 0);
    } catch {
      // It has ended.
    }
  }
  return (kib * 1024) / 1e6;
}

/** Starts a program, watches it until its picture rests, and ends it: `{ ms, mb, pictures }`. */
async function start(screen, { command, env }, { idle = false } = {}) {
  const bus = await startBus(env);
  const [program, ...args] = command;
  const began = performance.now();
  const child = spawn(program, args, {
    env: { ...env, DBUS_SESSION_BUS_ADDRESS: bus.address },
    stdio: 'ignore',
    detached: true,
  });
  const failed = new Promise((resolve) => child.once('error', resolve));
  const pictures = await Promise.race([watch(screen, { stillMs: STILL_MS, limitMs: LIMIT_MS }), failed]);
  if (!Array.isArray(pictures)) throw new Problem(`${program} can’t be started: ${pictures.message}`);
  const final = pictures.at(-1).pixels;
  // From the end backwards: the first picture after which nothing but trifles changed.
  let complete = pictures.length - 1;
  while (complete > 0 && difference(pictures[complete - 1].pixels, final) <= SMALL) complete -= 1;
  let mb;
  if (idle) {
    await wait(Math.max(0, began + IDLE_MS - performance.now()));
    mb = memory(child.pid);
  }
  const alive = child.exitCode === null && child.signalCode === null;
  if (alive) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGTERM');
    const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 3000);
    await gone;
    clearTimeout(late);
  }
  await bus.stop();
  await dark(screen);
  if (complete === 0 || !alive) throw new Problem(`${program} showed nothing`);
  return { ms: pictures[complete].at - began, mb, pictures };
}

/** Waits until the screen is as empty as before. */
async function dark(screen) {
  const until = performance.now() + 3000;
  while (performance.now() < until && screen.look().some((byte) => byte !== 0)) await wait(20);
}

/** Asks the built app through WebDriver, once and untimed, whether the supplies really are what it shows. */
async function countRows(screen, { command, env }) {
  const bus = await startBus(env);
  const port = 20_000 + (process.pid % 20_000);
  const driver = spawn('WebKitWebDriver', [`--port=${port}`], {
    env: { ...env, DBUS_SESSION_BUS_ADDRESS: bus.address, TAURI_WEBVIEW_AUTOMATION: 'true' },
    stdio: 'ignore',
  });
  const ask = async (method, path, body) => {
    const options = { method, body: body && JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, options);
    const { value } = await response.json();
    if (!response.ok) throw new Problem(`WebKitWebDriver: ${value.message || value.error}`);
    return value;
  };
  const patiently = async (task, good) => {
    const until = performance.now() + LIMIT_MS;
    for (;;) {
      const value = await task().catch((error) => error);
      if (good(value)) return value;
      if (performance.now() > until)
        throw value instanceof Error ? value : new Problem('The supplies do not appear');
      await wait(50);
    }
  };
  try {
    await patiently(
      () => ask('GET', '/status'),
      (status) => status.ready,
    );
    const options = { binary: command[0], args: command.slice(1) };
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
    const { sessionId } = await ask('POST', '/session', { capabilities });
    const script = "return document.querySelectorAll('[data-slot]').length";
    const count = () => ask('POST', `/session/${sessionId}/execute/sync`, { script, args: [] });
    const rows = await patiently(count, (value) => value >= ROWS);
    await ask('DELETE', `/session/${sessionId}`);
    return rows;
  } finally {
    await ended(driver, 'SIGTERM');
    await bus.stop();
    await dark(screen);
  }
}

/** Size of a program's file, in MB (10^6). */
export const size = (path) => statSync(path).size / 1e6;

/**
 * Measures windows: `{ hello, ours, chromium }` with medians of `ms` and `mb`, and the ratios of each round. Chromium
 * is absent where it is not installed.
 */
export async function windows({ scratch, app, hello, page, data, rounds }) {
  rmSync(scratch, { recursive: true, force: true });
  const screen = await startScreen();
  try {
    const own = (name) => home(join(scratch, name), screen.display);
    const programs = {
      hello: { command: [hello], env: own('hello') },
      ours: { command: [app], env: { ...own('ours'), REFILL_DATA: data } },
    };
    const browser = findBrowser();
    if (browser) {
      const profile = `--user-data-dir=${join(scratch, 'chromium', 'profile')}`;
      const quiet = [
        '--no-first-run',
        '--no-default-browser-check',
        '--disable-gpu',
        '--window-size=1180,780',
      ];
      const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
      const command = [browser, `--app=file://${page}`, profile, ...quiet, ...root];
      programs.chromium = { command, env: own('chromium') };
    }
    const rows = await countRows(screen, programs.ours);
    // The first start of each fills caches.
    for (const [name, program] of Object.entries(programs)) {
      const { pictures } = await start(screen, program);
      savePicture(join(scratch, `${name}.png`), pictures.at(-1).pixels);
    }
    const turns = ['hello', 'ours', 'hello', 'ours', ...(browser ? ['chromium'] : [])];
    const seen = Object.fromEntries(Object.keys(programs).map((name) => [name, { ms: [], mb: [] }]));
    const ratios = [];
    for (let round = 0; round < rounds; round += 1) {
      const now = { hello: [], ours: [], chromium: [] };
      for (const [turn, name] of turns.entries()) {
        // Memory once for each program in a round: at its last turn.
        const idle = turns.lastIndexOf(name) === turn;
        const { ms, mb } = await start(screen, programs[name], { idle });
        now[name].push(ms);
        if (idle) seen[name].mb.push(mb);
      }
      for (const name of Object.keys(programs)) seen[name].ms.push(...now[name]);
      ratios.push(median(now.ours) / median(now.hello));
      const figures = Object.keys(programs).map(
        (name) => `${name} ${now[name].map((ms) => ms.toFixed(0)).join(', ')} ms`,
      );
      say(dim(`  windows, round ${round + 1}: ${figures.join('; ')}`));
    }
    const middle = ({ ms, mb }) => ({ ms: median(ms), mb: median(mb) });
    const memories = seen.ours.mb.map((mb, round) => mb / seen.hello.mb[round]);
    return {
      rows,
      ratio: median(ratios),
      memoryRatio: median(memories),
      ...Object.fromEntries(Object.entries(seen).map(([name, figures]) => [name, middle(figures)])),
    };
  } finally {
    await screen.stop();
  }
}
