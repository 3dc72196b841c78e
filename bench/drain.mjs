// A month offline going up to the cloud: the app's engine beside a bare client that posts as many entries to the same
// cloud. The measurement is one of the journeys (`crates/engine/tests/joined/drain.rs`), as both live in one process there.
import { Problem, dim, heading, run, say } from '../scripts/terminal.mjs';
import { median } from './rounds.mjs';

const TEST = ['cargo', 'test', '--release', '-p', 'refill-engine', '--test', 'joined'];

/** Runs that are thrown away: the first finds nothing in the disk's cache. */
const COLD = 1;

async function once(target) {
  const command = [...TEST, '--', '--ignored', '--nocapture', '--exact', 'drain::ten_thousand_entries_after_a_month_offline'];
  const { code, stdout, stderr } = await run(command, { show: false, env: { CARGO_TARGET_DIR: target } });
  const line = stdout.split('\n').find((text) => text.startsWith('{"ours_ms"'));
  if (code !== 0 || !line) throw new Problem(`The drain was not measured.\n\n${stdout}${stderr}`);
  return JSON.parse(line);
}

export async function drain({ rounds, target }, table) {
  heading('Ten thousand entries after a month offline');
  const all = [];
  for (let round = 0; round < rounds + COLD; round += 1) {
    const one = await once(target);
    if (round < COLD) continue;
    all.push(one);
    say(dim(`  drain, round ${all.length}: ratio ${(one.bare_ms / one.ours_ms).toFixed(2)}`));
  }
  const rate = (ms) => `${(10_000_000 / ms).toFixed(0)}/s`;
  table.push({
    id: '',
    what: 'entries going up after a month offline',
    ours: rate(median(all.map(({ ours_ms }) => ours_ms))),
    floor: rate(median(all.map(({ bare_ms }) => bare_ms))),
    ratio: median(all.map(({ ours_ms, bare_ms }) => bare_ms / ours_ms)),
    least: 0.7,
  });
}
