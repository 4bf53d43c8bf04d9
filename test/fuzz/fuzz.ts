import fc, { type Arbitrary } from 'fast-check';
import { Dice } from '../model/dice.ts';
import { OPERATIONS, type Operation } from './document.ts';
import { WORDS, type Door } from './door.ts';
import { takesKey, whyRefused } from './expected.ts';
import { mutated, requestOf } from './mutations.ts';
import { asksForPatience, differsFromReplay, judged } from './oracles.ts';
import { told, type Answer, type FuzzRequest } from './request.ts';
import { Secrets } from './secrets.ts';
import { draftsOf, type Draft } from './valid.ts';
import { Vocabulary } from './vocabulary.ts';

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly progress?: (done: number) => void;
  /** It is over sooner once so many kinds of complaint are known. */
  readonly complaintsMax?: number;
}

export interface FuzzReport {
  readonly seed: number;
  /** Sent, repetitions among them. */
  readonly requests: number;
  readonly mutated: number;
  /** Of which the document alone says that they must be refused; after each of them, or some, nothing had changed. */
  readonly refused: number;
  readonly replays: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Operations that never once succeeded: what is behind them was not tried. */
  readonly neverSucceeded: readonly string[];
  readonly complaints: readonly string[];
}

const EFFECT = 'it is refused and has an effect';
const SETTLE_EVERY = 250;
const COMPLAINTS_MAX = 20;
/** Large, and the same each time. */
const SELDOM: readonly string[] = ['getOpenapi', 'getDocs'];
/** Valid calls of what chance never brought to succeed: enough for what a few in a hundred bring about. */
const INSISTED_MAX = 200;
/** What nothing else can go on without is drawn as often as this; the rest once. */
const OFTEN: Readonly<Record<string, number>> = {
  reserve: 8,
  stateMovements: 2,
  stateCounts: 2,
  stateOrders: 2,
  // Only a reservation that nobody pinned or sold yet has another size.
  resizeReservation: 6,
};
const DRAWN: readonly Operation[] = OPERATIONS.flatMap((operation) => {
  const { operationId, path: at } = operation;
  return Array.from({ length: OFTEN[operationId] ?? (at.startsWith('/v1/reservations/') ? 3 : 1) }, () => operation);
});

/** Random calls of every operation, valid ones and such with one thing wrong, and what is wrong with their answers. */
export async function fuzz(
  door: Door,
  { requests, seed, progress, complaintsMax = COMPLAINTS_MAX }: FuzzOptions,
): Promise<FuzzReport> {
  const run = new Run(door, seed);
  await run.settle();
  for (let n = 1; n <= requests && run.complaints.size < complaintsMax; n += 1) {
    await run.one();
    if (n % SETTLE_EVERY === 0) await run.settle();
    progress?.(n);
  }
  await run.insist();
  await run.settle();
  return run.report();
}

class Run {
  /** The first request of each kind of complaint. */
  readonly complaints = new Map<string, string>();
  readonly #door: Door;
  readonly #seed: number;
  readonly #dice: Dice;
  readonly #words: Vocabulary;
  readonly #secrets: Secrets;
  readonly #drafts = new Map<Operation, Arbitrary<Draft>>();
  readonly #byStatus = new Map<number, number>();
  readonly #succeeded = new Set<string>();
  readonly #waiting: FuzzRequest[] = [];
  readonly #times = { requests: 0, mutated: 0, refused: 0, replays: 0 };

  constructor(door: Door, seed: number) {
    this.#door = door;
    this.#seed = seed;
    this.#dice = new Dice(seed);
    this.#words = new Vocabulary(WORDS, door.nowMs);
    this.#secrets = new Secrets({ ...door.secrets, ...Object.fromEntries(BUYER_SECRETS) });
  }

