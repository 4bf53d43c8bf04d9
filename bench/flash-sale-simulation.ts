// `npm run simulate:flash-sale`: a sale to a million buyers all over the world, by the real rules on parts that take their time.
import { asked, whole, WrongOption } from '../tools/command-line.ts';
import { DEFAULTS, type SimulationOptions } from './flash-sale-simulation/options.ts';
import { report, whatIsWrong } from './flash-sale-simulation/report.ts';
import { simulate } from './flash-sale-simulation/simulate.ts';

const USAGE = `npm run simulate:flash-sale -- [flags]
  sells to a million buyers all over the world by the real rules. It ends with 1 if a unit is sold twice or not at all, or if a buyer
  never hears a word. bench/README.md says what stands behind each figure.
    --seed 1, --buyers 1000000, --units 10000
                             another sale
    --centres 100            data centres
    --arrival-ms 10000       how long after the start buyers come, on average
    --command-ms 0.4         what the object's thread takes to decide and record a command
    --commit-ms 10           what its disk takes
    --fresh-for-ms 5000      how long a number may be shown at most
    --fixed-freshness        every number is shown so long, whatever the demand
    --no-hint                every reserve goes to the object
    --no-lessons             a refusal does not tell its isolate that nothing is left
    --at-once-per-isolate N  reserves that an isolate has under way at most (not built)`;
const FLAG = { type: 'boolean', default: false } as const;
const number = (otherwise: number) => ({ type: 'string', default: String(otherwise) }) as const;

const options = asked(
  USAGE,
  {
    seed: number(DEFAULTS.seed),
    buyers: number(DEFAULTS.buyers),
    units: number(DEFAULTS.units),
    centres: number(DEFAULTS.centres),
    'arrival-ms': number(DEFAULTS.arrivalMs),
    'command-ms': number(DEFAULTS.commandMs),
    'commit-ms': number(DEFAULTS.commitMs),
    'fresh-for-ms': number(DEFAULTS.freshForMsMax),
    'at-once-per-isolate': { type: 'string' },
    'no-hint': FLAG,
    'no-lessons': FLAG,
    'fixed-freshness': FLAG,
  },
  (values): SimulationOptions => {
    const atOnce = values['at-once-per-isolate'];
    return {
      ...DEFAULTS,
      seed: whole('seed', values.seed),
      buyers: whole('buyers', values.buyers),
      units: whole('units', values.units),
      centres: whole('centres', values.centres),
      arrivalMs: milliseconds('arrival-ms', values['arrival-ms']),
      commandMs: milliseconds('command-ms', values['command-ms']),
      commitMs: milliseconds('commit-ms', values['commit-ms']),
      freshForMsMax: milliseconds('fresh-for-ms', values['fresh-for-ms']),
      adapts: !values['fixed-freshness'],
      atOncePerIsolate: atOnce === undefined ? DEFAULTS.atOncePerIsolate : whole('at-once-per-isolate', atOnce),
      hint: !values['no-hint'],
      learnsFromRefusals: !values['no-hint'] && !values['no-lessons'],
    };
  },
);

const startedMs = performance.now();
const sale = simulate(options);
console.log(report(sale));
console.error(`simulated in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
process.exitCode = whatIsWrong(sale).length === 0 ? 0 : 1;

function milliseconds(name: string, text: string): number {
  const number = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text)) throw new WrongOption(`--${name} is a number of milliseconds, not "${text}"`);
  return number;
}
