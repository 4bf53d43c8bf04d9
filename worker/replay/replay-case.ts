import type { SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import type { Sku } from '../../domain/ids.ts';
import type { ApplyChangesDeps } from '../jobs/apply-changes.ts';
import { objectCaseOf } from '../read-models/case-id.ts';
import type { CaseRow } from '../read-models/cases.ts';
import { bookKept } from './book-kept.ts';
import { sendDeadLetterAgain, type Requeue } from './dead-letter-again.ts';
import { stateRejectedAgain } from './rejected-fact-again.ts';
import { replayPostings, type ReplayPostingsDeps } from './replay-postings.ts';

export interface ReplayCaseDeps extends ApplyChangesDeps, Omit<ReplayPostingsDeps, 'stockOf' | 'db' | 'nowMs'> {
  readonly stockOf: (sku: Sku) => Pick<SkuStockStub, 'acknowledge' | 'waiting' | 'replay' | 'explain'>;
  /** By the name of the dead letter queue: where its messages came from. */
  readonly requeue: Readonly<Record<string, Requeue>>;
}

/** Units of work that a case's replay set going again; 0: there was nothing to do, or nothing that could be done yet. */
export async function replayCase({ id, kind }: Pick<CaseRow, 'id' | 'kind'>, deps: ReplayCaseDeps): Promise<number> {
  switch (kind) {
    case 'code_unknown':
    case 'change_unbooked':
      return (await bookKept(id, deps)).booked;
    case 'posting_refused':
      return await postingOfCase(id, deps);
    case 'dead_letter':
      return (await sendDeadLetterAgain(id, deps)) ? 1 : 0;
    case 'inbound_rejected':
      return (await stateRejectedAgain(id, deps)) ? 1 : 0;
    default:
      // What the others state ends of itself, or is for a person alone.
      return 0;
  }
}

async function postingOfCase(id: string, deps: ReplayCaseDeps): Promise<number> {
  const named = objectCaseOf(id);
  if (named === null) return 0;
  const explained = await deps.stockOf(named.sku).explain({ channel: null, after: null, limit: 1 });
  const about = explained?.cases.find(({ number }) => number === named.number)?.about;
  if (about?.kind !== 'posting_refused') return 0;
  const replayed = await replayPostings([{ sku: named.sku, sequence: about.posting }], deps);
  return replayed.filter(({ outcome }) => outcome === 'again').length;
}
