import type { Dice } from './model/dice.ts';

/** What a stub of a vendor goes by instead of the time of day. */
export interface StubClock {
  nowMs: number;
}

/** What goes wrong on the way to a stub, in it, or on the way back. */
export interface StubFaults {
  /** 503 with a page for people. */
  down: boolean;
  /** 429; nothing is looked at. */
  throttledMs: number | null;
  /** 200 with something that nobody understands; nothing is done. */
  nonsense: boolean;
  /** No token and no key is worth anything. */
  lockedOut: boolean;
  /** The next call that sets something hangs until the caller has had enough, before or after it was done. */
  hangNext: 'before' | 'after' | null;
  /** One call in so many goes wrong in one of these ways; a lost one fails at once, as a broken line does. */
  random: { readonly dice: Dice; readonly oneIn: number } | null;
}

export const NO_FAULTS: StubFaults = {
  down: false,
  throttledMs: null,
  nonsense: false,
  lockedOut: false,
  hangNext: null,
  random: null,
};

/** The levers of the contract's harness that only concern the line. */
export function faultLevers(faults: StubFaults) {
  return {
    throttle: async (retryAfterMs: number) => void (faults.throttledMs = retryAfterMs),
    timeOutBeforeSetting: async () => void (faults.hangNext = 'before'),
    timeOutAfterSetting: async () => void (faults.hangNext = 'after'),
    answerNonsense: async () => void (faults.nonsense = true),
    lockOut: async () => void (faults.lockedOut = true),
    goDown: async () => void (faults.down = true),
    heal: async () => void Object.assign(faults, NO_FAULTS),
  };
}

export interface StubCall {
  readonly request: Request;
  /** Whether it sets something. */
  readonly sets: boolean;
  /** Whether the vendor's limits allow it; looked at only when it arrives. */
  readonly allowed: () => boolean;
  readonly serve: () => Promise<Response>;
  readonly throttle: (retryAfterMs: number) => Response;
}

/** One call as the faults let it pass. */
export async function passing(faults: StubFaults, { request, sets, allowed, serve, throttle }: StubCall): Promise<Response> {
  const hang = sets ? faults.hangNext : null;
  if (hang !== null) faults.hangNext = null;
  const chance = chanceOf(faults);
  if (hang === 'before') return never(request.signal);
  if (chance === 'lost_before') throw new TypeError('the line broke');
  if (!allowed()) return throttle(1_000);
  if (faults.throttledMs !== null) return throttle(faults.throttledMs);
  if (chance === 'throttled') return throttle(1_000 * (faults.random?.dice.roll(1, 5) ?? 1));
  if (faults.down || chance === 'failed') return new Response('<h1>Service Unavailable</h1>', { status: 503 });
  if (faults.nonsense) return new Response('{"fine":true}', { headers: { 'Content-Type': 'application/json' } });
  const answer = await serve();
  if (hang === 'after') return never(request.signal);
  if (chance === 'lost_after') throw new TypeError('the line broke');
  return answer;
}

function chanceOf({ random }: StubFaults): 'throttled' | 'failed' | 'lost_before' | 'lost_after' | null {
  if (random === null || !random.dice.oneIn(random.oneIn)) return null;
  return random.dice.pick(['throttled', 'failed', 'lost_before', 'lost_after'] as const) ?? null;
}

function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(new TypeError('aborted'));
    signal.addEventListener('abort', () => reject(new TypeError('aborted')), { once: true });
  });
}

/** So many calls in any span of so long. */
export class CallWindow {
  readonly #max: number;
  readonly #spanMs: number;
  readonly #atMs: number[] = [];

  constructor(max: number, spanMs: number) {
    this.#max = max;
    this.#spanMs = spanMs;
  }

  takes(nowMs: number): boolean {
    while ((this.#atMs[0] ?? Infinity) <= nowMs - this.#spanMs) this.#atMs.shift();
    if (this.#atMs.length >= this.#max) return false;
    this.#atMs.push(nowMs);
    return true;
  }
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
}
