import { NETWORK } from '../buyers/scarce-shop.ts';
import { Auditor } from './auditor.ts';
import { cartIn } from './carts.ts';
import { SimulatedErp } from './erp.ts';
import { DriftWatch } from './drift-watch.ts';
import { untold } from './healed.ts';
import { Office } from './office.ts';
import { TOLD_ROWS } from './news.ts';
import { rareIn } from './rare.ts';
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
  let auditor: Auditor | undefined;
  let erp: SimulatedErp | undefined;
  const runtime = new Runtime(seed, d1, (around) => {
    const { loop, faults, note: met } = around;
    const books = new SimulatedErp(loop, faults, met);
    const audit = new Auditor(
      NETWORK,
      books,
      (hash) => cartIn(around.carts.at(hash)),
      () => loop.nowMs,
      met,
    );
    [auditor, erp] = [audit, books];
    return {
      erp: books,
      ofSkus: {
        turnEnded: (object) => audit.turnEnded(object),
        rolledBack: (object) => audit.rolledBack(object),
        deadlines: (object) => audit.deadlinesOf(object),
        answered: (_, method, args, answer) => rareIn(method, args, answer).forEach(met),
      },
      ofCarts: { turnEnded: (object) => audit.cartTurnEnded(object, loop.nowMs) },
    };
  });
  if (auditor === undefined || erp === undefined) throw new Error('nobody looks on');
  const audit = auditor;
  if (log !== undefined) runtime.log = (line) => log(`${runtime.loop.nowMs} ${line}`);
  const { loop, faults } = runtime;
  const front = new Front(runtime);
  const world = new World(front, runtime, erp);
  const office = new Office(front, runtime, erp);
  const drifts = new DriftWatch(d1, audit, erp, runtime.note);
  const isBroken = (): boolean =>
    audit.broken.length + drifts.broken.length + office.broken.length + world.broken.length > 0 ||
    world.buyers.some((one) => one.broken.length > 0);
  loop.rested = () => {
    audit.rested();
    drifts.rested();
  };

  await opened(runtime, front);
  const lastsMs = loop.dice.roll(30_000, 120_000);
  world.open(lastsMs);
  office.open(lastsMs);
  await loop.run(loop.nowMs + lastsMs, isBroken);
  if (!isBroken())
    world.broken.push(...(await untold(runtime, { world, office, auditor: audit, told: () => d1.rows(TOLD_ROWS) }, isBroken)));
  return {
    seed,
    steps: loop.events,
    turns: audit.turns,
    hash: loop.hash,
    broken: [
      ...audit.broken,
      ...drifts.broken,
      ...office.broken,
      ...world.broken,
      ...world.buyers.flatMap((one) => one.broken),
      ...world.stories(),
    ],
    recent: loop.recent(30),
    faults: faults.met,
    met: runtime.met,
  };
}

async function opened(runtime: Runtime, front: Front): Promise<void> {
  const { loop, faults } = runtime;
  faults.healed = true;
  admitKeys(d1);
  let isOpen = false;
  const opening = loop.in(clientPlace('opener'), async () => {
    await openShop(front, runtime);
    isOpen = true;
  });
  await loop.run(loop.nowMs + 600_000, () => isOpen);
  await opening;
  faults.healed = false;
  runtime.tick();
}
