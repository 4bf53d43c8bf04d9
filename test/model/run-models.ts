// The core beside the naive models, and the ledger's simulations.
import { asked, whole } from '../../tools/command-line.ts';
import { writeReport, type Failure } from '../prove/part.ts';
import { LEDGER_STEPS, MEANINGS, tryLedger, tryUnmarked, UNMARKED_STEPS, type Seeds } from './ledger-seeds.ts';
import { RARE, trySequences } from './sequences.ts';

/** After each so many a line is printed; a seed of its own makes each of them easy to repeat. */
const CHUNK = 1_000;
/** A simulation of the ledger takes about as long as so many sequences. */
const SEQUENCES_PER_LEDGER_SEED = 100;
/** Fewer need not meet what is rare. */
const ENOUGH = 2_000;

const USAGE = `npm run models -- [--sequences 50000] [--seed 1] [--path P] [--report FILE]
  gives random sequences of commands to the core and to a naive model that shares no code with it, and compares every answer; and
  simulates the ledger. It ends with 1 if they disagree, and each failure names the command that shows it again.
    --sequences 50000  so many, and a simulation of each kind for each hundred
    --seed 1           of the first thousand sequences; the next thousand have the next one
    --path P           goes with the seed of one sequence that failed
    --report FILE      writes down what was found, as JSON`;

interface Sums {
  readonly counted: Map<string, number>;
  readonly reached: Map<string, number>;
  readonly failures: Failure[];
}

async function main(): Promise<void> {
  const { sequences, seed, path, report } = asked(
    USAGE,
    {
      sequences: { type: 'string', default: '50000' },
      seed: { type: 'string', default: '1' },
      path: { type: 'string' },
      report: { type: 'string' },
    },
    (values) => ({ ...values, sequences: whole('sequences', values.sequences), seed: whole('seed', values.seed) }),
  );
  const sums: Sums = { counted: new Map(), reached: new Map(), failures: [] };
  if (path === undefined) {
    models(sequences, seed, sums);
    ledgers(Math.ceil(sequences / SEQUENCES_PER_LEDGER_SEED), seed, sums);
  } else note(trySequences({ seed, sequences: CHUNK, path }), sums);
  for (const { what, again } of sums.failures) console.error(`\n${what}\nAgain: ${again}`);
  await writeReport(report, {
    part: 'models',
    counted: Object.fromEntries(sums.counted),
    faults: {},
    reached: Object.fromEntries(sums.reached),
    failures: sums.failures,
  });
}

function models(sequences: number, seed: number, sums: Sums): void {
  // Few sequences need not meet what is rare, and are not asked for it.
  if (sequences >= ENOUGH) for (const rare of RARE) add(sums.reached, rare, 0);
  for (let done = 0; done < sequences; done += CHUNK) {
    note(trySequences({ seed: seed + done / CHUNK, sequences: Math.min(CHUNK, sequences - done) }), sums);
    console.log(`${sums.counted.get('model_sequences')} sequences of commands, ${sums.failures.length} failed`);
  }
}

function note(
  { sequences, commands, met, failure }: ReturnType<typeof trySequences>,
  { counted, reached, failures }: Sums,
): void {
  add(counted, 'model_sequences', sequences);
  add(counted, 'model_commands', commands);
  for (const rare of RARE) if (met.has(rare)) add(reached, rare, met.get(rare) ?? 0);
  if (failure !== null) failures.push(failure);
}

function ledgers(seeds: number, first: number, sums: Sums): void {
  for (const bookkeeping of MEANINGS) {
    for (const tampered of [false, true]) ledger('ledger', tryLedger(first, seeds, bookkeeping, tampered), seeds, LEDGER_STEPS);
  }
  ledger('unmarked', tryUnmarked(first, seeds), seeds, UNMARKED_STEPS);

  function ledger(name: string, { reached, wrong }: Seeds, seedsDone: number, steps: number): void {
    add(sums.counted, 'ledger_seeds', seedsDone);
    add(sums.counted, 'ledger_steps', seedsDone * steps);
    for (const [what, times] of reached) if (seeds >= 150 || times > 0) add(sums.reached, `${name}: ${what}`, times);
    const again = `npm run models -- --sequences ${seeds * SEQUENCES_PER_LEDGER_SEED} --seed ${first}`;
    if (wrong.length > 0) sums.failures.push({ what: wrong.join('\n'), again });
    console.log(`${sums.counted.get('ledger_seeds')} seeds of the ledger, ${sums.failures.length} failed`);
  }
}

function add(counts: Map<string, number>, name: string, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

await main();
