import { batchAfter } from '../../domain/lane/batch.ts';
import type { ErpPort } from '../../erp/port.ts';

/** An ERP that is sent fewer postings at once after a call that took too long. Each isolate finds out for itself. */
export function pacedErp(erp: ErpPort, nowMs: () => number): ErpPort {
  let size = erp.batchMax;
  return {
    enforcesKeys: erp.enforcesKeys,
    get batchMax() {
      return size;
    },
    callsAtOnceMax: erp.callsAtOnceMax,
    catalogue: erp.catalogue,
    post: async (postings, signal) => {
      const beganMs = nowMs();
      const outcomes = await erp.post(postings, signal);
      const timedOut = signal.aborted && outcomes.every(({ outcome }) => outcome === 'unknown');
      size = batchAfter(size, erp.batchMax, { postings: postings.length, ms: nowMs() - beganMs, timedOut });
      return outcomes;
    },
    find: (keys, signal) => erp.find(keys, signal),
    balances: (cursor, signal) => erp.balances(cursor, signal),
    balancesOf: (skus, signal) => erp.balancesOf(skus, signal),
    changes: (after, signal) => erp.changes(after, signal),
  };
}
