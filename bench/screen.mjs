// A screen without glass: Xvfb with its picture in a file, so that what a window shows can be read as soon as it is
// painted, without asking the window. The same for every program, and no program knows of it.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { crc32, deflateSync } from 'node:zlib';
import { Problem } from '../scripts/terminal.mjs';

const WIDTH = 1280;
const HEIGHT = 800;

/** How often the picture is looked at. */
const LOOK_MS = 4;

/** Starts a screen: `{ display, look(), stop() }`. */
export async function startScreen() {
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = mkdtempSync(join(memory, 'refill-screen-'));
  const options = [
    '-displayfd',
    '3',
    '-screen',
    '0',
    `${WIDTH}x${HEIGHT}x24`,
    '-nocursor',
    '-nolisten',
    'tcp',
  ];
  const server = spawn('Xvfb', [...options, '-fbdir', folder], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise((resolve, reject) => {
    server.stdio[3].setEncoding('utf8').once('data', (text) => resolve(text.trim()));
    server.once('error', () => reject(new Problem('Xvfb can’t be started: apt-get install xvfb')));
    server.once('exit', () => reject(new Problem('Xvfb ended at once')));
  });
  const file = openSync(join(folder, 'Xvfb_screen0'), 'r');
  const header = Buffer.alloc(100);
  readSync(file, header, 0, 100, 0);
  // X11/XWDFile.h: header size, bytes per line and colours are the first, 13th and 20th words.
  const start = header.readUInt32BE(0) + header.readUInt32BE(19 * 4) * 12;
  const size = header.readUInt32BE(12 * 4) * HEIGHT;
  if (size !== WIDTH * HEIGHT * 4) throw new Problem('Xvfb gave a picture of an unknown kind');
  return {
    display: `:${number}`,
    look(into = Buffer.allocUnsafe(size)) {
      readSync(file, into, 0, size, start);
      return into;
    },
    async stop() {
      closeSync(file);
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Watches the screen until it has been still for `stillMs` after something appeared. Resolves to the pictures it saw,
 * each with its moment (performance.now).
 */
export async function watch(screen, { stillMs, limitMs }) {
  const blank = screen.look();
  const pictures = [{ at: performance.now(), pixels: blank }];
  const until = performance.now() + limitMs;
  let spare = Buffer.allocUnsafe(blank.length);
  for (;;) {
    await wait(LOOK_MS);
    const at = performance.now();
    spare = screen.look(spare);
    const last = pictures.at(-1);
    if (!spare.equals(last.pixels)) {
      pictures.push({ at, pixels: spare });
      spare = Buffer.allocUnsafe(blank.length);
    } else if (pictures.length > 1 && at - last.at > stillMs) return pictures;
    if (at > until) return pictures;
  }
}

/** How many pixels differ. */
export function difference(a, b) {
  const [left, right] = [a, b].map(
    (bytes) => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
  );
  let count = 0;
  for (let i = 0; i < left.length; i += 1) if ((left[i] ^ right[i]) & 0xffffff) count += 1;
  return count;
}

/** Writes a picture to look at. */
export function savePicture(path, pixels) {
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
  for (let y = 0, out = 0; y < HEIGHT; y += 1) {
    rows[out++] = 0;
    for (let x = 0; x < WIDTH; x += 1) {
      const at = (y * WIDTH + x) * 4;
      rows[out++] = pixels[at + 2];
      rows[out++] = pixels[at + 1];
      rows[out++] = pixels[at];
    }
  }
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(WIDTH, 0);
  head.writeUInt32BE(HEIGHT, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  writeFileSync(path, Buffer.concat([signature, ...parts]));
}
