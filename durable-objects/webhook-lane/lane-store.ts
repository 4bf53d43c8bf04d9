import initial from '../../migrations/webhook-lane/0001-initial.sql';
import type { WebhookLane } from '../../domain/webhook-lane/webhook-lane.ts';
import type { KeeperDeps } from './keeper.ts';

/** The SQLite of one webhook's lane: one row, which the first event that is delivered makes. */
export function webhookLaneStore(storage: DurableObjectStorage): KeeperDeps['store'] {
  const { sql } = storage;
  let hasTable = sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'lane'").toArray().length > 0;
  return {
    read: () => {
      const [row] = hasTable ? sql.exec<{ body: string }>('SELECT body FROM lane').toArray() : [];
      return row === undefined ? null : (JSON.parse(row.body) as WebhookLane);
    },
    write: (lane) => {
      storage.transactionSync(() => {
        if (!hasTable) sql.exec(initial);
        sql.exec('INSERT OR REPLACE INTO lane (id, body) VALUES (1, ?)', JSON.stringify(lane));
      });
      hasTable = true;
    },
  };
}
