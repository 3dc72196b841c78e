// Compiles the catalogue to `src/paraglide`, as the build does; checks and unit tests run it first.

import { compile } from '@inlang/paraglide-js';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** @type {import('@inlang/paraglide-js').CompilerOptions} */
export const options = {
  project: here('./project.inlang'),
  outdir: here('./src/paraglide'),
  strategy: ['globalVariable', 'baseLocale'],
  outputStructure: 'message-modules',
  emitReadme: false,
  emitPrettierIgnore: false,
  emitGitIgnore: false,
  disableAsyncLocalStorage: true,
  isServer: 'false',
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await compile(options);
  process.exit(0);
}
