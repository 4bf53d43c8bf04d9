// Buyers with carts over the same few units, in every weather of the network; and carts beside the naive one.
import { asked, whole, WrongOption } from '../../tools/command-line.ts';
import { writeReport, type Failure } from '../prove/part.ts';
import { RARE_ANSWERS, tryBaskets } from './baskets.ts';
import { ENOUGH_SEEDS, RARE, tryCarts, WEATHERS, type Seeds } from './weathers.ts';

const BASKETS_PER_SEED = 10;
/** After each so many a line is printed. */
const CHUNK = 50;

const USAGE = `npm run carts -- [--seeds 400] [--seed 1] [--weather N | --baskets] [--report FILE]
  simulates buyers with carts over the same few units, in every weather of the network, and compares ten times as many carts with a
  naive one. It ends with 1 if anything is not as docs/spec.md says, and each failure names the command that shows it again.
    --seeds 400    so many in each weather
    --seed 1       where the seeds begin
    --weather N    one weather alone, from 0 to ${WEATHERS.length - 1}
    --baskets      those beside the naive cart alone, as many as seeds
    --report FILE  writes down what was found, as JSON`;

const values = asked(
  USAGE,
  {
    seeds: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    weather: { type: 'string' },
    baskets: { type: 'boolean', default: false },
    report: { type: 'string' },
  },
  ({ seeds, seed, weather, ...others }) => {
    const chosen = weather === undefined ? null : whole('weather', weather, 0);
    if (chosen !== null && chosen >= WEATHERS.length) throw new WrongOption(`--weather is less than ${WEATHERS.length}`);
    return { ...others, seeds: whole('seeds', seeds), first: whole('seed', seed), weather: chosen };
  },
);
const { seeds, first } = values;
const all = values.weather === null && !values.baskets;
const counted = { cart_seeds: 0, cart_events: 0, naive_carts: 0 };
const faults = new Map<string, number>();
// Few seeds, or one weather, need not meet what is rare.
const reached = new Map<string, number>(
  all && seeds >= ENOUGH_SEEDS ? [...RARE, ...RARE_ANSWERS.map(besideNaive)].map((rare) => [rare, 0]) : [],
);
const failures: Failure[] = [];

// What coordinators log of each message that was lost, on purpose, would bury the rest.
console.error = () => undefined;
for (const [weather, [name, unkind]] of WEATHERS.entries()) {
  if (!all && (values.baskets || values.weather !== weather)) continue;
  for (let done = 0; done < seeds; done += CHUNK) {
    note(weather, name, await tryCarts(unkind, first + done, Math.min(CHUNK, seeds - done)));
    console.log(`${counted.cart_seeds} seeds of carts, ${failures.length} failed`);
  }
}
if (all || values.baskets) {
  const baskets = all ? seeds * BASKETS_PER_SEED : seeds;
  const { seeds: done, met, failure } = await tryBaskets(first, baskets);
  counted.naive_carts += done;
  for (const rare of RARE_ANSWERS)
    if (met.has(rare)) reached.set(besideNaive(rare), (reached.get(besideNaive(rare)) ?? 0) + (met.get(rare) ?? 0));
  if (failure !== null)
    failures.push({ what: failure.what, again: `npm run carts -- --baskets --seeds 1 --seed ${failure.seed}` });
  console.log(`${done} carts beside the naive one, ${failures.length} failed`);
}
for (const { what, again } of failures) console.log(`\n${what}\nAgain: ${again}`);
await writeReport(values.report, {
  part: 'carts',
  counted,
  faults: Object.fromEntries(faults),
  reached: Object.fromEntries(reached),
  failures,
});

function besideNaive(answer: string): string {
  return `beside the naive cart: ${answer}`;
}

function note(weather: number, name: string, tried: Seeds): void {
  counted.cart_seeds += tried.seeds;
  counted.cart_events += tried.events;
  for (const [kind, times] of tried.faults) faults.set(kind, (faults.get(kind) ?? 0) + times);
  for (const rare of RARE) if (tried.met.has(rare)) reached.set(rare, (reached.get(rare) ?? 0) + (tried.met.get(rare) ?? 0));
  if (tried.failure === null) return;
  const { what, seed } = tried.failure;
  failures.push({ what: `${name}: ${what}`, again: `npm run carts -- --seeds 1 --seed ${seed} --weather ${weather}` });
}
