import type { Sku } from '../../domain/ids.ts';
import type { Posting } from '../../domain/posting.ts';
import { ErpUnavailable, type ErpPort, type ErpReceipt, type PostOutcome } from '../../erp/port.ts';
import { ADAPTER_TRIES_MAX, ERP_CALL_MS_MAX, ERP_CALL_MS_MIN, POSTING_RUN_MS_MAX } from './limits.ts';

/** The postings of one SKU, in sequence. */
export interface Flush {
  readonly sku: Sku;
  readonly sentAtMs: number;
  readonly attempt: number;
  /** Somebody may have sent them before. */
  readonly repeated: boolean;
  readonly postings: readonly Posting[];
}

export interface Posted {
  /** By key. A posting that was not tried, because an earlier one of its SKU is unanswered, is absent. */
  readonly outcomes: ReadonlyMap<string, PostOutcome>;
  /** The ERP asked us to stay away: all of its postings wait, whatever their SKU (R33). */
  readonly throttledMs: number | null;
  readonly calls: number;
  /** Nothing was answered at all, so it is not for the sake of any posting. */
  readonly silent: boolean;
}

/**
 * Posts in as few calls as the ERP allows, across SKUs but in sequence within each. What may have been sent before is
 * asked for by key first (R31). A SKU whose posting is unanswered posts nothing further; the others go on.
 */
export async function postFlushes(erp: ErpPort, flushes: readonly Flush[], nowMs: () => number): Promise<Posted> {
  const outcomes = new Map<string, PostOutcome>();
  const stopped = new Set<Sku>();
  const endsAtMs = nowMs() + POSTING_RUN_MS_MAX;
  const leftMs = (): number => endsAtMs - nowMs();
  let throttledMs: number | null = null;
  let calls = 0;
  let silent = true;

  const goesOn = ({ posting }: Open): boolean =>
    !stopped.has(posting.sku) && (outcomes.get(posting.key)?.outcome ?? 'unknown') === 'unknown';
  const settle = (open: readonly Open[], answers: readonly PostOutcome[]): void => {
    for (const [index, { posting }] of open.entries()) {
      const outcome = answers[index] ?? { key: posting.key, outcome: 'unknown', detail: 'The ERP adapter gave no answer.' };
      outcomes.set(posting.key, outcome);
      if (outcome.outcome === 'unknown' || outcome.outcome === 'throttled') stopped.add(posting.sku);
      if (outcome.outcome === 'throttled') throttledMs = Math.max(throttledMs ?? 0, outcome.retryAfterMs);
    }
  };

  const todo = new Todo(erp, flushes);
  for (let chunk = todo.next(); chunk.length > 0; chunk = todo.next()) {
    if (throttledMs !== null || leftMs() < ERP_CALL_MS_MIN) break;

    const asked = chunk.filter((open) => open.ask && goesOn(open));
    if (asked.length > 0) {
      calls += 1;
      const found = await findAll(erp, asked, AbortSignal.timeout(Math.min(ERP_CALL_MS_MAX, leftMs())));
      if (found instanceof ErpUnavailable)
        settle(
          asked,
          asked.map(({ posting }) => unanswered(posting, found)),
        );
      else {
        silent = false;
        for (const [key, receipt] of found) outcomes.set(key, { key, outcome: 'duplicate', ...receipt });
      }
    }
    const open = chunk.filter(goesOn);
    if (open.length === 0 || throttledMs !== null) continue;
    // A question that took long must not cost the posting its time.
    const postMs = Math.min(ERP_CALL_MS_MAX, leftMs());
    if (postMs < ERP_CALL_MS_MIN) break;
    const signal = AbortSignal.timeout(postMs);
    calls += 1;
    const { answers, broke } = await answersOf(erp, open, signal);
    settle(open, answers);
    const answered = answers.some(({ outcome }) => outcome !== 'unknown');
    // An adapter that breaks says nothing of the ERP.
    if (answered || broke) silent = false;
    if (answered || signal.aborted) continue;
    const smaller = partsOf(open, broke);
    for (const { posting } of smaller.flat()) stopped.delete(posting.sku);
    todo.again(smaller);
  }
  return { outcomes, throttledMs, calls, silent };
}

interface Open {
  readonly posting: Posting;
  readonly ask: boolean;
  /** How often it was sent, this time included. */
  readonly attempt: number;
}

