import { beforeEach, expect, test } from 'vitest';
import type { KeptLane } from '../../domain/lane/kept.ts';
import type { LaneSettings } from '../../domain/lane/lane.ts';
import { FULL_WAIT_MS, TURN_MS } from '../../domain/lane/limits.ts';
import type { CallResult } from '../../domain/lane/report.ts';
import { Gate } from './gate.ts';
import { LINE_MAX } from './limits.ts';
import type { Admitted } from './protocol.ts';

const SETTINGS: LaneSettings = {
  callsPerSecond: null,
  burst: 1,
  callsAtOnceMax: 2,
  growAfter: 10,
  openAfter: 2,
  leaseMs: 30_000,
};
const ALONE: LaneSettings = { ...SETTINGS, callsAtOnceMax: 1 };
const ANSWERED: CallResult = { result: 'answered' };
const FAILED: CallResult = { result: 'failed' };

/** A gate with a clock that is moved by hand, and a line of callers with names. */
class Watched {
  nowMs = 1_000;
  kept: KeptLane | null = null;
  diskFails = false;
  written = 0;
  readonly said = new Map<string, Admitted>();
  #ids = 0;
  #timers: { readonly atMs: number; readonly call: () => void }[] = [];
  gate = this.#begun();

  #begun(): Gate {
    return new Gate({
      store: {
        read: () => this.kept,
        write: (kept) => {
          if (this.diskFails) throw new Error('disk I/O error');
          this.kept = structuredClone(kept);
          this.written += 1;
        },
      },
      nowMs: () => this.nowMs,
      random: () => 0.5,
      newId: () => `lease ${(this.#ids += 1)}`,
      after: (ms, call) => {
        const timer = { atMs: this.nowMs + ms, call };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((each) => each !== timer);
        };
      },
    });
  }

  restart(): void {
    this.#timers = [];
    this.gate = this.#begun();
  }

  async comes(
    name: string,
    more: { readonly patienceMs?: number; readonly skus?: number; readonly settings?: LaneSettings } = {},
  ) {
    const wanted = { settings: SETTINGS, patienceMs: 2_000, skus: 1, ...more };
    void this.gate.admit(wanted).then((answer) => this.said.set(name, answer));
    await this.#heard();
    return this.said.get(name);
  }

  async goes(name: string, result: CallResult = ANSWERED, settings = SETTINGS): Promise<void> {
    const answer = this.said.get(name);
    if (answer?.admitted !== true) throw new Error(`${name} is not on the lane`);
    this.gate.report(answer.lease, result, settings);
    await this.#heard();
  }

  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    const rings = this.#timers.filter(({ atMs }) => atMs <= this.nowMs);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.nowMs);
    for (const { call } of rings) call();
    await this.#heard();
  }

  async #heard(): Promise<void> {
    await Promise.resolve();
    await Promise.resolve();
  }
}

let gate: Watched;
beforeEach(() => {
  gate = new Watched();
});

const IN = { admitted: true };

test('[R33] callers stand in line, first come first served, and are let in when somebody comes back', async () => {
  for (const name of ['a', 'b', 'c', 'd']) await gate.comes(name);
  expect([...gate.said.keys()]).toEqual(['a', 'b']);
  await gate.goes('b');
  expect([...gate.said.keys()]).toEqual(['a', 'b', 'c']);
  await gate.goes('a');
  expect([...gate.said.keys()]).toEqual(['a', 'b', 'c', 'd']);
});

test('[R33] who stood in line for as long as their patience lasts is sent away, and comes back soon', async () => {
  for (const name of ['a', 'b']) await gate.comes(name);
  await gate.comes('c', { skus: 100 });
  await gate.comes('d');
  await gate.pass(1_999);
  expect(gate.said.has('c')).toBe(false);
  await gate.pass(1);
  expect(gate.said.get('c')).toEqual({ admitted: false, retryAfterMs: FULL_WAIT_MS });
  expect(gate.said.get('d')).toEqual({ admitted: false, retryAfterMs: FULL_WAIT_MS + 100 * TURN_MS });
});

test('[R33] nobody waits in line for an ERP that wants to be left alone for longer', async () => {
  await gate.comes('a');
  await gate.goes('a', { result: 'throttled', retryAfterMs: 2_001 });
  expect(await gate.comes('b')).toEqual({ admitted: false, retryAfterMs: 2_001 });
});

test('[R33] a short wait is waited out in line', async () => {
  await gate.comes('a');
  await gate.goes('a', { result: 'throttled', retryAfterMs: 1_500 });
  expect(await gate.comes('b')).toBe(undefined);
  await gate.pass(1_500);
  expect(gate.said.get('b')).toMatchObject(IN);
});

