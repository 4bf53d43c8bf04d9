import { beforeEach, describe, expect, test } from 'vitest';
import type { LaneSettings } from '../../domain/lane/lane.ts';
import type { CallResult } from '../../domain/lane/report.ts';
import type { Admitted, ErpLaneStub, Reported, Wanted } from '../../durable-objects/erp-lane/protocol.ts';
import { MemoryErp } from '../../erp/memory/memory-erp.ts';
import { ErpUnavailable, type ErpPort, type PostOutcome } from '../../erp/port.ts';
import { MUG, sale, TEA } from '../../test/pipeline/postings.ts';
import { lanedErp } from './laned-erp.ts';
import { LANE_AWAY_MS, LANE_PATIENCE_MS, MESSAGES_MAX } from './limits.ts';

const SETTINGS: LaneSettings = { callsPerSecond: null, burst: 1, callsAtOnceMax: 3, growAfter: 1, openAfter: 1, leaseMs: 30_000 };

/** A lane that answers as it is told, and writes down what it hears. */
class FakeLane {
  answer: Admitted | Error = { admitted: true, lease: 'lease', forMs: 30_000 };
  readonly wanted: Pick<Wanted, 'patienceMs' | 'skus'>[] = [];
  readonly reports: CallResult[] = [];
  closes = false;

  async admit({ patienceMs, skus }: Wanted): Promise<Admitted> {
    this.wanted.push({ patienceMs, skus });
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
  async report(...[, result]: Parameters<ErpLaneStub['report']>): Promise<Reported> {
    this.reports.push(result);
    return { closed: this.closes };
  }
  seen(): Promise<never> {
    throw new Error('nobody asks for it here');
  }
}

let erp: MemoryErp;
let lane: FakeLane;
let laned: ErpPort;
let closed = 0;
const way = { laneOf: () => lane, settings: SETTINGS, onClosed: () => void (closed += 1) };
// However long the machine takes.
const patient = new AbortController().signal;

beforeEach(() => {
  erp = new MemoryErp({ enforcesKeys: true });
  lane = new FakeLane();
  closed = 0;
  laned = lanedErp(erp, way);
});

const gist = (outcomes: readonly PostOutcome[]) => outcomes.map(({ outcome }) => outcome);

describe('[R33] a posting behind a lane', () => {
  test('is posted when the lane lets it through, which hears that the ERP answered', async () => {
    expect(gist(await laned.post([sale(TEA, 1), sale(TEA, 2), sale(MUG, 1)], patient))).toEqual(['posted', 'posted', 'posted']);
    expect(lane.wanted).toEqual([{ patienceMs: LANE_PATIENCE_MS, skus: 2 }]);
    expect(lane.reports).toEqual([{ result: 'answered' }]);
  });

  test('is surely not posted when it does not, and says when to come back', async () => {
    lane.answer = { admitted: false, retryAfterMs: 7_000 };
    expect(await laned.post([sale(TEA, 1)], patient)).toEqual([{ key: 'TEA#1', outcome: 'throttled', retryAfterMs: 7_000 }]);
    expect(erp.documents('TEA#1')).toBe(0);
    expect(lane.reports).toEqual([]);
  });

  test.each<[string, (erp: MemoryErp) => void, CallResult]>([
    ['failed', ({ faults }) => (faults.down = true), { result: 'failed' }],
    [
      'asked for patience',
      ({ faults }) => (faults.throttled = { retryAfterMs: 4_000 }),
      { result: 'throttled', retryAfterMs: 4_000 },
    ],
    ['answered, be it with a refusal', ({ faults }) => faults.refusedSkus.add(TEA), { result: 'answered' }],
    ['answered, be it that it will book later', ({ faults }) => (faults.pendingNext = 1), { result: 'answered' }],
  ])('tells the lane that the ERP %s', async (_, suffer, result) => {
    suffer(erp);
    await laned.post([sale(TEA, 1)], patient);
    expect(lane.reports).toEqual([result]);
  });

  test('that closes a lane which was open lets it be known once', async () => {
    await laned.post([sale(TEA, 1)], patient);
    expect(closed).toBe(0);
    lane.closes = true;
    await laned.post([sale(TEA, 2)], patient);
    expect(closed).toBe(1);
  });

  test('that alone got no answer says nothing against the ERP', async () => {
    const partly: ErpPort = {
      ...lanedErp(erp, way),
      post: async (postings, signal) => [
        ...(await erp.post(postings.slice(1), signal)),
        { key: 'TEA#1', outcome: 'unknown', detail: '' },
      ],
    };
    await lanedErp(partly, way).post([sale(TEA, 1), sale(MUG, 1)], patient);
    expect(lane.reports).toEqual([{ result: 'answered' }]);
  });

  test('of nothing asks nobody', async () => {
    expect(await laned.post([], patient)).toEqual([]);
    expect(lane.wanted).toEqual([]);
  });

  test('is not sent where the lane cannot be asked', async () => {
    lane.answer = new Error('the object is away');
    expect(await laned.post([sale(TEA, 1)], patient)).toMatchObject([{ outcome: 'throttled', retryAfterMs: LANE_AWAY_MS }]);
    expect(erp.documents('TEA#1')).toBe(0);
  });

  test('that waited until nobody waits for it any more is not sent, and blames nobody', async () => {
    expect(await laned.post([sale(TEA, 1)], AbortSignal.abort())).toMatchObject([{ outcome: 'throttled' }]);
    expect(lane.reports).toEqual([{ result: 'not_called' }]);
  });

  test('gives its place back when the adapter breaks', async () => {
    const broken = lanedErp({ ...laned, post: () => Promise.reject(new Error('a bug')) }, way);
    await expect(broken.post([sale(TEA, 1)], patient)).rejects.toThrow('a bug');
    expect(lane.reports).toEqual([{ result: 'not_called' }]);
  });

  test('is given up when its place is no longer its own', async () => {
    lane.answer = { admitted: true, lease: 'lease', forMs: 1 };
    let gaveUp = false;
    const slow: ErpPort = {
      ...laned,
      post: (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            gaveUp = true;
            resolve([]);
          });
        }),
    };
    await lanedErp(slow, way).post([sale(TEA, 1)], patient);
    expect(gaveUp).toBe(true);
  });

  test('of a full call counts for as many objects as a batch may bring', async () => {
    const full = Array.from({ length: laned.batchMax }, (_, index) => sale(TEA, index + 1));
    await laned.post(full, patient);
    expect(lane.wanted).toMatchObject([{ skus: MESSAGES_MAX }]);
  });
});

