// `npm run fuzz -- [--requests 20000] [--seed 1]`: the fuzzer against the server of `npm start`, which it starts and
// ends. It prints what it did as one line of JSON, and what it complains of; it fails if there is any, or if a call never
// succeeded. `npm run prove` calls `fuzzHoldfast`.
import { parseArgs } from 'node:util';
import { fuzz, type FuzzOptions, type FuzzReport } from './fuzz.ts';
import { HttpDoor } from './http-door.ts';

export async function fuzzHoldfast(options: FuzzOptions): Promise<FuzzReport> {
  const door = await HttpDoor.open();
  try {
    return await fuzz(door, options);
  } finally {
    await door.close();
  }
}

/** After so many requests each call has succeeded at least once, some a few times only. */
const ENOUGH = 6_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { requests: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
  });
  const [requests, seed] = [Number(values.requests), Number(values.seed)];
  const { complaints, ...counted } = await fuzzHoldfast({ requests, seed });
  console.log(JSON.stringify({ ...counted, complaints: complaints.length }));
  for (const complaint of complaints) console.error(`\n${complaint}`);
  const untried = requests < ENOUGH ? [] : counted.neverSucceeded;
  for (const operation of untried) console.error(`\n${operation} never succeeded: what is behind it was not tried`);
  if (complaints.length + untried.length === 0) return;
  console.error(`\nAgain: npm run fuzz -- --requests ${requests} --seed ${seed}`);
  process.exitCode = 1;
}

if (import.meta.main) await main();
