import { NETWORK_TRIES_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { Asked, Reply, SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import type { Directories } from '../catalogue/directory.ts';
import { Refused } from '../refused.ts';
import { overloaded, patiently } from './patiently.ts';

/** The Worker's way to the objects: it brings the network along and says what overload means. */
export interface StockGateway {
  execute(sku: Sku, asked: readonly Asked[]): Promise<readonly Reply[] | Refused>;
  snapshot(sku: Sku): Promise<Snapshot | Refused>;
  /** Any other question to one object. */
  ask<Answer>(
    sku: Sku,
    question: (stub: Pick<SkuStockStub, 'reservation' | 'snapshotWith' | 'explain' | 'consumption' | 'proof'>) => Promise<Answer>,
  ): Promise<Answer | Refused>;
}

export type StubOf = (sku: Sku) => SkuStockStub;

export function stockGateway(
  stubOf: StubOf,
  directories: Pick<Directories, 'current' | 'renewed'>,
  noteCommand: (sku: Sku) => void,
): StockGateway {
  return {
    execute: async (sku, asked) => {
      noteCommand(sku);
      let { network } = await directories.current();
      let whole = false;
      let stubs = 0;
      const nextStub = (): SkuStockStub => {
        stubs += 1;
        return stubOf(sku);
      };
      for (let tries = 0; tries < NETWORK_TRIES_MAX; tries += 1) {
        const call = { networkVersion: network.version, network: whole ? network : null, asked };
        const result = await patiently(nextStub, sku, (stub) => stub.execute(call));
        // A stub more than tries: one of them broke, with the call in it.
        const brokeOff = stubs > tries + 1;
        if (result instanceof Refused) return overloaded(sku, brokeOff);
        switch (result.outcome) {
          case 'done':
            return result.replies;
          case 'sku_unknown':
            return new Refused('sku_unknown', `there is no item ${sku}`);
          case 'overloaded':
            return overloaded(sku, brokeOff);
          case 'network_needed':
            whole = true;
            break;
          case 'network_stale':
            ({ network } = await directories.renewed());
            break;
        }
      }
      throw new Error(`the object of ${sku} and this Worker cannot agree about the network`);
    },

    snapshot: async (sku) => {
      const snapshot = await patiently(
        () => stubOf(sku),
        sku,
        (stub) => stub.snapshot(),
      );
      return snapshot ?? new Refused('sku_unknown', `there is no item ${sku}`);
    },

    ask: (sku, question) => patiently(() => stubOf(sku), sku, question),
  };
}
