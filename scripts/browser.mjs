// Finds the Chromium or Chrome that this machine already has. Tests of the interface use it; none is downloaded.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { which } from './terminal.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where installers put it when it is not on the search path. */
const PLACES = {
  darwin: () => [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: (env) =>
    [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
      .filter(Boolean)
      .map((folder) => join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
};

/**
 * The path of the browser, or undefined. `REFILL_CHROMIUM` overrides the search.
 * @param {Record<string, string | undefined>} env
 * @returns {string | undefined}
 */
export function findBrowser(env = process.env) {
  if (env.REFILL_CHROMIUM) return env.REFILL_CHROMIUM;
  for (const name of NAMES) {
    const path = which(name, env);
    if (path) return path;
  }
  return PLACES[process.platform]?.(env).find(existsSync);
}
