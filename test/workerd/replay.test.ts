import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import type { Count } from '../../domain/command.ts';
import type { MovementsMessage, PostingOutcome } from '../../durable-objects/sku-stock/protocol.ts';
import { pass, useOwnClock } from './clock.ts';
import { DC, ERP, gist, received, SkuUnderTest } from './sku.ts';

useOwnClock();

const WEEK_MS = 7 * 86_400_000;
let made = 0;

/** An item and what it sends to the ERP, which it may be told about. */
class Posting extends SkuUnderTest {
  readonly sent: string[] = [];

  /** Two receipts, sent at once: entries 2 and 3. */
  static async received(): Promise<Posting> {
    const sku = new Posting(`REPLAY-${(made += 1)}`);
    await sku.stocked(10);
    await sku.ask(received('more', 5));
    await sku.listen();
    await sku.rings();
    return sku;
  }

  async listen(): Promise<void> {
    await runInDurableObject(this.object, (instance) => {
      const { env: bindings } = instance as unknown as { env: { ERP_MOVEMENTS: Queue<MovementsMessage> } };
      const send = bindings.ERP_MOVEMENTS.send.bind(bindings.ERP_MOVEMENTS);
      bindings.ERP_MOVEMENTS.send = (body) => {
        this.sent.push(`${body.attempt}: ${body.postings.map(({ sequence }) => sequence).join(' ')}`);
        return send(body);
      };
    });
  }

  async rings(): Promise<void> {
    pass(1_000);
    await runDurableObjectAlarm(this.object);
  }

  async again(...sequences: readonly number[]): Promise<readonly string[]> {
    const said = await this.object.replay(sequences.map((sequence) => ({ sequence, vanished: false })));
    return said.map(({ sequence, outcome }) => `${sequence} ${outcome}`);
  }

  async vanished(...sequences: readonly number[]): Promise<readonly string[]> {
    const said = await this.object.replay(sequences.map((sequence) => ({ sequence, vanished: true })));
    return said.map(({ sequence, outcome }) => `${sequence} ${outcome}`);
  }

  async cases(): Promise<number> {
    return (await this.object.explain({ channel: null, after: null, limit: 1 }))?.cases.length ?? -1;
  }

  async onHand(): Promise<number | undefined> {
    return (await this.object.explain({ channel: null, after: null, limit: 1 }))?.balances[0]?.onHand;
  }

  async addsUp(): Promise<void> {
    const proof = await this.object.proof();
    expect(proof).not.toBe(null);
    for (const { invariant, left, right } of proof?.checks ?? []) expect(`${invariant} ${left}`).toBe(`${invariant} ${right}`);
  }
}

const posted = (sequence: number, mark = sequence): PostingOutcome => ({ sequence, outcome: 'posted', mark });
const refused = (sequence: number): PostingOutcome => ({ sequence, outcome: 'refused', detail: 'no such item' });

function erpCount(id: string, quantity: number, mark: number | null): Count {
  const place = { location: DC, status: 'sellable', meaning: 'on_hand_minus_committed' } as const;
  return { type: 'count', id, source: ERP, books: 'erp', ...place, quantity, asOfMs: Date.now(), mark };
}

test('[R32] a refused posting goes out again under its key, is asked for first, and its case closes when it is posted', async () => {
  const sku = await Posting.received();
  await sku.object.acknowledge([refused(2), posted(3)]);
  expect(await sku.cases()).toBe(1);
  expect(await sku.again(2, 3)).toEqual(['2 again', '3 posted']);
  expect(await sku.again(2)).toEqual(['2 under_way']);
  await sku.rings();
  expect(sku.sent).toEqual(['1: 2 3', '2: 2']);
  expect(await sku.again(2)).toEqual(['2 under_way']);
  await sku.object.acknowledge([posted(2, 9)]);
  expect(await sku.cases()).toBe(0);
  expect(await sku.again(2)).toEqual(['2 posted']);
  expect(await sku.object.waiting({ after: 0, limit: 9 })).toEqual([]);
  await sku.addsUp();
});

test('[R32] what is refused again waits for a person under the same case', async () => {
  const sku = await Posting.received();
  await sku.object.acknowledge([refused(2), posted(3)]);
  await sku.again(2);
  expect(await sku.object.waiting({ after: 0, limit: 9 })).toMatchObject([{ state: 'pending', posting: { sequence: 2 } }]);
  await sku.rings();
  await sku.object.acknowledge([refused(2)]);
  expect(await sku.cases()).toBe(1);
  expect(await sku.object.waiting({ after: 0, limit: 9 })).toMatchObject([{ state: 'failed', posting: { sequence: 2 } }]);
});

test('[R32] what goes out again does so in sequence, before what was never sent, and one flush at a time', async () => {
  const sku = await Posting.received();
  await sku.object.acknowledge([refused(2), refused(3)]);
  await sku.ask(received('third', 1));
  const third = (await sku.object.snapshot())?.sequence ?? 0;
  expect(await sku.again(third, 3, 2)).toEqual([`${third} under_way`, '3 again', '2 again']);
  await sku.rings();
  await sku.rings();
  expect(sku.sent.slice(1)).toEqual(['2: 2 3']);
  await sku.object.acknowledge([posted(2), posted(3)]);
  expect(sku.sent.slice(1)).toEqual(['2: 2 3', `1: ${third}`]);
});