  async one(): Promise<void> {
    const operation = this.#operation();
    const draft = this.#draft(operation);
    if (this.#dice.roll(1, 100) <= 55)
      return this.#mutated(mutated(draft, (count) => this.#dice.roll(0, Math.max(0, count - 1))));
    const request = requestOf(draft);
    const answer = await this.#send(request);
    if (takesKey(operation)) await this.#again(request, answer);
  }

  /** A call that chance passed over is not yet one that cannot succeed: each gets a fresh reservation to be about, and tries. */
  async insist(): Promise<void> {
    const reserve = OPERATIONS.find(({ operationId }) => operationId === 'reserve');
    for (const operation of OPERATIONS) {
      for (let tries = 0; tries < INSISTED_MAX && !this.#succeeded.has(operation.operationId); tries += 1) {
        if (reserve !== undefined) await this.#send(requestOf(this.#draft(reserve)));
        await this.#send(requestOf(this.#draft(operation)));
      }
    }
  }

  async #mutated(request: FuzzRequest): Promise<void> {
    this.#times.mutated += 1;
    if (whyRefused(request) === null) {
      await this.#send(request);
      return;
    }
    this.#times.refused += 1;
    this.#waiting.push(request);
    if (this.#waiting.length >= this.#door.refusedAtOnce) await this.#refuse();
  }

  /** [F34–F37] What must be refused changes nothing. */
  async #refuse(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    await this.#door.rest();
    const before = await this.#door.digest();
    for (const request of waiting) await this.#send(request);
    if ((await this.#door.digest()) === before) return;
    if (waiting.length === 1) return waiting.forEach((request) => this.#complain(EFFECT, request));
    // Which one it was is seen when each is sent by itself, and again: other things change what there is, too, but not each time.
    for (const request of waiting) if (await this.#hasEffect(request, 3)) this.#complain(EFFECT, request);
  }

  async #hasEffect(request: FuzzRequest, times: number): Promise<boolean> {
    for (let time = 0; time < times; time += 1) {
      const before = await this.#door.digest();
      const { 'idempotency-key': key, ...headers } = request.headers;
      const isOurs = key?.startsWith('fuzz-') === true;
      await this.#send(isOurs ? { ...request, headers: { ...headers, 'idempotency-key': `${key}-${time}` } } : request);
      if ((await this.#door.digest()) === before) return false;
    }
    return true;
  }

  /** [R1, R3, R5] The same again is answered the same; something else under the same key is refused. */
  async #again(request: FuzzRequest, first: Answer): Promise<void> {
    if ([401, 403].includes(first.status) || asksForPatience(first)) return;
    this.#times.replays += 1;
    const differs = differsFromReplay(first, await this.#send(request));
    if (differs !== null) this.#complain(differs, request);
    if (first.status >= 300 || !this.#dice.oneIn(3)) return;
    const other = otherBody(request, requestOf(this.#draft(request.operation)));
    if (other === null) return;
    const mixed = { ...request, body: other, mutation: 'another body under the same key' };
    const answer = await this.#send(mixed);
    if (answer.status < 400) this.#complain(`it answers ${answer.status} to another request under a used key`, mixed);
  }

  async #send(request: FuzzRequest): Promise<Answer> {
    const answer = await this.#door.ask(request);
    this.#times.requests += 1;
    this.#byStatus.set(answer.status, (this.#byStatus.get(answer.status) ?? 0) + 1);
    const { operation } = request;
    if (answer.status < 400) this.#succeeded.add(operation.operationId);
    for (const wrong of judged(request, answer)) this.#complain(wrong, request, answer);
    const leaked = this.#secrets.inAnswer(request, answer);
    if (leaked !== null) this.#complain(leaked, request, answer);
    if (answer.status < 300) this.#words.learn(operation, answer.body);
    return answer;
  }

  async settle(): Promise<void> {
    await this.#refuse();
    for (const broken of await this.#door.settle()) this.complaints.set(broken.split('\n', 1)[0] ?? broken, broken);
    const leaked = this.#secrets.inText(await this.#door.newLog());
    if (leaked !== null) this.complaints.set(`log: ${leaked}`, `a line of the log: ${leaked}`);
  }

  report(): FuzzReport {
    return {
      seed: this.#seed,
      ...this.#times,
      byStatus: Object.fromEntries([...this.#byStatus].sort(([a], [b]) => a - b)),
      neverSucceeded: OPERATIONS.map(({ operationId }) => operationId).filter((id) => !this.#succeeded.has(id)),
      complaints: [...this.complaints.values()],
    };
  }

  #operation(): Operation {
    const picked = this.#dice.pick(DRAWN);
    if (picked === undefined) throw new Error('the document has no operations');
    return SELDOM.includes(picked.operationId) && !this.#dice.oneIn(20) ? this.#operation() : picked;
  }

  #draft(operation: Operation): Draft {
    const drafts = this.#drafts.get(operation) ?? draftsOf(operation, this.#door.callersFor(operation), this.#words);
    this.#drafts.set(operation, drafts);
    const [draft] = fc.sample(drafts, { seed: this.#dice.roll(0, 0x7fffffff), numRuns: 1 });
    if (draft === undefined) throw new Error(`nothing was made of ${operation.operationId}`);
    return draft;
  }

  #complain(what: string, request: FuzzRequest, answer?: Answer): void {
    const kind = `${request.operation.operationId}: ${what.replaceAll(/\d+/g, 'n').slice(0, 120)}`;
    if (this.complaints.has(kind)) return;
    const said = answer === undefined ? '' : `\n    answered ${answer.status} ${answer.text.slice(0, 1_000)}`;
    this.complaints.set(kind, `${what}\n    ${told(request)}${said}`);
  }
}

const BUYER_SECRETS = (WORDS['buyer'] ?? []).map((buyer) => [`a buyer (${buyer.length} characters)`, buyer] as const);

/** What else could be asked of the same object; a key that was used for one SKU says nothing of another (R2). */
function otherBody({ operation, body }: FuzzRequest, { body: another }: FuzzRequest): string | null {
  if (typeof body !== 'string' || typeof another !== 'string') return null;
  if (operation.operationId !== 'reserve') return sorted(body) === sorted(another) ? null : another;
  const asked = JSON.parse(body) as { readonly ttl_seconds?: number };
  return JSON.stringify({ ...asked, ttl_seconds: asked.ttl_seconds === 600 ? 601 : 600 });
}

function sorted(body: string): string {
  return JSON.stringify(JSON.parse(body), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
