// Which system packages Refill needs for which task, and which of them this machine lacks. One question to the
// package database answers for all of them. Nothing here installs anything: `setup.mjs` does.
import { readFileSync } from 'node:fs';
import { findBrowser } from './browser.mjs';
import { ask, which } from './terminal.mjs';

/**
 * Task by family. `server` is what compiling what has no window takes, `build` what compiling and opening the program does; `desktop` is what the test of the built
 * program adds (a virtual display, a driver for its window, a printer on loopback); `browser` is for the tests of the
 * interface in a browser. Fedora's are written as what they provide, so that a renamed package does no harm.
 */
const PACKAGES = {
  debian: {
    server: ['build-essential'],
    build: [
      'build-essential',
      'pkg-config',
      'libwebkit2gtk-4.1-dev',
      'libdbus-1-dev',
      'libayatana-appindicator3-1',
      'xdg-utils',
      'desktop-file-utils',
    ],
    desktop: [
      'xvfb',
      'xauth',
      'webkit2gtk-driver',
      'dbus',
      'fonts-dejavu-core',
      'cups-ipp-utils',
      'avahi-daemon',
      'iproute2',
      'procps',
    ],
    browser: ['chromium'],
  },
  fedora: {
    server: ['gcc', 'gcc-c++', 'make'],
    build: [
      'gcc',
      'gcc-c++',
      'make',
      'pkgconf-pkg-config',
      'pkgconfig(webkit2gtk-4.1)',
      'pkgconfig(dbus-1)',
      'libayatana-appindicator-gtk3',
      'xdg-utils',
      'desktop-file-utils',
    ],
    desktop: [
      '/usr/bin/xvfb-run',
      '/usr/bin/xauth',
      '/usr/bin/WebKitWebDriver',
      '/usr/bin/dbus-run-session',
      'dejavu-sans-fonts',
      '/usr/bin/ippeveprinter',
      'avahi',
      'iproute',
      'procps-ng',
    ],
    browser: ['chromium'],
  },
};

/** How each family installs, as root. */
const INSTALLERS = {
  debian: {
    refresh: ['apt-get', '-o', 'DPkg::Lock::Timeout=300', 'update'],
    install: ['apt-get', '-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends'],
  },
  fedora: { install: ['dnf', 'install', '-y', '--setopt=install_weak_deps=False'] },
};

/** The family of a Linux by its `os-release` text: "debian", "fedora", or undefined for one we do not know. */
export function familyOf(release) {
  const field = (name) => release.match(new RegExp(`^${name}="?([^"\n]*)`, 'm'))?.[1] ?? '';
  const names = [field('ID'), ...field('ID_LIKE').split(/\s+/)];
  if (names.some((name) => name === 'debian' || name === 'ubuntu')) return 'debian';
  if (names.some((name) => name === 'fedora' || name === 'rhel')) return 'fedora';
  return undefined;
}

/** Of `wanted`, those that `dpkg-query -f '${Package} ${db:Status-Abbrev}\n'` does not report as installed. */
export function missingFromDpkg(wanted, answer) {
  const installed = new Set();
  for (const line of answer.split('\n')) {
    const [name, status] = line.split(' ');
    if (status?.[1] === 'i') installed.add(name);
  }
  return wanted.filter((name) => !installed.has(name));
}

/** Of `wanted`, those that `rpm -q --whatprovides` says nothing provides, or that are files not there. */
export function missingFromRpm(wanted, answer) {
  const absent = new Set();
  for (const line of answer.split('\n')) {
    const name = line.match(/^no package provides (.+)$/)?.[1] ?? line.match(/^error: file ([^:]+):/)?.[1];
    if (name) absent.add(name.trim());
  }
  return wanted.filter((name) => absent.has(name));
}

function osRelease() {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // The next place.
    }
  }
  return '';
}

/** What a Linux we have no list for must answer to `pkg-config --exists`. */
const LIBRARIES = ['webkit2gtk-4.1', 'dbus-1'];

/**
 * What this Linux lacks for the tasks: `{ family, missing, commands }`, where `commands` (run as root, in order) put
 * it right, and is empty on a Linux whose installer we do not know.
 */
export function lacking(tasks) {
  const family = familyOf(osRelease());
  if (family === 'debian' && which('dpkg-query')) {
    const wanted = wantedOf(family, tasks);
    const answer = ask('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Abbrev}\n', ...wanted]).text;
    return remedy(family, missingFromDpkg(wanted, answer));
  }
  if (family === 'fedora' && which('rpm')) {
    const wanted = wantedOf(family, tasks);
    return remedy(family, missingFromRpm(wanted, ask('rpm', ['-q', '--whatprovides', ...wanted]).text));
  }
  const missing = which('pkg-config') ? [] : ['pkg-config'];
  for (const name of LIBRARIES) if (!ask('pkg-config', ['--exists', name]).ok) missing.push(name);
  return { family: undefined, missing, commands: [] };
}

function wantedOf(family, tasks) {
  // Any Chromium or Chrome will do, wherever it came from.
  const needed = tasks.filter((task) => task !== 'browser' || !findBrowser());
  return needed.flatMap((task) => PACKAGES[family][task]);
}

function remedy(family, missing) {
  const { refresh, install } = INSTALLERS[family];
  const commands = missing.length ? [...(refresh ? [refresh] : []), [...install, ...missing]] : [];
  return { family, missing, commands };
}
