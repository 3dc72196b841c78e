// Peers that are installed for the benchmark alone, below target/bench: never into the project.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { note, npm, run, which, windows } from '../../scripts/terminal.mjs';

const LIMIT_MS = 180_000;

/** A Python with FastAPI and uvicorn, or undefined. */
export async function fastapi(folder) {
  const venv = join(folder, 'venv');
  const python = join(venv, ...(windows ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const has = async () =>
    existsSync(python) && (await run([python, '-c', 'import fastapi, uvicorn, uvloop'], { show: false })).code === 0;
  if (await has()) return python;
  const maker = which('python3') ?? which('python');
  if (!maker) return undefined;
  note('Installing FastAPI and uvicorn for comparison');
  await run([maker, '-m', 'venv', venv], { show: false, limitMs: LIMIT_MS });
  await run([python, '-m', 'pip', 'install', '--quiet', 'fastapi', 'uvicorn[standard]'], {
    show: false,
    limitMs: LIMIT_MS,
  });
  return (await has()) ? python : undefined;
}

/** A folder with `sns-validator` in it, or undefined. */
export async function snsValidator(folder) {
  const modules = join(folder, 'modules');
  const has = () => existsSync(join(modules, 'node_modules', 'sns-validator'));
  if (has()) return modules;
  note('Installing sns-validator for comparison');
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(modules, 'package.json'), '{"private":true}');
  const { command, shell } = npm('install', '--prefix', modules, '--no-audit', '--no-fund', 'sns-validator@0.3.5');
  await run(command, { show: false, shell, limitMs: LIMIT_MS });
  return has() ? modules : undefined;
}
