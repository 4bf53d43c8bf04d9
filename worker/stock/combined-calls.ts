import type { KeepAlive } from '../cache/singleflight.ts';

export interface CombiningLimits {
  /** So many calls of one name may be under way. */
  readonly callsAtOnceMax: number;
  /** Who comes sooner than this after a call went out, while it is under way, is collected for the next. */
  readonly callsApartMs: number;
  readonly callSizeMax: number;
  /** So many of one name may be collected; whoever comes then is turned away, at no cost to the object. */
  readonly waitingMax: number;
  /** Who is collected asks by itself after this: whoever was to speak for it must have vanished. */
  readonly patienceMs: number;
}

/** What somebody who was collected hears at last. */
type Word<In, Out> =
  | { readonly kind: 'answered'; readonly answer: Out }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** A call has ended, and you make the next one, for these too. */
  | { readonly kind: 'your_turn'; readonly others: readonly Waiting<In, Out>[] }
  | { readonly kind: 'forgotten' };

interface Waiting<In, Out> {
  readonly work: In;
  readonly hear: (word: Word<In, Out>) => void;
}

/**
 * Answers each piece of work by itself, in order; where it throws, the outcome of all is unknown (R9). `again`: somebody who vanished
 * was to ask for it, and may have done so.
 */
type Call<To, In, Out> = (to: To, works: readonly In[], again: boolean) => Promise<readonly Out[]>;

interface Line<To, In, Out> {
  readonly name: string;
  readonly to: To;
  callsUnderWay: number;
  lastCallAtMs: number;
  waiting: Waiting<In, Out>[];
}

/**
 * Requests of one isolate that want something of the same object share calls of it: who finds none under way asks at once, who
 * comes meanwhile is collected, and when it ends, whoever was collected first makes the next call for all. Where a call takes
 * long, whoever comes then makes another for all who wait. Nobody waits for a timer, so a lone caller pays nothing.
 *
 * The runtime lets requests share data and nothing else. So everybody waits for a promise of their own, with a timer of their
 * own (a request with nothing under way is taken for hung), and each call is made within the request of one of those whom it
 * speaks for, which is kept alive until it has handed on the word even where its caller has gone.
 */
export class CombinedCalls<To, In, Out> {
  readonly #lines = new Map<string, Line<To, In, Out>>();
  readonly #call: Call<To, In, Out>;
  readonly #turnAway: (to: To) => Out;
  readonly #keepAlive: KeepAlive;
  readonly #limits: CombiningLimits;
  readonly #now: () => number;

  constructor(
    call: Call<To, In, Out>,
    turnAway: (to: To) => Out,
    keepAlive: KeepAlive,
    limits: CombiningLimits,
    now: () => number,
  ) {
    this.#call = call;
    this.#turnAway = turnAway;
    this.#keepAlive = keepAlive;
    this.#limits = limits;
    this.#now = now;
  }

  /** Everything of one name goes to the same. */
  ask(name: string, to: To, work: In): Promise<Out> {
    const line = this.#lineOf(name, to);
    const { callsAtOnceMax, callSizeMax } = this.#limits;
    if (line.callsUnderWay >= callsAtOnceMax || (line.callsUnderWay > 0 && this.#hasJustCalled(line)))
      return this.#wait(line, work);
    line.callsUnderWay += 1;
    return this.#lead(line, work, line.waiting.splice(0, callSizeMax - 1));
  }

  #hasJustCalled({ lastCallAtMs }: Line<To, In, Out>): boolean {
    // Not for ever, where the clock was set back.
    return Math.abs(this.#now() - lastCallAtMs) < this.#limits.callsApartMs;
  }

  #lineOf(name: string, to: To): Line<To, In, Out> {
    const found = this.#lines.get(name);
    if (found !== undefined) return found;
    const line: Line<To, In, Out> = { name, to, callsUnderWay: 0, lastCallAtMs: -Infinity, waiting: [] };
    this.#lines.set(name, line);
    return line;
  }

  #lead(line: Line<To, In, Out>, own: In, others: readonly Waiting<In, Out>[]): Promise<Out> {
    line.lastCallAtMs = this.#now();
    const work = this.#speakFor(line, own, others);
    // Its own caller hears of a failure; here it only has to be no surprise.
    this.#keepAlive(work.catch(() => undefined));
    return work;
  }

  async #speakFor(line: Line<To, In, Out>, own: In, others: readonly Waiting<In, Out>[]): Promise<Out> {
    try {
      const [answer, ...answers] = await this.#call(line.to, [own, ...others.map(({ work }) => work)], false);
      if (answer === undefined || answers.length !== others.length) throw new Error('a call answers each that it was made for');
      for (const [at, one] of answers.entries()) others[at]?.hear({ kind: 'answered', answer: one });
      return answer;
    } catch (error) {
      for (const { hear } of others) hear({ kind: 'failed', error });
      throw error;
    } finally {
      this.#handOn(line);
    }
  }

  /** The call that ends leaves its place to the first who waits, or, where another has just gone out, to that one's end. */
  #handOn(line: Line<To, In, Out>): void {
    const isOneTooMany = line.callsUnderWay > 1 && this.#hasJustCalled(line);
    const [first, ...others] = isOneTooMany ? [] : line.waiting.splice(0, this.#limits.callSizeMax);
    if (first !== undefined) return first.hear({ kind: 'your_turn', others });
    line.callsUnderWay -= 1;
    if (line.callsUnderWay === 0) this.#forget(line);
  }

  async #wait(line: Line<To, In, Out>, work: In): Promise<Out> {
    if (line.waiting.length >= this.#limits.waitingMax) return this.#turnAway(line.to);
    const word = Promise.withResolvers<Word<In, Out>>();
    const waiting: Waiting<In, Out> = { work, hear: word.resolve };
    line.waiting.push(waiting);
    const timer = setTimeout(() => {
      // Taken out in the same turn, or it could be given a turn that it does not take.
      line.waiting = line.waiting.filter((one) => one !== waiting);
      word.resolve({ kind: 'forgotten' });
    }, this.#limits.patienceMs);
    this.#keepAlive(word.promise);
    const heard = await word.promise;
    clearTimeout(timer);
    switch (heard.kind) {
      case 'answered':
        return heard.answer;
      case 'failed':
        throw heard.error;
      case 'your_turn':
        return this.#lead(line, work, heard.others);
      case 'forgotten':
        // Whoever had the turn will hand on nothing more; who comes next begins anew.
        this.#forget(line);
        return this.#alone(line, work);
    }
  }

  async #alone(line: Line<To, In, Out>, work: In): Promise<Out> {
    const [answer] = await this.#call(line.to, [work], true);
    if (answer === undefined) throw new Error('a call answers each that it was made for');
    return answer;
  }

  #forget(line: Line<To, In, Out>): void {
    if (this.#lines.get(line.name) === line) this.#lines.delete(line.name);
  }
}
