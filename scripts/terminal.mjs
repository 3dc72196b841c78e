// Everything the scripts print, and every program they start, goes through here, so that it all looks and
// behaves alike: colour only on a terminal that wants it, and no child left running when a script ends.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const windows = process.platform === 'win32';

const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint('1');
export const dim = paint('2');
export const red = paint('31');
export const green = paint('32');

/** A problem the reader can act on: printed as it is, without a stack trace. */
export class Problem extends Error {}

export const say = (text = '') => process.stdout.write(`${text}\n`);
export const heading = (text) => say(`\n${bold(`── ${text} ${'─'.repeat(Math.max(3, 72 - text.length))}`)}`);
export const done = (text, detail = '') => say(`${green('✓')} ${text}${detail && dim(`  ${detail}`)}`);
export const note = (text) => say(`${dim('•')} ${text}`);

/** Milliseconds in words: `0.4 s`, `12 s`, `3 min 05 s`. */
export function duration(ms) {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** The full path of a program on the search path, or undefined. Starts nothing. */
export function which(program, env = process.env) {
  const endings = windows ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder, program + ending);
      if (folder && existsSync(path)) return path;
    }
  }
  return undefined;
}

/** What a short, silent program says: `{ ok, text }`. Never throws, not even when the program does not exist. */
export function ask(program, args) {
  const result = spawnSync(program, args, { encoding: 'utf8', cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  return { ok: result.status === 0, text: `${result.stdout ?? ''}${result.stderr ?? ''}` };
}

/** The command line of an npm package's program, started by this very Node (no shim, no shell, the same on Windows). */
export const packaged = (path, ...args) => [process.execPath, join(root, 'node_modules', path), ...args];

/** npm itself, in the way this machine has it. */
export function npm(...args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return { command: [process.execPath, script, ...args] };
  return { command: [windows ? 'npm.cmd' : 'npm', ...args], shell: windows };
}

/** A program whose output passes through us cannot see the terminal, so it is told whether there is one. */
function environment(piped) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
  if (!coloured) return { ...rest, NO_COLOR: '1', CARGO_TERM_COLOR: 'never' };
  return piped ? { ...rest, FORCE_COLOR: '1', CARGO_TERM_COLOR: 'always' } : process.env;
}

/** How long a killed program's pipes may stay open before they are given up. */
const PIPES_MS = 2_000;

/**
 * Runs a program to its end and resolves to `{ code, stdout, stderr, ms, late }`.
 *
 * `show` passes its output on as it comes; `capture` keeps it (without colour codes) for the caller. A program that
 * is captured runs in a group of its own: after `limitMs`, or when this script is stopped, the whole group is ended.
 */
export function run(
  [program, ...args],
  { show = true, capture = false, env, limitMs, shell = false, stdin = 'ignore' } = {},
) {
  const piped = capture || !show;
  const grouped = piped && !windows;
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      shell,
      detached: grouped,
      env: { ...environment(piped), ...env },
      stdio: piped ? [stdin, 'pipe', 'pipe'] : [stdin, 'inherit', 'inherit'],
    });
    const kept = { stdout: '', stderr: '' };
    const listen = (name) => {
      child[name]?.setEncoding('utf8').on('data', (text) => {
        kept[name] += text;
        if (show) process[name].write(text);
      });
    };
    listen('stdout');
    listen('stderr');

    const end = (signal) => {
      try {
        if (grouped) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // It has ended already.
      }
    };
    let stopped;
    const interrupt = (signal) => {
      stopped = signal;
      // Ctrl C on a terminal reaches a program in our own group without our help.
      if (grouped || signal !== 'SIGINT') end(signal);
    };
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    let late = false;
    const limit = limitMs && setTimeout(() => ((late = true), end('SIGKILL')), limitMs);

    let settled = false;
    let pipes;
    const settle = (code) => {
      if (settled) return;
      settled = true;
      clearTimeout(limit);
      clearTimeout(pipes);
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      if (stopped) process.exit(128 + SIGNALS[stopped]);
      const clean = stripVTControlCharacters;
      const ms = performance.now() - started;
      resolve({ code, ms, late, stdout: clean(kept.stdout), stderr: clean(kept.stderr) });
    };
    child.on('error', (error) => {
      kept.stderr += `${program}: ${error.message}\n`;
      if (show) process.stderr.write(`${program}: ${error.message}\n`);
      settle(127);
    });
    child.on('exit', (code, signal) => {
      const status = code ?? 128 + (SIGNALS[signal] ?? 0);
      if (!piped) return settle(status);
      // What it left behind may hold the pipes open for ever: wait for the last output, not for that.
      child.on('close', () => settle(status));
      pipes = setTimeout(() => {
        if (grouped) end('SIGKILL');
        child.stdout.destroy();
        child.stderr.destroy();
        settle(status);
      }, PIPES_MS);
    });
  });
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** Runs a script's main function; a `Problem` is told in its own words, anything else with its trace. */
export async function main(script) {
  try {
    process.exitCode = await script(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Problem ? `\n${red('✗')} ${error.message}` : `\n${red('✗')} ${error.stack}`);
    process.exitCode = 1;
  }
}
