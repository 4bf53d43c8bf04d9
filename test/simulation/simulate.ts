import { Journals } from '../buyers/journals.ts';
import { ofAnswer, ofNumber, ofRefusal } from '../buyers/questions.ts';
import { NETWORK } from '../buyers/scarce-shop.ts';
import { Auditor } from './auditor.ts';
import { SimulatedErp } from './erp.ts';
import { SimulatedD1 } from './runtime/d1.ts';
import { Runtime } from './runtime/runtime.ts';
import { admitKeys, clientPlace, Front, openShop } from './shop.ts';
import { World } from './world.ts';

export interface Outcome {
  readonly seed: number;
  readonly steps: number;
  readonly turns: number;
  readonly hash: number;
  readonly broken: readonly string[];
  readonly recent: readonly string[];
  readonly faults: ReadonlyMap<string, number>;
  readonly met: ReadonlyMap<string, number>;
}

const d1 = new SimulatedD1();

/** One virtual shop from its opening to its rest: first with everything going wrong, then healed. */
export async function simulate(seed: number, log?: (line: string) => void): Promise<Outcome> {
  const auditor = new Auditor(NETWORK);
  const runtime = new Runtime(seed, d1, (around) => new SimulatedErp(around.loop, around.faults, (what) => around.note(what)), {
    turnEnded: (object) => auditor.turnEnded(object),
    rolledBack: (object) => auditor.rolledBack(object),
    deadlines: (object) => auditor.deadlinesOf(object),
  });
  if (log !== undefined) runtime.log = (line) => log(`${runtime.loop.nowMs} ${line}`);
  const { loop, faults } = runtime;
  const front = new Front(runtime);
  const world = new World(front, runtime);
  const broken = (): readonly string[] => [...auditor.broken, ...world.broken, ...world.buyers.flatMap((one) => one.broken)];
  const isOver = (): boolean =>
    auditor.broken.length + world.broken.length > 0 || world.buyers.some((one) => one.broken.length > 0);

  faults.healed = true;
  admitKeys(d1);
  let opened = false;
  const opening = loop.in(clientPlace('opener'), async () => {
    await openShop(front, runtime);
    opened = true;
  });
  await loop.run(loop.nowMs + 600_000, () => opened);
  await opening;
  faults.healed = false;

  runtime.tick();
  const lastsMs = loop.dice.roll(60_000, 200_000);
  world.open(lastsMs);
  await loop.run(loop.nowMs + lastsMs, isOver);
  if (!isOver()) await heal(runtime, world, isOver, auditor);
  const late = isOver() ? [] : booksBroken(world, auditor);
  return {
    seed,
    steps: loop.events,
    turns: auditor.turns,
    hash: loop.hash,
    broken: [...broken(), ...late, ...world.stories()],
    recent: loop.recent(30),
    faults: faults.met,
    met: runtime.met,
  };
}

/** Nothing goes wrong any more, and time runs: whoever waited gets an answer, and everything comes to its end. */
async function heal(runtime: Runtime, world: World, isOver: () => boolean, auditor: Auditor): Promise<void> {
  const { loop } = runtime;
  runtime.heal();
  await loop.run(loop.nowMs + 20 * 60_000, () => isOver() || world.busy === 0);
  if (world.busy > 0 && !isOver()) world.broken.push(`[I16] ${world.busy} clients have no answer after twenty calm minutes`);
  void auditor;
}

/** What was said with a sequence is held against the journal at that sequence. */
function booksBroken(world: World, auditor: Auditor): readonly string[] {
  const told = world.buyers.flatMap((buyer) =>
    buyer.history.flatMap(({ said }) => (said.status < 300 ? ofAnswer(said.body) : [])),
  );
  const refused = world.buyers.flatMap((buyer) => buyer.refusals.flatMap((one) => ofRefusal(one, NETWORK)));
  const shown = world.shown.map((one) => ofNumber(one, NETWORK));
  const journals = new Journals(auditor.journals(), NETWORK, [...told, ...refused, ...shown]);
  return [...journals.broken, ...world.buyers.flatMap((one) => journals.brokenCart(one))];
}
