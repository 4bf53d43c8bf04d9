import { loadNow } from '../machine.ts';
import { median } from '../noise.ts';
import type { Bench, Part } from '../part.ts';
import type { Row } from '../row.ts';
import { SideDoor } from '../side-door.ts';
import { figure } from '../table.ts';

const HISTORY = { quick: 20_000, whole: 100_000 };
const LIVE = 100;
const TOLD_MS = 5_000;
const STARTS = { quick: 7, whole: 21 };

/** P9: how long the first answer of an object takes that nobody has asked for a while. */
export const cold: Part = { name: 'cold', about: 'P9: the first answer of a cold object', needsWrk: false, run };

async function run({ servers, quick, say }: Bench): Promise<readonly Row[]> {
  const door = new SideDoor(await servers.serve('objects'));
  const history = quick ? HISTORY.quick : HISTORY.whole;
  say(`an object with ${history.toLocaleString('en')} movements of history`);
  await door.open('COLD-', 0, 2);
  const [empty, full] = ['COLD-0', 'COLD-1'];
  await door.fill(full, 'moved', history);
  await door.fill(full, 'live', LIVE);
  // It tells the read models of all that, and remembers that they heard it.
  await new Promise((resolve) => setTimeout(resolve, TOLD_MS));

  say('first answers of cold objects');
  const times = { empty: [] as number[], full: [] as number[], warm: [] as number[] };
  const starts = quick ? STARTS.quick : STARTS.whole;
  for (let start = 0; start < starts; start += 1) {
    const id = 1_000_000 + start * 3;
    const first = async (): Promise<void> => void times.empty.push(await firstAnswerMs(door, empty, id));
    const second = async (): Promise<void> => void times.full.push(await firstAnswerMs(door, full, id + 1));
    for (const each of start % 2 === 0 ? [first, second] : [second, first]) await each();
    times.warm.push(await answerMs(door, full, id + 2));
  }
  const ratios = times.full.map((ms, index) => ms / (times.empty[index] ?? Number.NaN));
  const quarters = ratios.toSorted((one, other) => one - other);
  const ms = (values: readonly number[]): string => `${figure(median(values))} ms`;
  return [
    {
      target: 'P9',
      work: `first answer of a cold object, ${history.toLocaleString('en')} movements, ${LIVE} live reservations`,
      against: 'a cold object with nothing in it',
      durability: 'fsync before the answer',
      connections: 1,
      measured: ms(times.full),
      base: ms(times.empty),
      ratio: median(times.full) / median(times.empty),
      range: [quarters[starts >> 2] ?? Number.NaN, quarters[(starts * 3) >> 2] ?? Number.NaN],
      wanted: { kind: 'at most', figure: 2 },
      note: `when warm ${ms(times.warm)}; median of ${starts} starts in turn, load ${figure(await loadNow())}`,
    },
  ];
}

async function firstAnswerMs(door: SideDoor, sku: string, id: number): Promise<number> {
  await door.forget(sku);
  return answerMs(door, sku, id);
}

async function answerMs(door: SideDoor, sku: string, id: number): Promise<number> {
  const beganMs = performance.now();
  await door.reserve(sku, id);
  return performance.now() - beganMs;
}