/**
 * What an adapter chokes on is a bug of ours that no repetition mends: after some tries the posting is left to a person, and
 * stops neither another SKU nor, from then on, those behind it. It was asked for by key before, and whatever the ERP made of the
 * last try it tells under that key.
 */
async function answersOf(
  erp: ErpPort,
  open: readonly Open[],
  signal: AbortSignal,
): Promise<{ readonly answers: readonly PostOutcome[]; readonly broke: boolean }> {
  const postings = open.map(({ posting }) => posting);
  try {
    return { answers: await erp.post(postings, signal), broke: false };
  } catch (error) {
    // It says itself that nobody was asked: that is no fault of any posting.
    if (error instanceof ErpUnavailable) return { answers: postings.map((posting) => unanswered(posting, error)), broke: false };
    const detail = `The ERP adapter broke: ${String(error)}`;
    const [first] = open;
    const hopeless = open.length === 1 && first?.ask === true && first.attempt >= ADAPTER_TRIES_MAX;
    const why = hopeless
      ? ({ outcome: 'refused', code: 'adapter_broke', detail } as const)
      : ({ outcome: 'unknown', detail } as const);
    return { answers: postings.map(({ key }) => ({ key, ...why })), broke: true };
  }
}

/**
 * What is still to be posted. Those that never failed go first and apart: they must not wait for one that makes the ERP fail.
 * How much an ERP takes at once may change from call to call.
 */
class Todo {
  readonly #erp: ErpPort;
  readonly #groups: readonly Open[][];
  #again: readonly (readonly Open[])[] = [];

  constructor(erp: ErpPort, flushes: readonly Flush[]) {
    const failedBefore = ({ attempt, repeated }: Flush): boolean => repeated || attempt > 1;
    const opened = (some: readonly Flush[]): Open[] =>
      some.flatMap((flush) => {
        const ask = failedBefore(flush) || !erp.enforcesKeys;
        return flush.postings.map((posting) => ({ posting, ask, attempt: flush.attempt }));
      });
    this.#erp = erp;
    this.#groups = [opened(flushes.filter((flush) => !failedBefore(flush))), opened(flushes.filter(failedBefore))];
  }

  /** The next call's; empty when nothing is left. */
  next(): readonly Open[] {
    const [first, ...others] = this.#again;
    if (first !== undefined) {
      this.#again = others;
      return first;
    }
    return this.#groups.find((group) => group.length > 0)?.splice(0, this.#erp.batchMax) ?? [];
  }

  again(parts: readonly (readonly Open[])[]): void {
    this.#again = [...parts, ...this.#again];
  }
}

/**
 * A call that the ERP fails, though it answers, may fail for one of its postings: halved and sent again, having asked by key
 * first, until that one stands alone. An ERP that fails everything fails the question, and nothing is halved further. Of one
 * SKU nothing may go before what is unanswered, unless it is our adapter that breaks: then it is found out on which it does.
 */
function partsOf(open: readonly Open[], broke: boolean): readonly (readonly Open[])[] {
  const skus = [...new Set(open.map(({ posting }) => posting.sku))];
  const again = open.map((one): Open => ({ ...one, ask: true }));
  const onlyOnes = broke && open.length > 1 && again.every(({ attempt }) => attempt >= ADAPTER_TRIES_MAX);
  if (skus.length === 1) return onlyOnes ? again.map((one) => [one]) : [];
  const first = new Set(skus.slice(0, Math.ceil(skus.length / 2)));
  return [again.filter(({ posting }) => first.has(posting.sku)), again.filter(({ posting }) => !first.has(posting.sku))];
}

async function findAll(
  erp: ErpPort,
  asked: readonly Open[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ErpReceipt> | ErpUnavailable> {
  try {
    return await erp.find(
      asked.map(({ posting }) => posting.key),
      signal,
    );
  } catch (error) {
    return error instanceof ErpUnavailable ? error : new ErpUnavailable(`The ERP adapter broke: ${String(error)}`);
  }
}

/** Without knowing whether it is there already, it is not sent. */
function unanswered({ key }: Posting, { message, retryAfterMs }: ErpUnavailable): PostOutcome {
  return retryAfterMs === null ? { key, outcome: 'unknown', detail: message } : { key, outcome: 'throttled', retryAfterMs };
}
