import type { Pool, PoolClient } from 'pg';
import type { Outcome, Shelf, Wish } from '../shelf.ts';
import { answerWithout, FIND, isKeyTaken, readAvailable, replayed, reserved, type Row } from './read-reservation.ts';

const TAKE = {
  name: 'take',
  text: 'UPDATE stock SET available = available - $2 WHERE sku = $1 AND available >= $2',
} as const;
const RESERVE = {
  name: 'reserve',
  text: `INSERT INTO reservations (key, sku, quantity, expires_at)
    VALUES ($1, $2, $3, now() + make_interval(secs => $4)) RETURNING id, expires_at`,
} as const;

/** The transaction as most would write it: each statement waits for the one before, and the row of the SKU is locked meanwhile. */
export function transaction(pool: Pool): Shelf {
  const reserve = async (wish: Wish): Promise<Outcome> => {
    const client = await pool.connect();
    try {
      return await reserveBy(client, wish);
    } catch (error) {
      await client.query('ROLLBACK');
      if (isKeyTaken(error)) return await answerWithout(client, wish);
      throw error;
    } finally {
      client.release();
    }
  };
  return { reserve, available: (sku) => readAvailable(pool, sku) };
}

async function reserveBy(client: PoolClient, wish: Wish): Promise<Outcome> {
  await client.query('BEGIN');
  const earlier = await client.query<Row>({ ...FIND, values: [wish.key] });
  if (earlier.rows[0]) {
    await client.query('ROLLBACK');
    return replayed(earlier.rows[0], wish);
  }
  const taken = await client.query({ ...TAKE, values: [wish.sku, wish.quantity] });
  if (taken.rowCount === 0) {
    await client.query('ROLLBACK');
    return answerWithout(client, wish);
  }
  const made = await client.query<Row>({ ...RESERVE, values: [wish.key, wish.sku, wish.quantity, wish.ttlSeconds] });
  await client.query('COMMIT');
  return madeOf(made.rows);
}

function madeOf([row]: readonly Row[]): Outcome {
  if (!row) throw new Error('an INSERT returned nothing');
  return reserved(row);
}
