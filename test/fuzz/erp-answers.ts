import type { Sku } from '../../domain/ids.ts';
import type { Posting, PostingLine } from '../../domain/posting.ts';
import { ErpUnavailable, type ErpChange, type ErpPort, type PostOutcome } from '../../erp/port.ts';
import { posting } from '../contract/erp-port-contract.ts';
import type { Dice } from '../model/dice.ts';
import type { Spoiler } from './spoiled-answers.ts';

export interface ErpUnderFuzz {
  /** Through the spoiler. */
  readonly erp: ErpPort;
  /** The same ERP, whose answers come as they are. */
  readonly honest: ErpPort;
  readonly spoiler: Spoiler;
  /** Items that it knows. */
  readonly skus: readonly Sku[];
  /** Longer than it takes for anything, unless an answer never ends. */
  readonly patienceMs: number;
}

export interface AnswersReport {
  readonly spoiled: number;
  readonly posted: number;
  readonly complaints: readonly string[];
}

const NEVER_MS = 20_000;
const REPLY_BYTES_MAX = 16_777_216;
const FIRST_SEQUENCE = 1_000;
const COMPLAINTS_MAX = 10;

/**
 * [F16, F14] Calls of an adapter, of each of which one answer is spoiled: what comes of it is a value of the port or
 * ErpUnavailable, nothing is posted that the ERP does not have, nobody is refused for what could not be read, and no row is lost
 * without a word. In the end, with the ERP healed, everything is booked once.
 */
export async function fuzzAnswers(under: ErpUnderFuzz, rounds: number, dice: Dice): Promise<AnswersReport> {
  const run = new Run(under, dice);
  for (let n = 1; n <= rounds && run.complaints.length < COMPLAINTS_MAX; n += 1) await run.round(n);
  await run.heal();
  const { spoiled, posted, complaints } = run;
  return { spoiled, posted, complaints };
}

type Row = Pick<ErpChange, 'sku' | 'mark'> & { readonly lines: readonly Pick<PostingLine, 'onHand' | 'committed'>[] };

class Run implements AnswersReport {
  readonly complaints: string[] = [];
  spoiled = 0;
  posted = 0;
  readonly #under: ErpUnderFuzz;
  readonly #dice: Dice;
  readonly #open = new Map<string, Posting>();
  readonly #all: Posting[] = [];
  #round = 0;

  constructor(under: ErpUnderFuzz, dice: Dice) {
    this.#under = under;
    this.#dice = dice;
  }