test('[R33] a wait that grows while somebody stands in line sends them away', async () => {
  for (const name of ['a', 'b']) await gate.comes(name);
  await gate.comes('c');
  await gate.goes('a', { result: 'throttled', retryAfterMs: 60_000 });
  expect(gate.said.get('c')).toEqual({ admitted: false, retryAfterMs: 60_000 });
});

test('[R33] the place of a caller who died is given to the next in line', async () => {
  await gate.comes('a', { settings: ALONE });
  await gate.comes('b', { settings: ALONE, patienceMs: 40_000 });
  await gate.pass(30_000);
  expect(gate.said.get('b')).toMatchObject(IN);
});

test('[R33] of an open lane one tries, and the others come in when that went well', async () => {
  for (const name of ['a', 'b']) await gate.comes(name);
  for (const name of ['a', 'b']) await gate.goes(name, FAILED);
  expect(gate.gate.seen(SETTINGS)).toMatchObject({ state: 'open', openedTotal: 1, inFlight: 0 });
  for (const name of ['c', 'd']) await gate.comes(name);
  await gate.pass(500);
  expect(gate.said.get('c')).toMatchObject(IN);
  expect(gate.said.has('d')).toBe(false);
  expect(gate.gate.seen(SETTINGS)).toMatchObject({ state: 'half_open', inFlight: 1 });
  await gate.goes('c');
  expect(gate.said.get('d')).toMatchObject(IN);
  expect(gate.gate.seen(SETTINGS)).toMatchObject({ state: 'closed', window: 1, inFlight: 1 });
});

test('[R33] whoever brings the answer that closes an open lane is told so, once', () => {
  const { gate: it } = gate;
  for (const lease of ['a', 'b']) expect(it.report(lease, FAILED, SETTINGS)).toEqual({ closed: false });
  gate.nowMs += 500;
  return gate.comes('probe').then(() => {
    const answer = gate.said.get('probe');
    const lease = answer?.admitted === true ? answer.lease : '';
    expect(it.report(lease, ANSWERED, SETTINGS)).toEqual({ closed: true });
    expect(it.report(lease, ANSWERED, SETTINGS)).toEqual({ closed: false });
  });
});

test('[R33] calls that go well, or fail now and then, write nothing; opening and closing write a row each', async () => {
  for (const [index, result] of [ANSWERED, FAILED, ANSWERED, ANSWERED].entries()) {
    await gate.comes(`healthy ${index}`);
    await gate.goes(`healthy ${index}`, result);
  }
  expect(gate.written).toBe(0);
  for (const name of ['a', 'b']) {
    await gate.comes(name);
    await gate.goes(name, FAILED);
  }
  expect(gate.written).toBe(1);
  await gate.pass(500);
  await gate.comes('c');
  expect(gate.written).toBe(1);
  await gate.goes('c');
  expect(gate.written).toBe(2);
});

test('[R33] an exclusive lane writes who is on it and that nobody is, and a restart forgets neither', async () => {
  await gate.comes('a', { settings: ALONE });
  expect(gate.written).toBe(1);
  gate.restart();
  expect(await gate.comes('b', { settings: ALONE })).toBe(undefined);
  await gate.goes('a', ANSWERED, ALONE);
  expect(gate.said.get('b')).toMatchObject(IN);
});

test('[R33] a restart does not forget that the lane is open', async () => {
  for (const name of ['a', 'b']) {
    await gate.comes(name);
    await gate.goes(name, FAILED);
  }
  gate.restart();
  expect(gate.gate.seen(SETTINGS)).toMatchObject({ state: 'open', openedTotal: 1 });
  expect(await gate.comes('c', { patienceMs: 100 })).toEqual({ admitted: false, retryAfterMs: 500 });
});

test('the line has an end: whoever comes after that is sent away at once', async () => {
  for (const name of ['a', 'b']) await gate.comes(name);
  for (let place = 0; place < LINE_MAX; place += 1) await gate.comes(`place ${place}`);
  expect(gate.said.size).toBe(2);
  expect(await gate.comes('one too many')).toMatchObject({ admitted: false });
});

test('[R33] who stands in line when the lane cannot be written down is turned away, and not forgotten', async () => {
  await gate.comes('a', { settings: ALONE });
  await gate.comes('b', { settings: ALONE, patienceMs: 40_000 });
  await gate.comes('c', { settings: ALONE, patienceMs: 40_000 });
  gate.diskFails = true;
  await gate.pass(30_000);
  expect([gate.said.get('b'), gate.said.get('c')]).toEqual(Array(2).fill({ admitted: false, retryAfterMs: FULL_WAIT_MS }));
  gate.diskFails = false;
  expect(await gate.comes('d', { settings: ALONE })).toMatchObject(IN);
});
