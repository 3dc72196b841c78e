// Draws a year with `rrdtool graph` to an SVG file, again and again: as a command, as people and their scripts call it,
// and through one open pipe, where starting rrdtool is not counted.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../scripts/terminal.mjs';

/** Seconds between readings, and how many are kept: a year and a day. */
const STEP = 3600;
const KEPT = 366 * 24;

/** Resolves to the times of `count` drawings each way, in ms, sorted: `{ command, pipe }`. */
export async function rrdtool(program, csv, folder, count) {
  const rows = readFileSync(csv, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const child = spawn(program, ['-'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, TZ: 'UTC' },
  });
  let waiting;
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
    const end = said.match(/^(OK|ERROR).*\n$/m);
    if (!end) return;
    const answered = waiting;
    const whole = said;
    said = '';
    if (end[1] === 'OK') answered?.resolve();
    else answered?.reject(new Problem(`rrdtool: ${whole.trim()}`));
  });
  const tell = (line) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      child.stdin.write(`${line}\n`);
    });
  const [file, picture] = [join(folder, 'year.rrd'), join(folder, 'year.svg')];
  const [first, last] = [Number(rows[0][0]), Number(rows.at(-1)[0])];
  await tell(
    `create ${file} --start ${first - 1} --step ${STEP} DS:left:GAUGE:${STEP * 3}:0:U RRA:AVERAGE:0.5:1:${KEPT}`,
  );
  for (let at = 0; at < rows.length; at += 500) {
    await tell(
      `update ${file} ${rows
        .slice(at, at + 500)
        .map((row) => row.join(':'))
        .join(' ')}`,
    );
  }
  const size = ['--full-size-mode', '--width', '800', '--height', '286'];
  const lines = [`DEF:left=${file}:left:AVERAGE`, 'LINE1:left#0066cc'];
  const span = ['--start', `${first}`, '--end', `${last}`];
  const graph = ['graph', picture, '--imgformat', 'SVG', ...size, ...span, ...lines];
  const pipe = await timed(count, () => tell(graph.join(' ')));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.stdin.end('quit\n');
  await gone;
  const command = await timed(count, () => {
    const { status, stderr } = spawnSync(program, graph, { env: { ...process.env, TZ: 'UTC' } });
    if (status !== 0) throw new Problem(`rrdtool: ${stderr}`);
  });
  return { command, pipe };
}

/** Times of `count` drawings after one that is not counted, in ms, sorted. */
async function timed(count, draw) {
  await draw();
  const times = [];
  for (let i = 0; i < count; i += 1) {
    const began = performance.now();
    await draw();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}
