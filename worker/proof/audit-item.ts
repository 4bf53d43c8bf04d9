import type { Sku } from '../../domain/ids.ts';
import type { Check, OrderTaking } from '../../durable-objects/sku-stock/protocol.ts';
import { Refused } from '../refused.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { archiveCheck } from './archive-chain.ts';
import { SEGMENTS_AUDITED_MAX } from './limits.ts';
import type { Segments } from './segments.ts';

export interface Audited {
  readonly sequence: number;
  readonly checks: readonly Check[];
  /** To be told to the look-up again. */
  readonly openOrders: readonly OrderTaking[];
}

/** Proves one item's numbers: its object adds them up, and what it archived is read again here, where nobody waits for it. */
export async function auditItem(
  sku: Sku,
  {
    stock,
    segments,
    segmentsMax = SEGMENTS_AUDITED_MAX,
  }: { readonly stock: Pick<StockGateway, 'ask'>; readonly segments: Segments; readonly segmentsMax?: number },
): Promise<Audited | Refused> {
  const proof = await stock.ask(sku, (stub) => stub.proof());
  if (proof instanceof Refused) return proof;
  if (proof === null) return new Refused('sku_unknown', `there is no item ${sku}`, { inPath: true });
  const { sequence, checks, archive, openOrders = [] } = proof;
  return { sequence, openOrders, checks: [...checks, await archiveCheck(segments, sku, archive, segmentsMax)] };
}
