import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import type { KeptLane } from '../../domain/lane/kept.ts';
import type { LaneSettings } from '../../domain/lane/lane.ts';
import type { Posting } from '../../domain/posting.ts';
import { Gate } from '../../durable-objects/erp-lane/gate.ts';
import type { ErpLaneStub } from '../../durable-objects/erp-lane/protocol.ts';
import type { MovementsMessage, SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import { MemoryErp } from '../../erp/memory/memory-erp.ts';
import type { ErpPort, PostOutcome } from '../../erp/port.ts';
import { lanedErp } from '../../worker/erp/laned-erp.ts';
import { MESSAGES_MAX } from '../../worker/erp/limits.ts';
import { postMovements } from '../../worker/jobs/post-movements.ts';
import { pass, useOwnClock } from './clock.ts';
import { deliver } from './pipeline.ts';
import { received, SkuUnderTest } from './sku.ts';

useOwnClock();

const SETTINGS: LaneSettings = {
  callsPerSecond: 100,
  burst: 100,
  callsAtOnceMax: 8,
  growAfter: 10,
  openAfter: 5,
  leaseMs: 30_000,
};

class CountedErp extends MemoryErp {
  posts = 0;
  override post(postings: readonly Posting[], signal: AbortSignal): Promise<readonly PostOutcome[]> {
    this.posts += 1;
    return super.post(postings, signal);
  }
}

/** A lane whose waits pass on the clock of the test. */
function laneHere(): ErpLaneStub {
  let kept: KeptLane | null = null;
  let ids = 0;
  const gate = new Gate({
    store: { read: () => kept, write: (next) => void (kept = next) },
    nowMs: () => Date.now(),
    random: () => 0.5,
    newId: () => `lease ${(ids += 1)}`,
    after: (ms, call) => {
      let off = false;
      queueMicrotask(() => {
        if (off) return;
        pass(ms);
        call();
      });
      return () => {
        off = true;
      };
    },
  });
  return {
    admit: (wanted) => gate.admit(wanted),
    report: async (...said) => gate.report(...said),
    seen: async (settings) => gate.seen(settings),
  };
}

/** Real objects, a queue that is handed on by hand, an ERP behind a lane. */
class Pipeline {
  readonly erp = new CountedErp({ enforcesKeys: true });
  readonly laned: ErpPort;
  messages = 0;
  readonly #skus: SkuUnderTest[] = [];
  readonly #sent: MovementsMessage[] = [];

  constructor(lane: ErpLaneStub = laneHere()) {
    this.laned = lanedErp(this.erp, { laneOf: () => lane, settings: SETTINGS, onClosed: () => undefined });
  }

  async open(name: string, skus: number, movements: number): Promise<void> {
    for (let n = 1; n <= skus; n += 1) {
      const sku = await new SkuUnderTest(`${name}-${n}`).stocked(0);
      await runInDurableObject(sku.object, (instance) => {
        const { env: bindings } = instance as unknown as { env: { ERP_MOVEMENTS: Queue<MovementsMessage> } };
        bindings.ERP_MOVEMENTS.send = async (message) => {
          this.#sent.push(message);
          return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
        };
      });
      await sku.askAll(Array.from({ length: movements }, (_, move) => received(`in ${move}`, 1)));
      this.#skus.push(sku);
    }
  }

  /** Rings the alarms that are due. */
  async ring(): Promise<void> {
    for (const { object } of this.#skus) {
      const atMs = await runInDurableObject(object, (_, { storage }) => storage.getAlarm());
      if (atMs !== null && atMs <= Date.now()) await runDurableObjectAlarm(object);
    }
  }

  /** Hands on what lies in the queue, and what comes of it, until it is empty. */
  async handOn(): Promise<void> {
    while (this.#sent.length > 0) {
      const batch = this.#sent.splice(0, MESSAGES_MAX);
      this.messages += batch.length;
      await deliver('erp-movements', batch, (messages) =>
        postMovements(messages, {
          db: env.DB,
          erp: this.laned,
          stockOf: (sku: Sku) => env.SKU_STOCK.getByName(sku) as unknown as SkuStockStub,
          nowMs: () => Date.now(),
        }),
      );
    }
  }

  async waiting(): Promise<number> {
    const explained = await Promise.all(this.#skus.map(({ object }) => object.explain({ channel: null, after: null, limit: 1 })));
    return explained.reduce((sum, one) => sum + (one?.postingsInFlight ?? 0), 0);
  }

  /** How often each movement stands in the books of the ERP. */
  async documents(): Promise<readonly number[]> {
    const counts = new Map<string, number>();
    for (let cursor: string | null = null; ;) {
      const page = await this.erp.changes(cursor, AbortSignal.timeout(5_000));
      if (page.items.length === 0) return [...counts.values()];
      for (const { key } of page.items) counts.set(key, (counts.get(key) ?? 0) + 1);
      cursor = page.nextCursor;
    }
  }
}

let pipeline: Pipeline;
beforeEach(() => {
  pipeline = new Pipeline();
});

test('[R32] a backlog leaves in few messages and few calls: at most 40 messages for a thousand movements', async () => {
  const lane = env.ERP_LANES.getByName('drain');
  pipeline = new Pipeline(lane);
  await pipeline.open('BACKLOG', 8, 450);
  pass(1_000);
  await pipeline.ring();
  await pipeline.handOn();
  expect(await pipeline.waiting()).toBe(0);
  const documents = await pipeline.documents();
  expect(documents).toHaveLength(8 * 450);
  expect(new Set(documents)).toEqual(new Set([1]));
  expect((pipeline.messages * 1_000) / documents.length).toBeLessThanOrEqual(40);
  // Eight flushes of 200 share calls of 500, three times over.
  expect(pipeline.erp.posts).toBeLessThanOrEqual(3 * Math.ceil((8 * 200) / 500));
});

test('[R33] [I12] while the ERP is away few calls and messages are spent on it, and afterwards everything arrives once', async () => {
  await pipeline.open('OUTAGE', 20, 30);
  pipeline.erp.faults.down = true;
  pass(1_000);
  for (let second = 0; second < 120; second += 1) {
    await pipeline.ring();
    await pipeline.handOn();
    pass(1_000);
  }
  // Five calls until the lane opens, then probes half a second, one, two, four and each further eight apart.
  expect(pipeline.erp.posts).toBeLessThanOrEqual(5 + 4 + 120 / 8);
  // Of each SKU one message per probe, for which all of them came back, and one to be told of its turn.
  expect(pipeline.messages / 20).toBeLessThanOrEqual(2 * (5 + 4 + 120 / 8));
  expect(await pipeline.waiting()).toBe(600);

  pipeline.erp.faults.down = false;
  for (let second = 0; second < 20 && (await pipeline.waiting()) > 0; second += 1) {
    pass(1_000);
    await pipeline.ring();
    await pipeline.handOn();
  }
  expect(await pipeline.waiting()).toBe(0);
  const documents = await pipeline.documents();
  expect(documents).toHaveLength(600);
  expect(new Set(documents)).toEqual(new Set([1]));
}, 120_000);
