// `npm run simulate:flash-sale`: a sale to a million buyers all over the world, by the real rules on parts that take their time.
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { DEFAULTS } from './flash-sale-simulation/options.ts';
import { report, whatIsWrong } from './flash-sale-simulation/report.ts';
import { simulate } from './flash-sale-simulation/simulate.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    seed: text,
    buyers: text,
    units: text,
    centres: text,
    'arrival-ms': text,
    'command-ms': text,
    'commit-ms': text,
    'fresh-for-ms': text,
    'at-once-per-isolate': text,
    'no-hint': { type: 'boolean', default: false },
    'no-lessons': { type: 'boolean', default: false },
    'fixed-freshness': { type: 'boolean', default: false },
  },
});
const number = z.coerce.number().min(0).optional();
const count = z.coerce.number().int().min(1).optional();
const given = z
  .object({
    seed: count,
    buyers: count,
    units: count,
    centres: count,
    'arrival-ms': number,
    'command-ms': number,
    'commit-ms': number,
    'fresh-for-ms': number,
    'at-once-per-isolate': count,
  })
  .parse(values);

const startedMs = performance.now();
const sale = simulate({
  ...DEFAULTS,
  seed: given.seed ?? DEFAULTS.seed,
  buyers: given.buyers ?? DEFAULTS.buyers,
  units: given.units ?? DEFAULTS.units,
  centres: given.centres ?? DEFAULTS.centres,
  arrivalMs: given['arrival-ms'] ?? DEFAULTS.arrivalMs,
  commandMs: given['command-ms'] ?? DEFAULTS.commandMs,
  commitMs: given['commit-ms'] ?? DEFAULTS.commitMs,
  freshForMsMax: given['fresh-for-ms'] ?? DEFAULTS.freshForMsMax,
  adapts: !values['fixed-freshness'],
  atOncePerIsolate: given['at-once-per-isolate'] ?? DEFAULTS.atOncePerIsolate,
  hint: !values['no-hint'],
  learnsFromRefusals: !values['no-hint'] && !values['no-lessons'],
});
console.log(report(sale));
console.error(`simulated in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
process.exitCode = whatIsWrong(sale).length === 0 ? 0 : 1;
