// All of Holdfast in one thread, on a runtime of which everything may go wrong, one virtual shop per seed. A failing seed becomes
// a story.
import { asked, whole } from '../../tools/command-line.ts';
import { writeReport, type Failure } from '../prove/part.ts';
import './runtime/hooks.ts';
import type { Outcome } from './simulate.ts';

const { simulate } = await import('./simulate.ts');
const { RARE } = await import('./rare.ts');

const USAGE = `npm run simulate -- [--seeds 300] [--from 1] [--seed N] [--bail] [--twice] [--verbose] [--report FILE]
  simulates all of Holdfast, with one virtual shop for each seed. It ends with 1 if anything is not as docs/spec.md says, and each
  failure names the seed that shows it again.
    --seeds 300, --from 1  so many seeds, beginning at this one
    --seed N               this seed alone, with the rare states that it met
    --bail                 ends with the first failure
    --twice                runs each seed a second time, which must be the same run
    --verbose              prints every step
    --report FILE          writes down what was found, as JSON`;

const values = asked(
  USAGE,
  {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    bail: { type: 'boolean', default: false },
    twice: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    report: { type: 'string' },
  },
  ({ seeds, from, seed, ...others }) => ({
    ...others,
    seeds: seed === undefined ? whole('seeds', seeds) : 1,
    first: seed === undefined ? whole('from', from) : whole('seed', seed),
    alone: seed !== undefined,
  }),
);

/** After each so many a line is printed. */
const CHUNK = 25;

const CRASHES = ['crash before store', 'crash after store', 'worker died'];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const { first, seeds, alone } = values;
const startedAt = performance.now();
const counted = { seeds: 0, steps: 0, turns: 0, crashes: 0 };
const faults = new Map<string, number>();
const met = new Map<string, number>();
const failures: Failure[] = [];

for (let seed = first; seed < first + seeds; seed += 1) {
  const outcome = await simulate(seed, values.verbose ? say : undefined);
  counted.seeds += 1;
  counted.steps += outcome.steps;
  counted.turns += outcome.turns;
  addUp(faults, outcome.faults);
  addUp(met, outcome.met);
  if (alone) say(`seed ${seed}: ${outcome.steps} steps, trace ${outcome.hash.toString(16)}`);
  if (values.twice && (await simulate(seed)).hash !== outcome.hash) {
    failures.push({ what: `seed ${seed}: the second run was another one`, again: `npm run simulate -- --twice --seed ${seed}` });
  }
  if (outcome.broken.length > 0) {
    tell(outcome);
    if (values.bail) break;
  }
  if (counted.seeds % CHUNK === 0) say(`${counted.seeds} of ${seeds} seeds, ${failures.length} failed`);
}

counted.crashes = CRASHES.reduce((total, what) => total + (met.get(what) ?? 0), 0);
const reached = Object.fromEntries(RARE.map((what) => [what, met.get(what) ?? 0]));
const seconds = (performance.now() - startedAt) / 1_000;
say(`${counted.seeds} seeds, ${counted.steps} steps, ${counted.turns} turns, ${failures.length} failed, ${seconds.toFixed(1)} s`);
if (alone || values.verbose) say(JSON.stringify(reached));
const report = { part: 'simulation', counted, faults: Object.fromEntries(faults), reached, failures };
await writeReport(values.report, report);

function tell({ seed, steps, broken, recent }: Outcome): void {
  const again = `npm run simulate -- --seed ${seed}`;
  for (const line of recent) say(`  ${line}`);
  for (const what of broken.slice(0, 8)) say(`seed ${seed}, step ${steps}: ${what}`);
  say(`Again: ${again}`);
  failures.push({ what: `seed ${seed}: ${broken[0] ?? ''}`, again });
}

function addUp(sums: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, times] of more) sums.set(name, (sums.get(name) ?? 0) + times);
}