test('[R31] [R32] a posting that the ERP lost goes out again, and one that it has stays as it is', async () => {
  const sku = await Posting.received();
  await sku.object.acknowledge([posted(2), posted(3)]);
  expect(await sku.again(2, 3, 1, 99)).toEqual(['2 posted', '3 posted', '1 none', '99 none']);
  expect(await sku.vanished(3)).toEqual(['3 again']);
  expect(await sku.vanished(3)).toEqual(['3 under_way']);
  await sku.rings();
  expect(sku.sent.slice(1)).toEqual(['2: 3']);
  await sku.object.acknowledge([posted(3, 1)]);
  await sku.addsUp();
});

test('[R34] what the ERP lost is not in its numbers, from the moment on that it is asked to go out again', async () => {
  const sku = await Posting.received();
  await sku.object.acknowledge([posted(2), posted(3)]);
  await sku.vanished(3);
  expect(gist(await sku.ask(erpCount('after the restore', 10, 4)))).toBe('applied');
  expect(await sku.onHand()).toBe(15);
  await sku.rings();
  expect(gist(await sku.ask(erpCount('while it is under way', 10, 5)))).toBe('deferred');
  await sku.object.acknowledge([posted(3, 6)]);
  expect(gist(await sku.ask(erpCount('when it is back', 15, 6)))).toBe('applied');
  expect(await sku.onHand()).toBe(15);
});

test('[R32] a posting that was settled and forgotten goes out again as long as its entry is kept', async () => {
  const sku = await Posting.received();
  await sku.object.acknowledge([posted(2), posted(3)]);
  await sku.ask(received('newest', 1));
  await sku.rings();
  await sku.object.acknowledge([posted(4)]);
  await sku.ask(erpCount('settles', 16, 4));
  await sku.ask(received('yet another', 1));
  await sku.rings();
  const kept = await runInDurableObject(sku.object, (_, { storage }) =>
    storage.sql.exec<{ first: number }>('SELECT first FROM posting').toArray(),
  );
  expect(kept.map(({ first }) => first)).toEqual([4, 6]);
  await sku.object.acknowledge([posted(6, 5)]);
  expect(await sku.again(2, 3)).toEqual(['2 posted', '3 posted']);
  expect(await sku.vanished(2, 3, 5)).toEqual(['2 again', '3 again', '5 none']);
  await sku.rings();
  expect(sku.sent.at(-1)).toBe('2: 2 3');
  await sku.object.acknowledge([posted(2, 6), posted(3, 7)]);
  await sku.addsUp();
});

test('[R32] what goes out again is remembered over a restart', async () => {
  const sku = await Posting.received();
  await sku.object.acknowledge([refused(2), posted(3)]);
  await sku.again(2);
  await evictDurableObject(sku.object);
  await sku.rings();
  expect(sku.sent.slice(1)).toEqual(['2: 2']);
});

test('[R27] trust counts from when a posting was asked to go out again, not from when it was recorded', async () => {
  const sku = await Posting.received();
  await sku.object.acknowledge([refused(2), posted(3)]);
  pass(3_600_000);
  const askedAtMs = Date.now();
  await sku.again(2);
  expect((await sku.object.snapshot())?.terms.evidence?.waitingSinceMs).toBe(askedAtMs);
  await sku.rings();
  expect((await sku.object.snapshot())?.terms.evidence?.waitingSinceMs).toBe(askedAtMs);
});

test('[R32] [R34] what was refused is neither forgotten nor taken to be in the ERP when its week is archived', async () => {
  const sku = await Posting.received();
  await sku.object.acknowledge([refused(2), posted(3, 1)]);
  pass(4 * WEEK_MS);
  await sku.ask(received('later', 1));
  const later = (await sku.object.snapshot())?.sequence ?? 0;
  await sku.rings();
  await sku.object.acknowledge([posted(later, 2)]);
  await evictDurableObject(sku.object);
  expect(await sku.object.waiting({ after: 0, limit: 9 })).toMatchObject([
    { state: 'failed', posting: { sequence: 2, quantity: 10 } },
  ]);
  expect(gist(await sku.ask(erpCount('lacks ten', 6, 2)))).toBe('applied');
  expect(await sku.onHand()).toBe(16);
  expect(gist(await sku.ask({ ...erpCount('lacks ten by time', 6, null), source: 'old' as typeof ERP }))).toBe('applied');
  expect(await sku.onHand()).toBe(16);
  expect(await sku.again(2, 3)).toEqual(['2 again', '3 posted']);
  expect(await sku.vanished(3)).toEqual(['3 forgotten']);
  await sku.rings();
  expect(sku.sent.at(-1)).toBe('2: 2');
  await sku.object.acknowledge([posted(2, 3)]);
  await sku.ask(erpCount('has all', 16, 3));
  await sku.ask(received('newest', 1));
  await sku.rings();
  expect(await keptEntries(sku)).toBe(0);
  await sku.addsUp();
});

test('[R32] what waits for an ERP that is away for weeks waits on, in sequence', async () => {
  const sku = await Posting.received();
  await sku.ask(received('never sent', 1));
  pass(4 * WEEK_MS);
  await sku.ask(received('later', 1));
  await sku.rings();
  expect(await keptEntries(sku)).toBe(3);
  await evictDurableObject(sku.object);
  const waiting = await sku.object.waiting({ after: 0, limit: 9 });
  expect(waiting.map(({ posting, state }) => `${posting.sequence} ${state}`)).toEqual([
    '2 sent',
    '3 sent',
    '4 pending',
    '5 pending',
  ]);
  await sku.object.acknowledge([posted(2), posted(3)]);
  expect((await sku.object.waiting({ after: 0, limit: 9 })).map(({ state }) => state)).toEqual(['sent', 'sent']);
  await sku.addsUp();
});

async function keptEntries(sku: SkuUnderTest): Promise<number> {
  return runInDurableObject(sku.object, (_, { storage }) => storage.sql.exec('SELECT * FROM kept_entry').toArray().length);
}
