import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findBrowser } from './browser.mjs';
import { emulatorCommands, findEmulator, PACKAGE } from './emulator.mjs';
import { familyOf, missingFromDpkg, missingFromRpm, packagesOf } from './packages.mjs';
import { atLeast, nodeWillDo } from './setup.mjs';
import { ask, duration, run, windows } from './terminal.mjs';
import { filesBelow, fingerprint, mirror } from './ui.mjs';

const folder = mkdtempSync(join(tmpdir(), 'refill-scripts-'));
after(() => rmSync(folder, { recursive: true }));

function tree(name, files) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, path, '..'), { recursive: true });
    writeFileSync(join(folder, name, path), content);
  }
  return join(folder, name);
}

test('a Linux is recognised by itself or by what it is like', () => {
  assert.equal(familyOf('PRETTY_NAME="Debian"\nID=debian\n'), 'debian');
  assert.equal(familyOf('ID=linuxmint\nID_LIKE="ubuntu debian"\n'), 'debian');
  assert.equal(familyOf('NAME="Fedora Linux"\nID=fedora\nVARIANT_ID=workstation'), 'fedora');
  assert.equal(familyOf('ID="rocky"\nID_LIKE="rhel centos fedora"'), 'fedora');
  assert.equal(familyOf('ID=arch\n'), undefined);
  assert.equal(familyOf(''), undefined);
});

test('dpkg: removed, half installed and unknown packages are missing; held ones are not', () => {
  const answer = 'xvfb ii \nmold rc \ndbus hi \nxauth iU \ndpkg-query: no packages found matching chromium\n';
  assert.deepEqual(missingFromDpkg(['xvfb', 'mold', 'dbus', 'chromium'], answer), ['mold', 'chromium']);
  assert.deepEqual(missingFromDpkg(['libc6'], 'libc6 ii \nlibc6 ii \n'), []);
});

test('rpm: what nothing provides is missing, by name, capability or file', () => {
  const answer = [
    'gcc-15.1.1-2.fc42.x86_64',
    'no package provides pkgconfig(webkit2gtk-4.1)',
    'error: file /usr/bin/xvfb-run: No such file or directory',
  ].join('\n');
  const wanted = ['gcc', 'pkgconfig(webkit2gtk-4.1)', '/usr/bin/xvfb-run'];
  assert.deepEqual(missingFromRpm(wanted, answer), wanted.slice(1));
});

test('which Node will do', () => {
  const verdicts = {
    '18.20.4': false,
    '20.18.0': false,
    '20.19.0': true,
    '21.7.3': false,
    '22.12.0': false,
    '22.13.0': true,
    '24.1.0': true,
  };
  for (const [version, verdict] of Object.entries(verdicts))
    assert.equal(nodeWillDo(version), verdict, version);
});

test('versions compare by number', () => {
  assert.ok(atLeast('1.95.0', '1.95'));
  assert.ok(atLeast('1.100.0', '1.95'));
  assert.ok(atLeast('2.0', '1.95'));
  assert.ok(!atLeast('1.94.1', '1.95'));
  assert.ok(!atLeast('1.9.9', '1.95'));
});

test('mirroring copies, replaces and removes, and leaves equal files alone', () => {
  const source = tree('source', { 'index.html': '<p>', 'assets/a.js': '1', 'assets/new.js': '2' });
  const target = tree('target', { 'index.html': '<p>', 'assets/a.js': '0', 'assets/old.js': '3' });
  const long_ago = new Date('2020-01-01');
  utimesSync(join(target, 'index.html'), long_ago, long_ago);

  assert.equal(mirror(source, target), 3);
  assert.deepEqual(filesBelow(target), ['assets/a.js', 'assets/new.js', 'index.html']);
  assert.equal(statSync(join(target, 'index.html')).mtimeMs, long_ago.getTime());
  assert.equal(fingerprint(source, filesBelow(source)), fingerprint(target, filesBelow(target)));
  assert.equal(mirror(source, target), 0);
});