describe('[R33] a question behind a lane', () => {
  test('is answered when the lane lets it through', async () => {
    await laned.post([sale(TEA, 1)], patient);
    expect([...(await laned.find(['TEA#1', 'MUG#1'], patient)).keys()]).toEqual(['TEA#1']);
    expect(await laned.balances(null, patient)).toMatchObject({ items: [{ sku: TEA }] });
    expect(await laned.balancesOf([TEA], patient)).toMatchObject([{ sku: TEA }]);
    expect(await laned.changes(null, patient)).toMatchObject({ items: [{ key: 'TEA#1' }] });
    expect(lane.wanted.map(({ skus }) => skus)).toEqual([1, 2, 0, 0, 0]);
    expect(lane.reports).toHaveLength(5);
  });

  test.each(['find', 'balances', 'balancesOf', 'changes'] as const)('%s is unavailable when it does not', async (question) => {
    lane.answer = { admitted: false, retryAfterMs: 7_000 };
    const ask = { ...laned, find: () => laned.find(['TEA#1'], patient), balancesOf: () => laned.balancesOf([TEA], patient) };
    await expect(ask[question](null, patient)).rejects.toMatchObject({ name: 'ErpUnavailable', retryAfterMs: 7_000 });
  });

  test('without an answer is a failure, one that is asked to wait a wish for patience', async () => {
    erp.faults.down = true;
    await expect(laned.changes(null, patient)).rejects.toThrow(ErpUnavailable);
    erp.faults.down = false;
    erp.faults.throttled = { retryAfterMs: 4_000 };
    await expect(laned.changes(null, patient)).rejects.toThrow(ErpUnavailable);
    expect(lane.reports).toEqual([{ result: 'failed' }, { result: 'throttled', retryAfterMs: 4_000 }]);
  });

  test('of the catalogue goes through it as well', async () => {
    const items = { items: [], nextCursor: null };
    const catalogue = { items: async () => items, locations: async () => [] };
    const told = lanedErp({ ...laned, catalogue }, way);
    expect(await told.catalogue?.items(null, patient)).toEqual(items);
    expect(await told.catalogue?.locations(patient)).toEqual([]);
    expect(lane.reports).toHaveLength(2);
  });
});
