import { postingKey } from '../../domain/posting.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Told } from '../../domain/variance.ts';
import { ERP_CALL_MS_MAX } from '../jobs/limits.ts';
import type { ReconciliationParts } from './parts.ts';

/**
 * What was sent and not answered is asked for by key (R34), after the number was read: what the ERP does not have now it did not
 * have then. Nothing is booked by asking. null: the object did not say what is under way.
 */
export async function askByKey(sku: Sku, { erp, stockOf }: Pick<ReconciliationParts, 'erp' | 'stockOf'>): Promise<Told | null> {
  const underWay = (await stockOf(sku).standing())?.underWay;
  if (underWay === undefined) return null;
  const { through, sequences } = underWay;
  const postings: Told['postings'][number][] = [];
  for (let at = 0; at < sequences.length; at += erp.batchMax) {
    const asked = sequences.slice(at, at + erp.batchMax);
    const keys = asked.map((sequence) => postingKey(sku, sequence));
    const found = await erp.find(keys, AbortSignal.timeout(ERP_CALL_MS_MAX));
    for (const [index, sequence] of asked.entries()) {
      const receipt = found.get(keys[index] ?? '');
      if (receipt === undefined) postings.push({ sequence, mark: null });
      else if (receipt.mark !== null) postings.push({ sequence, mark: receipt.mark });
    }
  }
  return { through, postings };
}