  async round(round: number): Promise<void> {
    this.#round = round;
    const { spoiler } = this.#under;
    spoiler.arm(this.#dice.roll(0, 4));
    const asked = this.#dice.roll(1, 10);
    // Whatever it still asks when it has answered must not disturb the next round.
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(this.#under.patienceMs)]);
    if (asked <= 5) await this.#post(signal);
    else if (asked === 6) await this.#find(signal);
    else await this.#read(signal);
    ended.abort();
    spoiler.heal();
    if (spoiler.spoiled !== null) this.spoiled += 1;
    if (spoiler.bytesRead > REPLY_BYTES_MAX) this.#complain(`it reads ${spoiler.bytesRead} bytes`);
  }

  /** Its answers come as they are again: all is booked, and once. */
  async heal(): Promise<void> {
    for (let times = 0; times < 20 && this.#open.size > 0; times += 1) await this.#post(AbortSignal.timeout(NEVER_MS));
    for (const key of this.#open.keys()) this.#complain(`${key} is not booked though it heals`);
    const { honest, skus } = this.#under;
    const balances = await honest.balancesOf(skus, AbortSignal.timeout(NEVER_MS));
    for (const sku of skus) {
      const sold = this.#all.filter((one) => one.sku === sku).reduce((sum, { quantity }) => sum + quantity, 0);
      const onHand = balances.filter((one) => one.sku === sku).reduce((sum, one) => sum + one.onHand, 0);
      if (onHand !== -sold) this.#complain(`of ${sku} ${-onHand} are booked, and ${sold} were sold`);
    }
  }

  async #post(signal: AbortSignal): Promise<void> {
    const { erp, skus, honest } = this.#under;
    for (const sku of skus) {
      if (this.#open.size >= 6 || !this.#dice.oneIn(2)) continue;
      const sale = posting(sku, FIRST_SEQUENCE + this.#all.length, -this.#dice.roll(1, 3));
      this.#all.push(sale);
      this.#open.set(sale.key, sale);
    }
    const known = await this.#ended('find', erp.find([...this.#open.keys()], signal));
    // Who cannot know does not send (R31).
    if (known instanceof ErpUnavailable || known === null) return;
    const found = [...known].map(([key, receipt]): PostOutcome => ({ key, outcome: 'duplicate', ...receipt }));
    const unknown = [...this.#open.values()].filter(({ key }) => !known.has(key));
    const outcomes = unknown.length === 0 ? [] : await this.#ended('post', erp.post(unknown, signal));
    if (outcomes === null || outcomes instanceof ErpUnavailable) return this.#complain(`post throws ${String(outcomes)}`);
    if (outcomes.map(({ key }) => key).join() !== unknown.map(({ key }) => key).join())
      this.#complain(`it answers about ${outcomes.map(({ key }) => key).join()}`);
    for (const outcome of [...found, ...outcomes]) await this.#judge(outcome, honest);
  }

  async #judge(outcome: PostOutcome, honest: ErpPort): Promise<void> {
    const { key } = outcome;
    const isUnread = this.#under.spoiler.spoiled?.kind === 'no answer';
    switch (outcome.outcome) {
      case 'posted':
      case 'duplicate':
        if (!(await honest.find([key], AbortSignal.timeout(NEVER_MS))).has(key))
          this.#complain(`${key} is ${outcome.outcome}, and is not there`);
        if (outcome.mark !== null && !isWhole(outcome.mark)) this.#complain(`${key} has the mark ${String(outcome.mark)}`);
        this.posted += 1;
        this.#open.delete(key);
        return;
      case 'refused':
        if (isUnread) this.#complain(`${key} is refused: ${outcome.code}: ${outcome.detail}`);
        if (outcome.detail.length > 1_000) this.#complain(`${key} is refused in ${outcome.detail.length} characters`);
        return;
      case 'throttled':
        if (!(outcome.retryAfterMs >= 0)) this.#complain(`${key} waits for ${outcome.retryAfterMs}`);
        return;
      case 'unknown':
        if (outcome.detail.length > 1_000) this.#complain(`${key} is unknown in ${outcome.detail.length} characters`);
        return;
      case 'pending':
    }
  }

  async #find(signal: AbortSignal): Promise<void> {
    const { erp, honest } = this.#under;
    const keys = this.#all.slice(-5).map(({ key }) => key);
    const found = await this.#ended('find', erp.find(keys, signal));
    if (found === null || found instanceof ErpUnavailable) return;
    this.#asUnread('find');
    const there = await honest.find(keys, AbortSignal.timeout(NEVER_MS));
    for (const key of found.keys()) if (!there.has(key)) this.#complain(`it finds ${key}, which is not there`);
    // Of what it says is not there nobody can know more, unless it could not be read.
    if (this.#under.spoiler.spoiled?.kind === 'damaged' && found.size !== there.size && this.#under.erp.enforcesKeys === false)
      this.#complain(`it finds ${found.size} of ${there.size}`);
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { erp, honest, skus } = this.#under;
    const name = this.#dice.pick(['balances', 'balancesOf', 'changes'] as const) ?? 'balances';
    const readBy = async (one: ErpPort, within: AbortSignal): Promise<readonly Row[]> => {
      if (name === 'changes') return (await one.changes(null, within)).items;
      const balances = name === 'balances' ? (await one.balances(null, within)).items : await one.balancesOf(skus, within);
      return balances.map(({ sku, mark, ...line }) => ({ sku, mark, lines: [line] }));
    };
    const countHonest = async (): Promise<number> => (await readBy(honest, AbortSignal.timeout(NEVER_MS))).length;
    const before = await countHonest();
    const read = await this.#ended(name, readBy(erp, signal));
    if (read === null || read instanceof ErpUnavailable) return;
    this.#asUnread(name);
    for (const row of read) {
      const numbers = row.lines.flatMap(({ onHand, committed }) => [onHand, committed]);
      if (![...numbers, row.mark ?? 0].every(isWhole)) this.#complain(`${name} tells ${JSON.stringify(row)}`);
      if (typeof row.sku !== 'string' || row.sku === '') this.#complain(`${name} tells of no item: ${JSON.stringify(row)}`);
    }
    const { spoiled } = this.#under.spoiler;
    // What was sent in an earlier round, and not waited for, may arrive in between.
    const after = await countHonest();
    const [least, most] = [Math.min(before, after), Math.max(before, after)];
    // A part of a unit is no number of ours, and where an ERP tells of one, it is passed over.
    const isPart = spoiled?.what.endsWith(': 1.5') === true;
    if (read.length < least && spoiled?.kind === 'damaged' && !isPart)
      this.#complain(`${name} tells ${read.length} rows of ${least}`);
    if (read.length > most && name !== 'changes') this.#complain(`${name} tells ${read.length} rows where there are ${most}`);
  }

  /** null: it broke in a way that the port does not know, or never ended. */
  async #ended<Answer>(what: string, asked: Promise<Answer>): Promise<Answer | ErpUnavailable | null> {
    const never = new Promise<null>((resolve) => setTimeout(resolve, NEVER_MS, null).unref());
    try {
      const answer = await Promise.race([asked, never]);
      if (answer === null) this.#complain(`${what} never ends`);
      return answer;
    } catch (error) {
      if (error instanceof ErpUnavailable) return error;
      this.#complain(`${what} breaks: ${String(error instanceof Error ? error.stack : error)}`);
      return null;
    }
  }

  #asUnread(what: string): void {
    const { spoiled } = this.#under.spoiler;
    // Whoever is not let in may log in anew and ask once more, and then has an answer.
    if (spoiled?.kind === 'no answer' && spoiled.what !== '401') this.#complain(`${what} takes for an answer: ${spoiled.what}`);
  }

  #complain(what: string): void {
    const { spoiled } = this.#under.spoiler;
    this.complaints.push(
      `${what} (round ${this.#round}; ${spoiled === null ? 'no answer was spoiled' : `spoiled: ${spoiled.what}`})`,
    );
  }
}

function isWhole(number: number): boolean {
  return Number.isSafeInteger(number) && !Object.is(number, -0);
}
