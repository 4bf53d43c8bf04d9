import type { Outcome, Shelf, Wish } from '../shelf.ts';
import { answerWithout, isKeyTaken, readAvailable, reserved, type Asked, type Row } from './read-reservation.ts';

const RESERVE = {
  name: 'reserve',
  text: `WITH taken AS (
      UPDATE stock SET available = available - $3
      WHERE sku = $2 AND available >= $3 AND NOT EXISTS (SELECT FROM reservations WHERE key = $1)
      RETURNING sku
    )
    INSERT INTO reservations (key, sku, quantity, expires_at)
    SELECT $1, sku, $3, now() + make_interval(secs => $4) FROM taken
    RETURNING id, expires_at`,
} as const;

/** Everything in one statement, so that the row of the SKU is locked for no longer than the database itself takes. */
export function singleStatement(next: () => Asked): Shelf {
  const reserve = async (wish: Wish): Promise<Outcome> => {
    const database = next();
    try {
      const made = await database.query<Row>({ ...RESERVE, values: [wish.key, wish.sku, wish.quantity, wish.ttlSeconds] });
      if (made.rows[0]) return reserved(made.rows[0]);
    } catch (error) {
      if (!isKeyTaken(error)) throw error;
    }
    return answerWithout(database, wish);
  };
  return { reserve, available: (sku) => readAvailable(next(), sku) };
}
