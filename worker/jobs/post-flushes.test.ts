import { describe, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import type { Posting } from '../../domain/posting.ts';
import { MemoryErp } from '../../erp/memory/memory-erp.ts';
import { ErpUnavailable, type ErpPort, type PostOutcome } from '../../erp/port.ts';
import { flush, MUG, sale, TEA } from '../../test/pipeline/postings.ts';
import { ADAPTER_TRIES_MAX, ERP_CALL_MS_MAX, ERP_CALL_MS_MIN, POSTING_RUN_MS_MAX } from './limits.ts';
import { postFlushes, type Posted } from './post-flushes.ts';

const now = (): number => 10_000;

/** Writes down what it is asked, in order. */
class WatchedErp extends MemoryErp {
  readonly asked: string[] = [];
  override async post(postings: readonly Posting[], signal: AbortSignal): Promise<readonly PostOutcome[]> {
    this.asked.push(`post ${keysOf(postings)}`);
    return super.post(postings, signal);
  }
  override async find(keys: readonly string[], signal: AbortSignal) {
    this.asked.push(`find ${keys.join(' ')}`);
    return super.find(keys, signal);
  }
}

/** Every call takes so long. */
class SlowErp extends MemoryErp {
  readonly #callMs: number;
  #nowMs = 0;

  constructor(callMs: number) {
    super({ enforcesKeys: true });
    this.#callMs = callMs;
  }

  readonly nowMs = (): number => this.#nowMs;

  override async post(postings: readonly Posting[], signal: AbortSignal): Promise<readonly PostOutcome[]> {
    this.#nowMs += this.#callMs;
    return super.post(postings, signal);
  }
  override async find(keys: readonly string[], signal: AbortSignal) {
    this.#nowMs += this.#callMs;
    return super.find(keys, signal);
  }
}

/** Takes two at a time only. */
function small(erp: ErpPort): ErpPort {
  return {
    enforcesKeys: erp.enforcesKeys,
    batchMax: 2,
    callsAtOnceMax: 1,
    catalogue: null,
    post: (postings, signal) => erp.post(postings, signal),
    find: (keys, signal) => erp.find(keys, signal),
    balances: (cursor, signal) => erp.balances(cursor, signal),
    balancesOf: (skus, signal) => erp.balancesOf(skus, signal),
    changes: (after, signal) => erp.changes(after, signal),
  };
}

/** Fails, with an answer, whatever call holds a posting of this item. */
function failsFor(erp: ErpPort, sku: Sku): ErpPort {
  const failed = (postings: readonly Posting[]): readonly PostOutcome[] =>
    postings.map(({ key }) => ({ key, outcome: 'unknown', detail: 'The ERP answered 500.' }));
  return {
    ...small(erp),
    batchMax: 500,
    post: async (postings, signal) =>
      postings.some((posting) => posting.sku === sku) ? failed(postings) : erp.post(postings, signal),
  };
}

/** Breaks, as a bug of ours does, on whatever call holds this posting. */
function breaksOn(erp: ErpPort, key: string): ErpPort {
  return {
    ...small(erp),
    batchMax: 500,
    post: async (postings, signal) => {
      if (postings.some((posting) => posting.key === key)) throw new Error('no such unit');
      return erp.post(postings, signal);
    },
  };
}

function keysOf(postings: readonly { readonly key: string }[]): string {
  return postings.map(({ key }) => key).join(' ');
}

function gist({ outcomes }: Posted): Record<string, string> {
  return Object.fromEntries([...outcomes].map(([key, { outcome }]) => [key, outcome]));
}

describe('[R31] asking before sending again', () => {
  test('a first attempt is posted to an ERP that enforces keys without asking', async () => {
    const erp = new WatchedErp({ enforcesKeys: true });
    const posted = await postFlushes(erp, [flush(TEA, [1, 2])], now);
    expect(erp.asked).toEqual(['post TEA#1 TEA#2']);
    expect(gist(posted)).toEqual({ 'TEA#1': 'posted', 'TEA#2': 'posted' });
  });

  test('a second attempt asks first, and posts only what the ERP does not have', async () => {
    const erp = new WatchedErp({ enforcesKeys: true });
    await erp.post([sale(TEA, 1)], AbortSignal.timeout(1_000));
    erp.asked.length = 0;
    const posted = await postFlushes(erp, [flush(TEA, [1, 2], { attempt: 2 })], now);
    expect(erp.asked).toEqual(['find TEA#1 TEA#2', 'post TEA#2']);
    expect(gist(posted)).toEqual({ 'TEA#1': 'duplicate', 'TEA#2': 'posted' });
    expect(posted.outcomes.get('TEA#1')).toMatchObject({ mark: 1, reference: 'M-1' });
  });

  test('a message that comes back asks first, even on its first attempt', async () => {
    const erp = new WatchedErp({ enforcesKeys: true });
    await postFlushes(erp, [flush(TEA, [1], { repeated: true })], now);
    expect(erp.asked).toEqual(['find TEA#1', 'post TEA#1']);
  });

  test('[I12] an ERP without key checks books once, though its first answer was lost', async () => {
    const erp = new WatchedErp({ enforcesKeys: false });
    erp.faults.applyThenTimeOutNext = 1;
    expect(gist(await postFlushes(erp, [flush(TEA, [1])], now))).toEqual({ 'TEA#1': 'unknown' });
    expect(gist(await postFlushes(erp, [flush(TEA, [1], { attempt: 2 })], now))).toEqual({ 'TEA#1': 'duplicate' });
    expect(erp.documents('TEA#1')).toBe(1);
  });

  test('what cannot be asked is not sent', async () => {
    const erp = new WatchedErp({ enforcesKeys: false });
    erp.faults.down = true;
    const posted = await postFlushes(erp, [flush(TEA, [1])], now);
    expect(erp.asked).toEqual(['find TEA#1']);
    expect(gist(posted)).toEqual({ 'TEA#1': 'unknown' });
  });
});

describe('[R33] what an answer means for those behind it', () => {
  test('a SKU without an answer posts nothing further, the others go on', async () => {
    const erp = new WatchedErp({ enforcesKeys: true });
    erp.faults.failNext = 1;
    const posted = await postFlushes(small(erp), [flush(TEA, [1, 2, 3]), flush(MUG, [7])], now);
    expect(erp.asked).toEqual(['post TEA#1 TEA#2', 'post MUG#7']);
    expect(gist(posted)).toEqual({ 'TEA#1': 'unknown', 'TEA#2': 'unknown', 'MUG#7': 'posted' });
  });

  test('a refusal for good stops nobody', async () => {
    const erp = new WatchedErp({ enforcesKeys: true });
    erp.faults.refusedSkus.add(TEA);
    const posted = await postFlushes(small(erp), [flush(TEA, [1, 2, 3]), flush(MUG, [7])], now);
    expect(gist(posted)).toEqual({ 'TEA#1': 'refused', 'TEA#2': 'refused', 'TEA#3': 'refused', 'MUG#7': 'posted' });
  });

  test('a throttled ERP is left alone for every SKU, as long as it asked for', async () => {
    const erp = new WatchedErp({ enforcesKeys: true });
    erp.faults.throttled = { retryAfterMs: 30_000 };
    const posted = await postFlushes(small(erp), [flush(TEA, [1, 2]), flush(MUG, [7])], now);
    expect(erp.asked).toEqual(['post TEA#1 TEA#2']);
    expect(posted.throttledMs).toBe(30_000);
    expect(posted.outcomes.has('MUG#7')).toBe(false);
  });

  test('an ERP that throttles the question is not sent the posting either', async () => {
    const erp = new WatchedErp({ enforcesKeys: false });
    erp.faults.throttled = { retryAfterMs: 5_000 };
    const posted = await postFlushes(erp, [flush(TEA, [1])], now);
    expect(erp.asked).toEqual(['find TEA#1']);
    expect(gist(posted)).toEqual({ 'TEA#1': 'throttled' });
  });

  test('one posting that makes the ERP fail is found by halving, and holds up nobody else', async () => {
    const erp = new WatchedErp({ enforcesKeys: true });
    const failing = failsFor(erp, MUG);
    const others = ['A', 'B', 'C'].map((sku) => flush(sku as Sku, [1]));
    const posted = await postFlushes(failing, [...others, flush(MUG, [7, 8])], now);
    expect(gist(posted)).toEqual({ 'A#1': 'posted', 'B#1': 'posted', 'C#1': 'posted', 'MUG#7': 'unknown', 'MUG#8': 'unknown' });
    expect(erp.asked).toEqual([
      'find A#1 B#1',
      'post A#1 B#1',
      'find C#1 MUG#7 MUG#8',
      'find C#1',
      'post C#1',
      'find MUG#7 MUG#8',
    ]);
  });

  test('an ERP that fails the question too is not asked about ever smaller parts', async () => {
    const erp = new WatchedErp({ enforcesKeys: true });
    erp.faults.down = true;
    const posted = await postFlushes(erp, [flush(TEA, [1]), flush(MUG, [1]), flush('CUP' as Sku, [1])], now);
    expect(erp.asked).toEqual(['post TEA#1 MUG#1 CUP#1', 'find TEA#1 MUG#1', 'find CUP#1']);
    expect(gist(posted)).toEqual({ 'TEA#1': 'unknown', 'MUG#1': 'unknown', 'CUP#1': 'unknown' });
  });

  test('[I12] what was booked before its answer was lost is found and not sent again', async () => {
    const erp = new WatchedErp({ enforcesKeys: false });
    erp.faults.applyThenTimeOutNext = 1;
    const posted = await postFlushes(erp, [flush(TEA, [1]), flush(MUG, [1])], now);
    expect(gist(posted)).toEqual({ 'TEA#1': 'duplicate', 'MUG#1': 'duplicate' });
    expect([erp.documents('TEA#1'), erp.documents('MUG#1')]).toEqual([1, 1]);
  });

  test('a posting on which our adapter breaks is left to a person after some tries, and holds up neither another SKU nor those behind it', async () => {
    const erp = new WatchedErp({ enforcesKeys: false });
    const breaking = breaksOn(erp, 'TEA#2');
    const flushes = (attempt: number) => [flush(MUG, [7], { attempt }), flush(TEA, [1, 2, 3], { attempt })];
    const early = await postFlushes(breaking, flushes(1), now);
    expect(gist(early)).toEqual({ 'MUG#7': 'posted', 'TEA#1': 'unknown', 'TEA#2': 'unknown', 'TEA#3': 'unknown' });
    const late = await postFlushes(breaking, flushes(ADAPTER_TRIES_MAX), now);
    expect(gist(late)).toEqual({ 'MUG#7': 'duplicate', 'TEA#1': 'posted', 'TEA#2': 'refused', 'TEA#3': 'posted' });
    expect(late.outcomes.get('TEA#2')).toMatchObject({
      code: 'adapter_broke',
      detail: 'The ERP adapter broke: Error: no such unit',
    });
    expect(erp.documents('TEA#1')).toBe(1);
  });

  test('[R33] [I12] what could not be sent for want of anything but an answer of the ERP is tried again, however often it was tried', async () => {
    const erp = new WatchedErp({ enforcesKeys: false });
    const post = async (): Promise<never> => {
      throw new ErpUnavailable('Our names of things could not be looked up.');
    };
    const posted = await postFlushes({ ...small(erp), post }, [flush(TEA, [1], { attempt: ADAPTER_TRIES_MAX })], now);
    expect(gist(posted)).toEqual({ 'TEA#1': 'unknown' });
    expect(posted.silent).toBe(false);
    expect(gist(await postFlushes(erp, [flush(TEA, [1], { attempt: ADAPTER_TRIES_MAX + 1 })], now))).toEqual({
      'TEA#1': 'posted',
    });
  });

  test('an adapter that breaks on the question leaves everything as it is', async () => {
    const erp = new WatchedErp({ enforcesKeys: false });
    const find = async (): Promise<never> => {
      throw new Error('not JSON');
    };
    const breaking: ErpPort = { ...small(erp), find };
    expect(gist(await postFlushes(breaking, [flush(TEA, [1], { attempt: 9 })], now))).toEqual({ 'TEA#1': 'unknown' });
    expect(erp.asked).toEqual([]);
  });

  test('an ERP that takes less from one call to the next is sent less', async () => {
    const erp = new WatchedErp({ enforcesKeys: true });
    let batchMax = 3;
    const shrinking = Object.defineProperty({ ...small(erp) }, 'batchMax', { get: () => batchMax-- });
    await postFlushes(shrinking, [flush(TEA, [1, 2, 3]), flush(MUG, [7, 8, 9])], now);
    expect(erp.asked).toEqual(['post TEA#1 TEA#2 TEA#3', 'post MUG#7 MUG#8', 'post MUG#9']);
  });

  test('those that never failed do not share a call with one that did', async () => {
    const erp = new WatchedErp({ enforcesKeys: true });
    await postFlushes(erp, [flush(TEA, [1], { attempt: 3 }), flush(MUG, [7])], now);
    expect(erp.asked).toEqual(['post MUG#7', 'find TEA#1', 'post TEA#1']);
  });

  test('a call that could not have its time is not begun', async () => {
    const erp = new SlowErp(POSTING_RUN_MS_MAX - ERP_CALL_MS_MIN + 1);
    const posted = await postFlushes(small(erp), [flush(TEA, [1, 2]), flush(MUG, [7])], erp.nowMs);
    expect(gist(posted)).toEqual({ 'TEA#1': 'posted', 'TEA#2': 'posted' });
    const other = new SlowErp(POSTING_RUN_MS_MAX - ERP_CALL_MS_MIN);
    expect(gist(await postFlushes(small(other), [flush(TEA, [1, 2]), flush(MUG, [7])], other.nowMs))).toMatchObject({
      'MUG#7': 'posted',
    });
  });

  test('a question that took as long as it may leaves the posting its own time', async () => {
    const erp = new SlowErp(ERP_CALL_MS_MAX);
    expect(gist(await postFlushes(erp, [flush(TEA, [1], { attempt: 2 })], erp.nowMs))).toEqual({ 'TEA#1': 'posted' });
  });
});

test('postings of many SKUs share calls, each SKU in sequence', async () => {
  const erp = new WatchedErp({ enforcesKeys: true });
  await postFlushes(small(erp), [flush(TEA, [1, 2, 3]), flush(MUG, [7])], now);
  expect(erp.asked).toEqual(['post TEA#1 TEA#2', 'post TEA#3 MUG#7']);
});
