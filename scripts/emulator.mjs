// The emulator of Amazon SQS that the cloud's tests talk to: `moto_server`, a Python program of PyPI. Whoever has one on
// the search path uses that; otherwise one is put into `target/python`, where the tests look too.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { done, duration, note, Problem, root, run, which, windows } from './terminal.mjs';

/** What is installed: an exact version, so that everyone's tests talk to the same. */
export const PACKAGE = 'moto[server,sqs]==5.2.5';

/** The emulator: on the search path, or the one in `folder` if it is whole; undefined if there is none. */
export function findEmulator(folder, env = process.env) {
  const found = which('moto_server', env);
  if (found) return found;
  const own = join(folder, windows ? 'Scripts/moto_server.exe' : 'bin/moto_server');
  const stamp = join(folder, '.refill');
  const whole = existsSync(own) && existsSync(stamp) && readFileSync(stamp, 'utf8') === PACKAGE;
  return whole ? own : undefined;
}

/** The commands that put it into `folder`, by this Python. */
export function emulatorCommands(python, folder) {
  const pip = join(folder, windows ? 'Scripts/pip.exe' : 'bin/pip');
  return [
    [python, '-m', 'venv', folder],
    [pip, 'install', '--quiet', '--disable-pip-version-check', PACKAGE],
  ];
}

/**
 * Sees to it that there is one.
 * @throws {Problem} with what to do, when it can't be installed
 */
export async function emulator() {
  const folder = join(root, 'target', 'python');
  if (findEmulator(folder)) return;
  const python = which('python3') ?? which('python');
  if (!python) throw new Problem(`The cloud's tests need Python 3, for ${PACKAGE}.`);
  note('Fetching the emulator of Amazon SQS that the cloud is tested against');
  const started = performance.now();
  // One that was left half done is worth nothing.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const command of emulatorCommands(python, folder)) {
    const result = await run(command, { show: false });
    if (result.code === 0) continue;
    const tail = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15).join('\n  ');
    throw new Problem(
      `This did not work: ${command.join(' ')}\n\n  ${tail}\n\n` +
        `  If a moto_server is on your search path, that one is used instead: pip install '${PACKAGE}'`,
    );
  }
  writeFileSync(join(folder, '.refill'), PACKAGE);
  done('Emulator of Amazon SQS', `installed in ${duration(performance.now() - started)}`);
}
