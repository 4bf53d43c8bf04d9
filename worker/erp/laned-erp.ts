import type { LaneSettings } from '../../domain/lane/lane.ts';
import type { CallResult } from '../../domain/lane/report.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Posting } from '../../domain/posting.ts';
import type { Admitted, ErpLaneStub } from '../../durable-objects/erp-lane/protocol.ts';
import { ErpUnavailable, type ErpCatalogue, type ErpPort, type PostOutcome } from '../../erp/port.ts';
import { LANE_AWAY_MS, LANE_PATIENCE_MS, MESSAGES_MAX } from './limits.ts';

/**
 * An ERP behind its lane: before each call the lane is asked, after it the lane is told how it went (R33). Whoever is not
 * let in hears what an ERP would say that asks for patience, so nobody behind this knows of lanes.
 */
export function lanedErp(erp: ErpPort, lane: Lane): ErpPort {
  const { settings } = lane;
  const ask = <Answer>(signal: AbortSignal, call: (signal: AbortSignal) => Promise<Answer>, skus = 0): Promise<Answer> =>
    question(lane, skus, signal, call);
  const { catalogue } = erp;
  return {
    enforcesKeys: erp.enforcesKeys,
    get batchMax() {
      return erp.batchMax;
    },
    callsAtOnceMax: settings.callsAtOnceMax,
    post: (postings, signal) => post(erp, lane, postings, signal),
    find: (keys, signal) => ask(signal, (within) => erp.find(keys, within), skusBehind(erp, keys.map(skuIn))),
    balances: (cursor, signal) => ask(signal, (within) => erp.balances(cursor, within)),
    balancesOf: (skus, signal) => ask(signal, (within) => erp.balancesOf(skus, within)),
    changes: (after, signal) => ask(signal, (within) => erp.changes(after, within)),
    catalogue: catalogue === null ? null : lanedCatalogue(catalogue, ask),
  };
}

/** The same for one thing more that is asked of the ERP. */
export function lanedTask<Answer>(
  task: (signal: AbortSignal) => Promise<Answer>,
  lane: Lane,
): (signal: AbortSignal) => Promise<Answer> {
  return (signal) => question(lane, 0, signal, task);
}

function lanedCatalogue(
  catalogue: ErpCatalogue,
  ask: <Answer>(signal: AbortSignal, call: (signal: AbortSignal) => Promise<Answer>) => Promise<Answer>,
): ErpCatalogue {
  return {
    items: (cursor, signal) => ask(signal, (within) => catalogue.items(cursor, within)),
    locations: (signal) => ask(signal, (within) => catalogue.locations(within)),
  };
}

export interface Lane {
  readonly laneOf: () => ErpLaneStub;
  readonly settings: LaneSettings;
  /** An answer has closed the lane again: whoever waits may go. */
  readonly onClosed: () => void;
}

async function post(
  erp: ErpPort,
  lane: Lane,
  postings: readonly Posting[],
  signal: AbortSignal,
): Promise<readonly PostOutcome[]> {
  if (postings.length === 0) return [];
  const skus = skusBehind(
    erp,
    postings.map(({ sku }) => sku),
  );
  const answer = await called(lane, skus, signal, async (within) => {
    const outcomes = await erp.post(postings, within);
    return { answer: outcomes, result: resultOf(outcomes) };
  });
  if ('answer' in answer) return answer.answer;
  return postings.map(({ key }) => ({ key, outcome: 'throttled', retryAfterMs: answer.retryAfterMs }));
}

async function question<Answer>(
  lane: Lane,
  skus: number,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const asked = await called(lane, skus, signal, async (within): Promise<Called<Given<Answer>>> => {
    try {
      return { answer: { given: await call(within) }, result: ANSWERED };
    } catch (error) {
      if (!(error instanceof ErpUnavailable)) throw error;
      const { retryAfterMs } = error;
      return { answer: { error }, result: retryAfterMs === null ? FAILED : { result: 'throttled', retryAfterMs } };
    }
  });
  if (!('answer' in asked)) throw new ErpUnavailable('The ERP is left alone for now.', asked.retryAfterMs);
  if ('error' in asked.answer) throw asked.answer.error;
  return asked.answer.given;
}

type Given<Answer> = { readonly given: Answer } | { readonly error: ErpUnavailable };

interface Called<Answer> {
  readonly answer: Answer;
  readonly result: CallResult;
}

/** The call's answer, or how long to stay away. */
async function called<Answer>(
  { laneOf, settings, onClosed }: Lane,
  skus: number,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<Called<Answer>>,
): Promise<{ readonly answer: Answer } | { readonly retryAfterMs: number }> {
  const admitted = await admission(laneOf, { settings, patienceMs: LANE_PATIENCE_MS, skus });
  if (!admitted.admitted) return admitted;
  let result: CallResult = { result: 'not_called' };
  try {
    // Whoever waited until nobody waits for the answer any more must not blame the ERP.
    if (signal.aborted) return { retryAfterMs: LANE_AWAY_MS };
    const done = await call(AbortSignal.any([signal, AbortSignal.timeout(admitted.forMs)]));
    ({ result } = done);
    return { answer: done.answer };
  } finally {
    // Should it not hear of it, the place is free when the lease ends.
    const reported = await laneOf()
      .report(admitted.lease, result, settings)
      .catch(() => null);
    if (reported?.closed === true) onClosed();
  }
}

/** A lane that cannot be asked lets nobody in: somebody else may be alone with the ERP. */
async function admission(laneOf: () => ErpLaneStub, wanted: Parameters<ErpLaneStub['admit']>[0]): Promise<Admitted> {
  try {
    return await laneOf().admit(wanted);
  } catch {
    return { admitted: false, retryAfterMs: LANE_AWAY_MS };
  }
}

const ANSWERED: CallResult = { result: 'answered' };
const FAILED: CallResult = { result: 'failed' };

/** One posting that got no answer says nothing of the ERP, as long as another one did. */
function resultOf(outcomes: readonly PostOutcome[]): CallResult {
  const throttled = outcomes.flatMap((each) => (each.outcome === 'throttled' ? [each.retryAfterMs] : []));
  if (throttled.length > 0) return { result: 'throttled', retryAfterMs: Math.max(...throttled) };
  return outcomes.every(({ outcome }) => outcome === 'unknown') ? FAILED : ANSWERED;
}

/** How many objects hear of it if a call is turned away. Behind a full one there are others, as many as a batch may bring. */
function skusBehind({ batchMax }: ErpPort, skus: readonly string[]): number {
  return skus.length < batchMax ? new Set(skus).size : MESSAGES_MAX;
}

function skuIn(key: string): Sku {
  return key.slice(0, Math.max(0, key.lastIndexOf('#'))) as Sku;
}
