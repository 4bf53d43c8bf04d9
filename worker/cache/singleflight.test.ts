import { afterEach, expect, test, vi } from 'vitest';
import { SHARED_READ_MS_MAX } from '../../contracts/limits.ts';
import { Singleflight } from './singleflight.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('many ask, one fetches, and each has the answer', async () => {
  const flights = new Singleflight<number>(() => undefined);
  const fetched = Promise.withResolvers<number>();
  let fetches = 0;
  const fetchIt = (): Promise<number> => {
    fetches += 1;
    return fetched.promise;
  };
  const waiting = [flights.ask('tea', fetchIt), flights.ask('tea', fetchIt), flights.ask('tea', fetchIt)];
  fetched.resolve(7);
  expect(await Promise.all(waiting)).toEqual([7, 7, 7]);
  expect(fetches).toBe(1);
});

test('no two of them hold the same promise', () => {
  const flights = new Singleflight<number>(() => undefined);
  const never = (): Promise<number> => new Promise(() => undefined);
  expect(flights.ask('tea', never)).not.toBe(flights.ask('tea', never));
});

test('a failure is the answer of all who waited, and of nobody after', async () => {
  const flights = new Singleflight<number>(() => undefined);
  const failing = (): Promise<number> => Promise.reject(new Error('down'));
  const results = await Promise.allSettled([flights.ask('tea', failing), flights.ask('tea', failing)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await flights.ask('tea', async () => 1)).toBe(1);
});

test('what is asked for outlives whoever asked first', () => {
  const kept: Promise<unknown>[] = [];
  const flights = new Singleflight<number>((work) => kept.push(work));
  void flights.ask('tea', async () => 1);
  expect(kept.length).toBe(1);
});

test('where the one who fetches has vanished, a follower asks by itself, and so does whoever comes next', async () => {
  vi.useFakeTimers();
  const flights = new Singleflight<number>(() => undefined);
  void flights.ask('tea', () => new Promise(() => undefined));
  const follower = flights.ask('tea', async () => 2);
  await vi.advanceTimersByTimeAsync(SHARED_READ_MS_MAX);
  expect(await follower).toBe(2);
  expect(await flights.ask('tea', async () => 3)).toBe(3);
});

test('one who was given up and comes back does not end the flight of whoever came next', async () => {
  vi.useFakeTimers();
  const flights = new Singleflight<number>(() => undefined);
  const [late, next] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const first = flights.ask('tea', () => late.promise);
  const follower = flights.ask('tea', async () => 2);
  await vi.advanceTimersByTimeAsync(SHARED_READ_MS_MAX);
  await follower;
  void flights.ask('tea', () => next.promise);
  late.resolve(1);
  expect(await first).toBe(1);
  const joined = flights.ask('tea', async () => 4);
  next.resolve(3);
  await vi.advanceTimersByTimeAsync(1);
  expect(await joined).toBe(3);
});
