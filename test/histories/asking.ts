import { untilAnswered, type Said } from '../buyers/ask.ts';
import type { Dice } from '../model/dice.ts';
import { monotonicNow, type Call, type Records } from './record.ts';

export interface Network {
  /** One try. Throws where nobody answered. */
  readonly ask: (
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ) => Promise<Said>;
  /** Waits before the next try, for somebody who serves. */
  readonly pause: (tries: number, why: string) => Promise<void>;
  readonly nowMs: () => number;
  /** Of answers that came, so many in a hundred are thrown away, and so many calls are left while they run. */
  readonly thrownAway: number;
  readonly left: number;
}

/** Asks until it is answered, under one key, through a network that loses some of the answers; and writes all of it down. */
export async function askAndRecord(
  wish: Omit<Call, 'invokedAt' | 'invokedMs'>,
  network: Network,
  recorder: Records,
  dice: Dice,
): Promise<Said> {
  recorder.asks({ ...wish, invokedAt: monotonicNow(), invokedMs: network.nowMs() });
  const counted = { failed: 0, thrownAway: 0, left: 0 };
  let heardAt: number | null = null;
  const headers: Readonly<Record<string, string>> = wish.method === 'POST' ? { 'idempotency-key': wish.id } : {};
  const chance = (inHundred: number): boolean => dice.roll(1, 100) <= inHundred;
  for (;;) {
    const ask = async (): Promise<Said> => {
      if (!chance(network.left)) return network.ask(wish.method, wish.path, wish.body, headers);
      // Who asked does not wait, but whoever was asked goes on, and meets the same key again.
      const said = network.ask(wish.method, wish.path, wish.body, headers, AbortSignal.timeout(dice.roll(1, 8)));
      return said.catch(() => {
        counted.left += 1;
        return network.ask(wish.method, wish.path, wish.body, headers);
      });
    };
    const said = await untilAnswered(ask, {
      pause: (tries, why) => {
        counted.failed += 1;
        return network.pause(tries, why);
      },
    });
    heardAt ??= monotonicNow();
    if (wish.method === 'POST' && chance(network.thrownAway)) {
      counted.thrownAway += 1;
      continue;
    }
    const { status, body } = said;
    const replayed = said.headers.get('idempotent-replayed') === 'true';
    recorder.hears({
      id: wish.id,
      status,
      body,
      replayed,
      ...counted,
      heardAt,
      returnedAt: monotonicNow(),
      returnedMs: network.nowMs(),
    });
    return said;
  }
}
