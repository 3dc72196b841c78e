// Amazon's own `sns-validator`: reads and verifies a notification again and again, its certificate fetched once.
// node sns.mjs MODULES FOLDER MS
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';

const [modules, folder, ms] = process.argv.slice(2);
const Validator = createRequire(join(modules, 'package.json'))('sns-validator');
const pem = readFileSync(join(folder, 'cert.pem'));
const text = readFileSync(join(folder, 'message.json'), 'utf8');
// The certificate comes from the file, where the validator thinks that it fetches it.
https.get = (_url, heard) => {
  const answer = Readable.from([pem]);
  answer.statusCode = 200;
  setImmediate(heard, answer);
  return { on: () => {} };
};
const validator = new Validator();
const judge = () =>
  new Promise((resolve, reject) => {
    validator.validate(JSON.parse(text), (error) => (error ? reject(error) : resolve()));
  });
await judge();
const began = performance.now();
let count = 0;
while (performance.now() - began < Number(ms)) {
  for (let i = 0; i < 100; i += 1) await judge();
  count += 100;
}
console.log(JSON.stringify({ per_second: (count * 1000) / (performance.now() - began) }));
