import { beforeEach, expect, test } from 'vitest';
import { TURN_MS_MAX } from '../../domain/webhook-lane/limits.ts';
import type { Failure, WebhookLane } from '../../domain/webhook-lane/webhook-lane.ts';
import { Keeper } from './keeper.ts';
import { PASSED_OVER_UNWRITTEN_MAX } from './limits.ts';
import type { Turn } from './protocol.ts';

let nowMs: number;
let kept: WebhookLane | null;
let written: number;
let woken: number[];
let keeper: Keeper;

function begun(): Keeper {
  let ids = 0;
  return new Keeper({
    store: {
      read: () => kept,
      write: (lane) => {
        kept = structuredClone(lane);
        written += 1;
      },
    },
    nowMs: () => nowMs,
    random: () => 0.5,
    newId: () => `lease ${(ids += 1)}`,
    wakeBy: (atMs) => void woken.push(atMs),
  });
}

beforeEach(() => {
  nowMs = 1_000_000;
  kept = null;
  written = 0;
  woken = [];
  keeper = begun();
});

const LIVE = { name: 'live', after: 0, until: null } as const;
const FAILURE: Failure = { detail: 'It answered 500.', retryAfterMs: null, gone: false };
const some = (through: number, delivered: number, ended: boolean) => ({ through, delivered, failure: null, ended });
function leaseOf(turn: Turn): string {
  if (turn.turn !== 'deliver') throw new Error(turn.turn);
  return turn.lease;
}

test('[R77] one delivers at a time, page after page, until the stream ends', () => {
  const turn = keeper.begin(0);
  expect(turn).toMatchObject({ turn: 'deliver', next: LIVE });
  const lease = leaseOf(turn);
  expect(keeper.begin(0)).toEqual({ turn: 'busy' });
  expect(keeper.report(lease, 'live', some(100, 100, false))).toEqual({ ...LIVE, after: 100 });
  // Somebody came with news meanwhile, which that page may not have held.
  keeper.begin(0);
  expect(keeper.report(lease, 'live', some(120, 20, true))).toEqual({ ...LIVE, after: 120 });
  expect(keeper.report(lease, 'live', some(120, 0, true))).toBe(null);
  expect(keeper.begin(0)).toMatchObject({ turn: 'deliver', next: { after: 120 } });
});

test('[R77] whoever died is waited for no longer than a turn lasts, and changes nothing afterwards', () => {
  const first = leaseOf(keeper.begin(0));
  nowMs += TURN_MS_MAX;
  const second = keeper.begin(0);
  expect(second).toMatchObject({ turn: 'deliver' });
  expect(keeper.report(first, 'live', some(9, 9, false))).toBe(null);
  keeper.rest(first);
  expect(keeper.begin(0)).toEqual({ turn: 'busy' });
  expect(keeper.seen(0).live.after).toBe(0);
});

test('[R77] a restart forgets who delivers and nothing else', () => {
  const lease = leaseOf(keeper.begin(7));
  keeper.report(lease, 'live', some(9, 2, false));
  keeper = begun();
  expect(keeper.begin(7)).toMatchObject({ turn: 'deliver', next: { after: 9 } });
});

test('[R78] after a failure it is let go, wants somebody when it is due, and is not delivered to before', () => {
  const lease = leaseOf(keeper.begin(0));
  expect(keeper.report(lease, 'live', { ...some(3, 3, false), failure: FAILURE })).toBe(null);
  expect([woken, written]).toEqual([[nowMs + 500], 1]);
  expect(keeper.begin(0)).toEqual({ turn: 'wait' });
  nowMs += 500;
  expect(keeper.begin(0)).toMatchObject({ turn: 'deliver', next: { after: 3 } });
});

test('[R79] a replay and what is new take turns', () => {
  expect(keeper.replay(50, 10, 30)).toBe(true);
  expect(keeper.replay(50, 10, 30)).toBe(false);
  const lease = leaseOf(keeper.begin(50));
  expect(keeper.report(lease, 'live', some(60, 10, false))).toEqual({ name: 'replay', after: 10, until: 30 });
  expect(keeper.report(lease, 'replay', some(20, 10, false))).toEqual({ ...LIVE, after: 60 });
  expect(keeper.report(lease, 'live', some(60, 0, true))).toEqual({ name: 'replay', after: 20, until: 30 });
  expect(keeper.report(lease, 'replay', some(30, 10, true))).toBe(null);
});

test('what is passed over costs a row for a thousand events', () => {
  let lease = leaseOf(keeper.begin(0));
  keeper.report(lease, 'live', some(PASSED_OVER_UNWRITTEN_MAX - 1, 0, true));
  expect(written).toBe(0);
  lease = leaseOf(keeper.begin(0));
  keeper.report(lease, 'live', some(PASSED_OVER_UNWRITTEN_MAX, 0, true));
  expect(written).toBe(1);
});
