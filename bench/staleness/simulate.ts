import type { ReservationId } from '../../domain/ids.ts';
import { MemoryCache } from '../../worker/cache/memory-cache.ts';
import { tieredSnapshots, type Found, type Snapshots } from '../../worker/cache/snapshots.ts';
import { Refused } from '../../worker/refused.ts';
import { dice, waitMs, type Dice } from '../flash-sale-simulation/dice.ts';
import { availableIn, reserve, ShopItem, type Freshness } from '../flash-sale-simulation/shop-item.ts';
import { received } from '../received.ts';
import type { Scene } from './scenes.ts';
import { VirtualTime } from './virtual-time.ts';

/** One way from the nearest data centre to the object, and from the farthest. */
const NEAREST_MS = 1;
const FARTHEST_MS = 60;
const UNITS_MAX = 3;

/** What one reader was shown. */
export interface Look {
  readonly source: Found['source'];
  readonly ageMs: number;
  /** For how long the object said that it may be shown. */
  readonly statedMs: number;
  readonly shown: number;
  /** What the object had said at this sequence, and what was so when it was shown. */
  readonly toldThen: number | undefined;
  readonly truth: number;
}

export interface Seen {
  readonly looks: readonly Look[];
  /** Questions for the number that reached the object. */
  readonly questions: number;
}

/** Reads through the tiers of the Worker, as they are, while an item sells by the real rules; time alone is made up. */
export async function simulate(scene: Scene, freshness: Freshness, seed: number): Promise<Seen> {
  const time = new VirtualTime();
  const item = new ShopItem(freshness);
  item.decide(received('opening', scene.units), 0);
  const toldAt = new Map<number, number>();
  const looks: Look[] = [];
  let questions = 0;

  sell(scene, item, time, dice(seed));
  for (let centre = 0; centre < scene.centres; centre += 1) {
    const oneWayMs = NEAREST_MS + ((FARTHEST_MS - NEAREST_MS) * centre) / Math.max(1, scene.centres - 1);
    const colo = new MemoryCache();
    const askObject = async () => {
      await time.wait(oneWayMs);
      questions += 1;
      const snapshot = item.snapshot(time.nowMs);
      toldAt.set(snapshot.sequence, availableIn(snapshot.terms));
      await time.wait(oneWayMs);
      return snapshot;
    };
    for (let isolate = 0; isolate < scene.isolatesPerCentre; isolate += 1) {
      const parts = { memory: new MemoryCache(), colo, askObject, keepAlive: () => undefined, now: () => time.nowMs };
      const roll = dice(seed * 1_000 + centre * scene.isolatesPerCentre + isolate + 1);
      void look(tieredSnapshots(parts), scene, item, time, roll, (seen) => {
        if (time.nowMs >= scene.countedFromMs) looks.push({ ...seen, toldThen: toldAt.get(seen.sequence) });
      });
    }
  }
  await time.runUntil(scene.untilMs);
  return { looks, questions };
}

/** One isolate's readers, one after the other. */
async function look(
  snapshots: Snapshots,
  scene: Scene,
  item: ShopItem,
  time: VirtualTime,
  roll: Dice,
  note: (seen: Omit<Look, 'toldThen'> & { readonly sequence: number }) => void,
): Promise<void> {
  for (;;) {
    await time.wait(waitMs(roll, 1_000 / scene.looksPerSecond));
    const found = await snapshots.cached(item.stock.sku);
    if (found instanceof Refused) throw new Error(found.code);
    const { snapshot, askedAtMs, source } = found;
    const truth = item.availableAt(time.nowMs);
    const shown = availableIn(snapshot.terms);
    const { sequence, freshForMs: statedMs } = snapshot;
    note({ source, ageMs: time.nowMs - askedAtMs, statedMs, shown, sequence, truth });
  }
}

function sell(scene: Scene, item: ShopItem, time: VirtualTime, roll: Dice): void {
  let number = 0;
  const next = (): void => {
    number += 1;
    const units = 1 + Math.floor(roll() * UNITS_MAX);
    item.decide(reserve(`RkxBU0g.${number}` as ReservationId, units), time.nowMs);
    time.after(waitMs(roll, 1_000 / scene.asksPerSecond), next);
  };
  time.after(scene.asksFromMs + waitMs(roll, 1_000 / scene.asksPerSecond), next);
  let receipts = 0;
  const receive = (): void => {
    receipts += 1;
    item.decide(received(`receipt-${receipts}`, scene.received), time.nowMs);
    time.after(scene.receivedEveryMs, receive);
  };
  if (scene.received > 0) time.after(scene.receivedEveryMs, receive);
}
