import type { SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import type { Sku } from '../../domain/ids.ts';
import { subjectOf } from '../channels/lane-cases.ts';
import type { ChannelParts } from '../channels/tell-channel.ts';
import type { ApplyChangesDeps } from '../jobs/apply-changes.ts';
import { objectCaseOf } from '../read-models/case-id.ts';
import type { CaseRow } from '../read-models/cases.ts';
import { bookKept } from './book-kept.ts';
import { sendDeadLetterAgain, type Requeue } from './dead-letter-again.ts';
import { stateRejectedAgain } from './rejected-fact-again.ts';
import { replayPostings, type ReplayPostingsDeps } from './replay-postings.ts';

export interface ReplayCaseDeps extends ApplyChangesDeps, Omit<ReplayPostingsDeps, 'stockOf' | 'db' | 'nowMs'> {
  readonly stockOf: (sku: Sku) => Pick<SkuStockStub, 'acknowledge' | 'waiting' | 'replay' | 'explain'>;
  readonly channelParts: Pick<ChannelParts, 'laneOf' | 'wakeChannel'>;
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
    case 'channel_refused':
    case 'channel_drift':
      return await levelAgain(id, deps);
    default:
      // What the others state ends of itself, or is for a person alone.
      return 0;
  }
}

/** What a channel refused, or was left as somebody set it there by hand, is sent again. */
async function levelAgain(id: string, { channelParts: { laneOf, wakeChannel } }: ReplayCaseDeps): Promise<number> {
  const subject = subjectOf(id);
  if (subject === null) return 0;
  const again = await laneOf(subject.channel).sendAgain([subject.listing]);
  if (again > 0) await wakeChannel(subject.channel, 0);
  return again;
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
