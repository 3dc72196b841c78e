// Gets a fresh clone ready: right Node and Rust, system packages, npm packages. It does itself what it may, and
// otherwise says exactly what to type. Safe to repeat, and well under a second when nothing is missing. Uses nothing
// but Node, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { lacking } from './packages.mjs';
import {
  ask,
  bold,
  dim,
  done,
  duration,
  note,
  npm,
  Problem,
  root,
  run,
  say,
  which,
  windows,
} from './terminal.mjs';

/**
 * Prepares for the tasks ("build", "desktop", "browser"; see packages.mjs).
 * @throws {Problem} with what to do, when something is missing that this script may not install
 */
export async function setUp(tasks) {
  checkNode();
  if (tasks.includes('build') || tasks.includes('server')) checkRust();
  if (process.platform === 'linux') await systemPackages(tasks);
  if (process.platform === 'darwin' && tasks.includes('build')) checkMac();
  if (windows && tasks.includes('build')) adviseWindows();
  await npmPackages();
}

/** Whether the interface's build tools run on this Node: 20.19 or later of 20, 22.13 or later of 22, or newer. */
export function nodeWillDo(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major === 20) return minor >= 19;
  if (major === 22) return minor >= 13;
  return major > 22;
}

function checkNode() {
  const version = process.versions.node;
  if (nodeWillDo(version)) return;
  throw new Problem(
    `Refill needs Node 20.19 or newer (22.13 or newer is best); this is ${version}.\n` +
      `  Get one from https://nodejs.org, or with a version manager: nvm install 22`,
  );
}

/** Whether version `have` ("1.95.0") is at least `need` ("1.95"). */
export function atLeast(have, need) {
  const [a, b] = [have, need].map((version) => version.split('.').map(Number));
  for (let i = 0; i < b.length; i++) if ((a[i] ?? 0) !== b[i]) return (a[i] ?? 0) > b[i];
  return true;
}

function checkRust() {
  if (!which('cargo')) {
    // Just installed, in a shell that has not read its profile again.
    const fresh = join(homedir(), '.cargo', 'bin');
    if (existsSync(join(fresh, windows ? 'cargo.exe' : 'cargo'))) {
      process.env.PATH = `${fresh}${delimiter}${process.env.PATH}`;
    } else {
      throw new Problem(
        'Refill is built with Rust, and there is no `cargo` here.\n' +
          '  Get it from https://rustup.rs, open a new terminal, and run this again.',
      );
    }
  }
  const need = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^rust-version = "([\d.]+)"/m)?.[1];
  const have = ask('rustc', ['--version']).text.match(/^rustc ([\d.]+)/)?.[1];
  if (need && have && !atLeast(have, need)) {
    throw new Problem(`Refill needs Rust ${need} or newer; this is ${have}.\n  Run: rustup update stable`);
  }
}

/** Asks for the two Rust components that tests use and a minimal toolchain lacks. */
export async function rustComponents() {
  const missing = ['fmt', 'clippy'].filter((command) => !ask('cargo', [command, '--version']).ok);
  if (missing.length === 0) return;
  const names = missing.map((command) => (command === 'fmt' ? 'rustfmt' : command));
  const command = ['rustup', 'component', 'add', ...names];
  if (which('rustup')) {
    note(`Adding ${names.join(' and ')} to your Rust`);
    if ((await run(command)).code === 0) return;
  }
  throw new Problem(`Rust's ${names.join(' and ')} is missing.\n  Run: ${command.join(' ')}`);
}

/** A command as a person would type it: quoted where a shell needs it, without what only a script needs. */
const shown = (command) =>
  command
    .join('\0')
    .replace(/-o\0DPkg::Lock::[^\0]*\0/, '')
    .split('\0')
    .map((word) => (/[^\w@%+=:,./-]/.test(word) ? `'${word}'` : word))
    .join(' ');

async function systemPackages(tasks) {
  const { family, missing, commands } = lacking(tasks);
  if (missing.length === 0) return;
  if (!family) {
    throw new Problem(
      `Refill needs these, with their development files: ${bold(missing.join(', '))}.\n` +
        '  This script can install packages on Debian, Ubuntu and Fedora only; elsewhere, install them by hand.',
    );
  }
  const prefix = asRoot();
  if (!prefix) {
    const lines = commands.map((command) => `  sudo ${shown(command)}`).join('\n');
    throw new Problem(
      `Some system packages are missing, and installing them takes root. Run:\n\n${lines}\n\n  and then this again.`,
    );
  }
  note(
    `Installing ${missing.length === 1 ? 'a system package' : `${missing.length} system packages`}; the first time this takes a minute or two`,
  );
  say(dim(`  ${missing.join(' ')}`));
  const started = performance.now();
  for (const command of commands) {
    const full = [...prefix, ...command];
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const result = await run(full, { show: false, env });
    if (result.code !== 0) {
      const tail = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15).join('\n  ');
      throw new Problem(`This did not work: ${shown(full)}\n\n  ${tail}`);
    }
  }
  done('System packages', `installed in ${duration(performance.now() - started)}`);
}

/** What to put before a command so that it runs as root: nothing, sudo, or undefined when there is no way. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  if (!which('sudo')) return undefined;
  // sudo drops the environment; env(1) brings back the one variable that keeps apt from asking questions.
  const words = ['sudo', 'env', 'DEBIAN_FRONTEND=noninteractive'];
  if (ask('sudo', ['-n', 'true']).ok) return words;
  if (!process.stdin.isTTY) return undefined;
  note('Some system packages are missing; sudo may ask for your password to install them');
  return spawnSync('sudo', ['-v'], { stdio: 'inherit' }).status === 0 ? words : undefined;
}

function checkMac() {
  if (ask('xcode-select', ['-p']).ok) return;
  throw new Problem("Apple's command line tools are missing.\n  Run: xcode-select --install");
}

/** Windows has no package list to ask in one go, so what is not found is only pointed out. */
function adviseWindows() {
  const vswhere = join(
    process.env['ProgramFiles(x86)'] ?? 'C:\\Program Files (x86)',
    'Microsoft Visual Studio\\Installer\\vswhere.exe',
  );
  const tools = 'Microsoft.VisualStudio.Component.VC.Tools.x86.x64';
  const query = ['-products', '*', '-requires', tools, '-property', 'installationPath'];
  if (!existsSync(vswhere) || !ask(vswhere, query).text.trim()) {
    note(
      'No Visual C++ build tools found. Refill needs them: https://visualstudio.microsoft.com/visual-cpp-build-tools/',
    );
  }
  const client = 'Microsoft\\EdgeUpdate\\Clients\\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}';
  const places = [`HKLM\\SOFTWARE\\WOW6432Node\\${client}`, `HKCU\\Software\\${client}`];
  if (!places.some((key) => ask('reg', ['query', key, '/v', 'pv']).ok)) {
    note(
      'No WebView2 found. Windows 11 has it; otherwise: https://developer.microsoft.com/microsoft-edge/webview2/',
    );
  }
}

async function npmPackages() {
  const stamp = join(root, 'node_modules', '.refill-lock');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  note("Fetching the interface's packages (npm ci)");
  const { command, shell } = npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error');
  const result = await run(command, { show: false, shell });
  if (result.code !== 0) {
    throw new Problem(`npm ci did not work:\n\n${result.stdout}${result.stderr}`);
  }
  writeFileSync(stamp, wanted);
  done('Interface packages', `fetched in ${duration(result.ms)}`);
}
