// `npm start`: sets up what is missing, builds the program as a user would have it (optimised, interface inside) and
// opens it. Arguments after `--` go to the program: `npm start -- refill://supplies`.
import { join, resolve } from 'node:path';
import { setUp } from './setup.mjs';
import { bold, dim, done, duration, main, note, Problem, root, run, say, windows } from './terminal.mjs';
import { buildInterface } from './ui.mjs';

const screenless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;

await main(async (args) => {
  if (screenless)
    note(
      'There is no screen here (DISPLAY and WAYLAND_DISPLAY are not set), so Refill will be built but not opened.',
    );
  await setUp(['build']);

  const ui = await buildInterface({ show: false });
  if (ui.code !== 0) throw new Problem(`The interface could not be built.\n\n${ui.stdout}${ui.stderr}`);
  if (ui.ms) done('Interface', `built in ${duration(ui.ms)}`);

  note(`Building the program ${dim('(the first time this takes several minutes, later seconds)')}`);
  const build = await run(['cargo', 'build', '--release', '--features', 'custom-protocol']);
  if (build.code !== 0) throw new Problem('The program could not be built; the reason is above.');
  done('Program', `ready in ${duration(build.ms)}`);

  const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
  const program = join(target, 'release', windows ? 'refill.exe' : 'refill');
  if (screenless) {
    throw new Problem(
      'Refill is built, but there is no screen to open it on. With the packages xvfb, xauth and dbus, a virtual one will do:\n\n' +
        `  xvfb-run -a dbus-run-session -- ${program}\n\n` +
        '  Everything it does is also in refillctl, which needs no screen:\n\n' +
        '  cargo run --release -p refillctl -- --help',
    );
  }
  say(`${bold('Opening Refill')}${dim('  close its window, or press Ctrl C here, to stop it')}`);
  return (await run([program, ...args], { stdin: 'inherit' })).code;
});
