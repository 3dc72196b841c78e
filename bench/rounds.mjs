// Rounds of two programs taking turns: floor, ours, floor, ours, between two probes of the disk. The score is the
// median of the rounds' ratios; a round in which the disk changed its mind is not counted.
import { join } from 'node:path';
import { mkdirSync, rmSync } from 'node:fs';
import { Problem, run, say, dim } from '../scripts/terminal.mjs';

/** A round whose probes differ by more than this is discarded. */
const MOVED = 2;

/** Rounds that may be run again because they were discarded. */
const AGAIN = 3;

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Runs a program that answers with one line of JSON. */
export async function answer(command) {
  const { code, stdout, stderr } = await run(command.map(String), { show: false, limitMs: 600_000 });
  if (code !== 0) throw new Problem(`This did not work: ${command.join(' ')}\n\n${stderr || stdout}`);
  return JSON.parse(stdout);
}

/** A folder that is empty and new. */
export function fresh(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Lets two programs take turns. `floor` and `ours` are given a fresh folder and resolve to a number; `ratio` makes one
 * figure of the two numbers of a round. Without `probe` the disk does not matter. Resolves to the medians, the ratio, and what was discarded.
 */
export async function takeTurns({ title, scratch, probe, rounds, floor, ours, ratio }) {
  const kept = [];
  const moved = [];
  let discarded = 0;
  for (let round = 0; kept.length < rounds && round < rounds + AGAIN; round += 1) {
    const before = await probe?.();
    const numbers = { floor: [], ours: [] };
    for (const [name, task] of [
      ['floor', floor],
      ['ours', ours],
      ['floor', floor],
      ['ours', ours],
    ]) {
      const folder = fresh(join(scratch, name));
      numbers[name].push(await task(folder));
      rmSync(folder, { recursive: true, force: true });
    }
    const after = await probe?.();
    const result = {
      floor: mean(numbers.floor),
      ours: mean(numbers.ours),
      probe: probe && mean([before, after].map((p) => p.per_second)),
    };
    result.ratio = ratio(result.ours, result.floor);
    const change = probe ? Math.max(before.p50, after.p50) / Math.min(before.p50, after.p50) : 1;
    const fits = change <= MOVED;
    if (fits) kept.push(result);
    else {
      moved.push(result);
      discarded += 1;
    }
    const disk = probe
      ? `; fdatasync ${before.p50.toFixed(2)} ms before, ${after.p50.toFixed(2)} ms after` +
        (fits ? '' : ', moved more than 2 x: discarded')
      : '';
    say(dim(`  ${title}, round ${round + 1}: ratio ${result.ratio.toFixed(2)}${disk}`));
  }
  // A disk that is never still gives figures too, and they say so.
  const counted = kept.length ? kept : moved;
  return {
    floor: median(counted.map((round) => round.floor)),
    ours: median(counted.map((round) => round.ours)),
    ratio: median(counted.map((round) => round.ratio)),
    probe: probe && median(counted.map((round) => round.probe)),
    rounds: counted.length,
    discarded,
    restless: kept.length === 0,
  };
}
