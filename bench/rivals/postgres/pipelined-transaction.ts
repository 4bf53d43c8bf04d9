import type { Pool, PoolClient, QueryResult } from 'pg';
import type { Outcome, Shelf, Wish } from '../shelf.ts';
import { answerWithout, isKeyTaken, isStockShort, readAvailable, reserved, type Row } from './read-reservation.ts';

// Nothing is written for a SKU that is not there.
const RESERVE = {
  name: 'reserve',
  text: `INSERT INTO reservations (key, sku, quantity, expires_at)
    SELECT $1, sku, $3, now() + make_interval(secs => $4) FROM stock WHERE sku = $2 RETURNING id, expires_at`,
} as const;
const TAKE = { name: 'take', text: 'UPDATE stock SET available = available - $2 WHERE sku = $1' } as const;

/**
 * The transaction of a team that knows what the locked row costs: all four statements travel at once, the row is touched last, and a key
 * or a stock that does not allow it breaks a constraint, which makes the COMMIT behind it a ROLLBACK.
 */
export function pipelinedTransaction(pool: Pool): Shelf {
  const reserve = async (wish: Wish): Promise<Outcome> => {
    const client = await pool.connect();
    try {
      const made = await reserveBy(client, wish);
      return made === null ? await answerWithout(client, wish) : reserved(made);
    } finally {
      client.release();
    }
  };
  return { reserve, available: (sku) => readAvailable(pool, sku) };
}

/** Null where nothing was reserved, for a reason that can be read. */
async function reserveBy(client: PoolClient, wish: Wish): Promise<Row | null> {
  const [, made, taken, committed] = await Promise.allSettled([
    client.query('BEGIN'),
    client.query<Row>({ ...RESERVE, values: [wish.key, wish.sku, wish.quantity, wish.ttlSeconds] }),
    client.query({ ...TAKE, values: [wish.sku, wish.quantity] }),
    client.query('COMMIT'),
  ]);
  if (made.status === 'rejected') return refusedBy(made, isKeyTaken);
  if (taken.status === 'rejected') return refusedBy(taken, isStockShort);
  return committedRow(made.value, committed);
}

function refusedBy({ reason }: PromiseRejectedResult, expected: (error: unknown) => boolean): null {
  if (expected(reason)) return null;
  throw reason instanceof Error ? reason : new Error(String(reason));
}

function committedRow(made: QueryResult<Row>, committed: PromiseSettledResult<unknown>): Row | null {
  if (committed.status === 'rejected') throw new Error('the COMMIT failed', { cause: committed.reason });
  return made.rows[0] ?? null;
}
