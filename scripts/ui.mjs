// Builds the interface into ui/dist, only when something it is made of changed. The new build is made aside and only
// files that differ are written: the program embeds ui/dist, and a touched file would have Rust compile it again.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, packaged, Problem, root, run } from './terminal.mjs';

const ui = join(root, 'ui');
const dist = join(ui, 'dist');
const cache = join(root, 'node_modules', '.cache', 'refill');
const stamp = join(cache, 'ui.stamp');

/** What under ui/ is made by a build or a test, or is only a test. */
const NOT_INPUT = [
  /^dist\//,
  /^src\/paraglide\//,
  /^e2e\//,
  /^test-results\//,
  /\.test\.ts$/,
  /^project\.inlang\/cache\//,
];

/** Every file below a folder, as sorted paths with forward slashes. An absent folder has none. */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** One hash over the names and contents of files. */
export function fingerprint(folder, names) {
  const hash = createHash('sha256');
  for (const name of names) {
    const content = readFileSync(join(folder, name));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Makes `target` equal to `source` without touching a file that is equal already. Returns how many it changed. */
export function mirror(source, target) {
  const wanted = filesBelow(source);
  let changed = 0;
  for (const name of wanted) {
    const content = readFileSync(join(source, name));
    const path = join(target, name);
    if (existsSync(path) && readFileSync(path).equals(content)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    changed += 1;
  }
  for (const name of filesBelow(target)) {
    if (wanted.includes(name)) continue;
    rmSync(join(target, name));
    changed += 1;
  }
  return changed;
}

function state() {
  const inputs = filesBelow(ui).filter((name) => !NOT_INPUT.some((pattern) => pattern.test(name)));
  const made = fingerprint(dist, filesBelow(dist));
  return `${fingerprint(ui, inputs)} ${fingerprint(root, ['package-lock.json'])} ${made}`;
}

/** Whether ui/dist is what the sources make, and the generated messages are there for the type check. */
export function interfaceIsCurrent() {
  if (!existsSync(join(dist, 'index.html')) || !existsSync(stamp)) return false;
  if (existsSync(join(ui, 'project.inlang')) && !existsSync(join(ui, 'src', 'paraglide'))) return false;
  return readFileSync(stamp, 'utf8') === state();
}

/** Builds unless current. Resolves to `{ code, ms, stdout, stderr }` of the build, code 0 and no time when current. */
export async function buildInterface(options = {}) {
  if (interfaceIsCurrent()) return { code: 0, ms: 0, stdout: '', stderr: '' };
  const aside = join(cache, 'ui-dist');
  const vite = packaged(
    'vite/bin/vite.js',
    'build',
    '--config',
    'ui/vite.config.ts',
    '--outDir',
    aside,
    '--emptyOutDir',
  );
  const result = await run(vite, options);
  if (result.code === 0) {
    mirror(aside, dist);
    mkdirSync(cache, { recursive: true });
    writeFileSync(stamp, state());
  }
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const { code } = await buildInterface();
    if (code !== 0) throw new Problem('The interface could not be built.');
    return 0;
  });
}