test('a fingerprint tells a moved border between two files', () => {
  const one = tree('one', { a: 'xy', b: 'z' });
  const two = tree('two', { a: 'x', b: 'yz' });
  assert.notEqual(fingerprint(one, ['a', 'b']), fingerprint(two, ['a', 'b']));
});

test('the browser is the one on the search path, unless another is named', { skip: windows }, () => {
  const bin = tree('bin', { 'chromium-browser': '' });
  chmodSync(join(bin, 'chromium-browser'), 0o755);
  assert.equal(findBrowser({ PATH: bin }), join(bin, 'chromium-browser'));
  assert.equal(findBrowser({ PATH: bin, REFILL_CHROMIUM: '/opt/mine' }), '/opt/mine');
});

test('every family knows the packages of every task, each once', () => {
  const tasks = ['build', 'desktop', 'cloud'];
  for (const family of ['debian', 'fedora']) {
    for (const task of tasks) assert.ok(packagesOf(family, [task]).length > 1, `${family} ${task}`);
    const all = packagesOf(family, tasks);
    assert.equal(new Set(all).size, all.length);
    assert.ok(packagesOf(family, ['cloud']).includes('mosquitto'));
    assert.ok(!packagesOf(family, ['build']).includes('mosquitto'), 'opening the program takes no broker');
  }
});

test('the emulator is the one on the search path, or our own if it is whole', { skip: windows }, () => {
  const bin = tree('emulator-bin', { moto_server: '' });
  const own = tree('python', { 'bin/moto_server': '' });
  assert.equal(findEmulator(own, { PATH: bin }), join(bin, 'moto_server'));
  assert.equal(findEmulator(own, { PATH: '' }), undefined, 'left half done');
  writeFileSync(join(own, '.refill'), 'moto[server,sqs]==1.0');
  assert.equal(findEmulator(own, { PATH: '' }), undefined, 'another version');
  writeFileSync(join(own, '.refill'), PACKAGE);
  assert.equal(findEmulator(own, { PATH: '' }), join(own, 'bin/moto_server'));
});

test('the emulator is installed in an exact version, beside what is built', { skip: windows }, () => {
  assert.match(PACKAGE, /==\d+\.\d+\.\d+$/);
  const [make, fill] = emulatorCommands('/usr/bin/python3', '/r/target/python');
  assert.deepEqual(make, ['/usr/bin/python3', '-m', 'venv', '/r/target/python']);
  assert.deepEqual([fill[0], fill.at(-1)], ['/r/target/python/bin/pip', PACKAGE]);
});

test('durations in words', () => {
  assert.deepEqual([400, 9_900, 12_000, 59_600, 185_000].map(duration), [
    '0.4 s',
    '9.9 s',
    '12 s',
    '1 min 00 s',
    '3 min 05 s',
  ]);
});

test('a captured program: output without colour codes, exit status, and 127 when there is none', async () => {
  const script = "console.log('\\u001b[31mred\\u001b[0m'); console.error('err'); process.exit(3)";
  const result = await run([process.execPath, '-e', script], { show: false });
  assert.deepEqual([result.code, result.stdout, result.stderr], [3, 'red\n', 'err\n']);
  assert.equal((await run([join(folder, 'no-such-program')], { show: false })).code, 127);
});

test('a program that hangs is ended with all it started', { skip: windows }, async () => {
  const hang = ['sh', '-c', 'sleep 600 & echo $!; wait'];
  const result = await run(hang, { show: false, limitMs: 200 });
  assert.ok(result.late);
  assert.equal(result.code, 137);
  // Dead is gone, or a zombie that nobody collects; dying takes a moment, living ten minutes.
  const alive = () => /^[^Z]/.test(ask('ps', ['-o', 'stat=', '-p', result.stdout.trim()]).text.trim());
  for (let look = 0; look < 100 && alive(); look += 1);
  assert.ok(!alive());
});

test('a leftover that holds the pipes open does not hold up the run', { skip: windows }, async () => {
  const result = await run(['sh', '-c', 'sleep 600 & echo started'], { show: false });
  assert.deepEqual([result.code, result.stdout], [0, 'started\n']);
  assert.ok(result.ms < 60_000);
});
