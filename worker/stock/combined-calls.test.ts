import { describe, expect, test } from 'vitest';
import { CombinedCalls } from './combined-calls.ts';

/** An object that answers a call when the test says so, with what it was asked in capitals. */
function slowObject() {
  const calls: { readonly works: readonly string[]; readonly answered: PromiseWithResolvers<readonly string[]> }[] = [];
  return {
    calls,
    ask: (_: string, works: readonly string[]): Promise<readonly string[]> => {
      const answered = Promise.withResolvers<readonly string[]>();
      calls.push({ works, answered });
      return answered.promise;
    },
    get asked(): readonly (readonly string[])[] {
      return calls.map(({ works }) => works);
    },
    answer: async (call: number): Promise<void> => {
      calls[call]?.answered.resolve(calls[call].works.map((work) => work.toUpperCase()));
      await settled();
    },
  };
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
const LIMITS = { callsAtOnceMax: 4, callsApartMs: 25, callSizeMax: 100, waitingMax: 1_000, patienceMs: 60_000 };
const turnAway = (to: string): string => `too many for ${to}`;

const clock = { nowMs: 0 };
const now = (): number => clock.nowMs;

function combined(call: (to: string, works: readonly string[], again: boolean) => Promise<readonly string[]>, limits = {}) {
  const calls = new CombinedCalls<string, string, string>(call, turnAway, () => undefined, { ...LIMITS, ...limits }, now);
  return (work: string, to = 'tea'): Promise<string> => calls.ask(to, to, work);
}

test('[R37] a lone caller asks at once, and again as soon as the call before has ended', async () => {
  const object = slowObject();
  const ask = combined(object.ask);
  const first = ask('a');
  expect(object.asked).toEqual([['a']]);
  await object.answer(0);
  expect(await first).toBe('A');
  void ask('b');
  expect(object.asked).toEqual([['a'], ['b']]);
});

test('[R37] whoever comes during a call goes with the next, and each hears its own answer', async () => {
  const object = slowObject();
  const ask = combined(object.ask);
  const answers = Promise.all(['a', 'b', 'c', 'd'].map((work) => ask(work)));
  expect(object.asked).toEqual([['a']]);
  await object.answer(0);
  expect(object.asked).toEqual([['a'], ['b', 'c', 'd']]);
  await object.answer(1);
  expect(await answers).toEqual(['A', 'B', 'C', 'D']);
});

test('what goes to another object waits for nothing', () => {
  const object = slowObject();
  const ask = combined(object.ask);
  void ask('a');
  void ask('b', 'coffee');
  expect(object.asked).toEqual([['a'], ['b']]);
});

test('a call carries so many at most, and the rest goes with the one after it', async () => {
  const object = slowObject();
  const ask = combined(object.ask, { callSizeMax: 2 });
  for (const work of ['a', 'b', 'c', 'd']) void ask(work);
  await object.answer(0);
  await object.answer(1);
  expect(object.asked).toEqual([['a'], ['b', 'c'], ['d']]);
});

test('[R47] so many are collected, and more are turned away at once, while those of another object are not', async () => {
  const object = slowObject();
  const ask = combined(object.ask, { waitingMax: 2 });
  const [, second, third] = ['a', 'b', 'c'].map((work) => ask(work));
  expect(await ask('d')).toBe('too many for tea');
  void ask('a', 'coffee');
  void ask('b', 'coffee');
  expect(object.asked).toEqual([['a'], ['a']]);
  await object.answer(0);
  // Whoever is under way waits no more.
  void ask('e');
  await object.answer(2);
  expect(await Promise.all([second, third])).toEqual(['B', 'C']);
  expect(object.asked.slice(2)).toEqual([['b', 'c'], ['e']]);
});

describe('[R37] where a call takes long', () => {
  test('whoever comes then makes another, for all who wait, and each hears its own answer', async () => {
    const object = slowObject();
    const ask = combined(object.ask);
    const answers = ['a', 'b', 'c'].map((work) => ask(work));
    clock.nowMs += 24;
    answers.push(ask('d'));
    expect(object.asked).toEqual([['a']]);
    clock.nowMs += 1;
    answers.push(ask('e'));
    expect(object.asked).toEqual([['a'], ['e', 'b', 'c', 'd']]);
    await object.answer(1);
    await object.answer(0);
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  test('so many are under way at most, and of those who wait a call takes as many as it carries', async () => {
    const object = slowObject();
    const ask = combined(object.ask, { callsAtOnceMax: 2, callSizeMax: 2 });
    for (const work of ['a', 'b', 'c']) void ask(work);
    for (const work of ['d', 'e']) {
      clock.nowMs += 25;
      void ask(work);
    }
    expect(object.asked).toEqual([['a'], ['d', 'b']]);
    await object.answer(0);
    expect(object.asked.slice(2)).toEqual([['c', 'e']]);
  });

  test('one that ends just after another has gone out leaves those who wait to that one', async () => {
    const object = slowObject();
    const ask = combined(object.ask);
    void ask('a');
    clock.nowMs += 25;
    for (const work of ['b', 'c']) void ask(work);
    await object.answer(0);
    expect(object.asked).toEqual([['a'], ['b']]);
    await object.answer(1);
    expect(object.asked).toEqual([['a'], ['b'], ['c']]);
  });

  test('a clock that is set back keeps nobody from asking', () => {
    const object = slowObject();
    const ask = combined(object.ask);
    void ask('a');
    clock.nowMs -= 1_000;
    void ask('b');
    expect(object.asked).toEqual([['a'], ['b']]);
  });
});

test('[R9] of a call that fails nobody is told that it was refused, and the next is made all the same', async () => {
  const object = slowObject();
  const ask = combined(object.ask);
  const answers = Promise.allSettled(['a', 'b', 'c'].map((work) => ask(work)));
  await object.answer(0);
  const late = ask('d');
  object.calls[1]?.answered.reject(new Error('lost'));
  await settled();
  const lost = { status: 'rejected', reason: new Error('lost') };
  expect(await answers).toEqual([{ status: 'fulfilled', value: 'A' }, lost, lost]);
  await object.answer(2);
  expect(await late).toBe('D');
});

test('[R9] an answer too few is an error for all, and not the answer of another', async () => {
  const object = slowObject();
  const ask = combined(object.ask);
  const answers = Promise.allSettled(['a', 'b', 'c'].map((work) => ask(work)));
  await object.answer(0);
  object.calls[1]?.answered.resolve(['B']);
  expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
});

test('[R9] whoever waits for somebody who has vanished asks alone, and who comes then begins anew', async () => {
  const object = slowObject();
  const ask = combined(object.ask, { patienceMs: 1 });
  void ask('a');
  const waits = ask('b');
  await new Promise<void>((done) => setTimeout(done, 1));
  await settled();
  expect(object.asked).toEqual([['a'], ['b']]);
  void ask('c');
  expect(object.asked).toEqual([['a'], ['b'], ['c']]);
  await object.answer(1);
  expect(await waits).toBe('B');
  await object.answer(0);
  expect(object.asked).toEqual([['a'], ['b'], ['c']]);
});

test('[R9] whoever went to ask alone is given no turn any more, so that nobody behind waits for it', async () => {
  const object = slowObject();
  const limits = { ...LIMITS, patienceMs: 1 };
  const calls = new CombinedCalls<string, string, string>(object.ask, turnAway, () => undefined, limits, now);
  void calls.ask('tea', 'tea', 'a');
  void calls.ask('tea', 'tea', 'b');
  limits.patienceMs = 60_000;
  const behind = calls.ask('tea', 'tea', 'c');
  await new Promise<void>((done) => setTimeout(done, 1));
  await settled();
  await object.answer(0);
  expect(object.asked).toEqual([['a'], ['b'], ['c']]);
  await object.answer(2);
  expect(await behind).toBe('C');
});

test('[R9] each call is kept alive until everybody has heard, whatever becomes of its own caller', async () => {
  const object = slowObject();
  const kept: Promise<unknown>[] = [];
  const calls = new CombinedCalls<string, string, string>(object.ask, turnAway, (work) => void kept.push(work), LIMITS, now);
  void calls.ask('tea', 'tea', 'a');
  void calls.ask('tea', 'tea', 'b');
  expect(kept).toHaveLength(2);
  await object.answer(0);
  expect(kept).toHaveLength(3);
  await object.answer(1);
  await Promise.all(kept);
});

test('[R9] whoever asks alone says that it may have been asked before', async () => {
  const heard: boolean[] = [];
  const ask = combined(
    (_, works, again) => {
      heard.push(again);
      return again ? Promise.resolve(works) : new Promise(() => undefined);
    },
    { patienceMs: 1 },
  );
  void ask('a');
  expect(await ask('b')).toBe('b');
  expect(heard).toEqual([false, true]);
});
