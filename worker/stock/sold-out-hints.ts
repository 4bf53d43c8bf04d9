import type { Reserve } from '../../domain/command.ts';
import type { Sku } from '../../domain/ids.ts';
import { offer } from '../../domain/offer.ts';
import { grantsNothing } from '../../domain/sold-out.ts';
import type { Reply, RequestKey } from '../../durable-objects/sku-stock/protocol.ts';
import { freshForMs } from '../cache/port.ts';
import type { Snapshots } from '../cache/snapshots.ts';
import type { Directories } from '../catalogue/directory.ts';
import { Refused } from '../refused.ts';
import { written } from '../replies/written.ts';
import { SentKeys } from './sent-keys.ts';
import type { StockGateway } from './stock-gateway.ts';

export interface AskedReserve {
  readonly command: Reserve;
  readonly key: RequestKey;
  readonly correlationId: string;
  /** The caller wants the object's own word. */
  readonly insists: boolean;
}

interface Parts {
  readonly stock: Pick<StockGateway, 'execute'>;
  readonly snapshots: Pick<Snapshots, 'atHand' | 'learn'>;
  readonly directories: Pick<Directories, 'current'>;
  readonly now: () => number;
}

/** Reserves one SKU. */
export type ReserveSku = (sku: Sku, asked: AskedReserve) => Promise<readonly Reply[] | Refused>;

/**
 * Asks the SKU's object, unless the channel has hints on and this isolate has a fresh number by which nothing is left of what
 * is asked (R91). What was sent on before is always asked again, since the object may have granted it (R5).
 */
export function reserveUnlessSoldOut({ stock, snapshots, directories, now }: Parts): ReserveSku {
  const sent = new SentKeys();
  return async (sku, { command, key, correlationId, insists }) => {
    const asked = { command, key, correlationId };
    const { network, soldOutHints } = await directories.current();
    const hints = soldOutHints.has(command.channel);
    const askedAtMs = now();
    const wasSent = sent.has(key.hash, askedAtMs);
    const seen = !hints || insists || wasSent ? null : snapshots.atHand(sku);
    if (seen !== null) {
      const { terms, asOfMs } = seen.snapshot;
      const isSoldOut = grantsNothing(offer(terms, network, command.channel), command.lines, command.split);
      if (isSoldOut) return soldOut(sku, freshForMs(seen, askedAtMs), asOfMs);
    }
    // Also where there are no hints: they may be switched on while the crowd is there, and it asks again.
    const sending = sent.note(key.hash, askedAtMs);
    const replies = await stock.execute(sku, [hints ? { ...asked, learns: true } : asked]);
    if (replies instanceof Refused) {
      // Turned away is undecided: when it comes again it is as new as it was.
      if (replies.code === 'overloaded' && !replies.mayBeDone && !wasSent) sent.forget(key.hash, sending);
      return replies;
    }
    const [lesson] = replies.flatMap((reply) => (reply.outcome === 'answered' ? (reply.snapshot ?? []) : []));
    if (lesson !== undefined) await snapshots.learn({ snapshot: lesson, askedAtMs });
    return replies;
  };
}

function soldOut(sku: Sku, leftMs: number, asOfMs: number): Refused {
  return new Refused(
    'sold_out_hint',
    `nothing was left of ${sku} when it was last seen, and its object was not asked; nothing is decided and the key is not used up: ` +
      `ask again later, or with consistency=strong, also if an answer to this key was lost`,
    { extra: { source: 'edge', as_of: written(asOfMs) }, retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1_000)) },
  );
}
