import type { ClientBase, Pool } from 'pg';
import type { Outcome, Wish } from '../shelf.ts';

/** Statements are prepared once per connection, under their names. */
export const FIND = {
  name: 'find',
  text: 'SELECT id, sku, quantity, expires_at FROM reservations WHERE key = $1',
} as const;
const AVAILABLE = { name: 'available', text: 'SELECT available FROM stock WHERE sku = $1' } as const;

export interface Row {
  readonly id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly expires_at: Date;
}

/** Any one of them can be asked. */
export type Asked = Pick<Pool, 'query'> | Pick<ClientBase, 'query'>;

export function reserved(row: Pick<Row, 'id' | 'expires_at'>): Outcome {
  return { answer: 'reserved', id: row.id, expiresAt: row.expires_at.toISOString() };
}

export function replayed(row: Row, wish: Wish): Outcome {
  return row.sku === wish.sku && row.quantity === wish.quantity ? reserved(row) : { answer: 'key_reused' };
}

/** Why nothing was taken: the key had been used, there is no such SKU, or there is too little. */
export async function answerWithout(database: Asked, wish: Wish): Promise<Outcome> {
  const earlier = await database.query<Row>({ ...FIND, values: [wish.key] });
  if (earlier.rows[0]) return replayed(earlier.rows[0], wish);
  const available = await readAvailable(database, wish.sku);
  return available === null ? { answer: 'sku_unknown' } : { answer: 'insufficient_stock', available };
}

export async function readAvailable(database: Asked, sku: string): Promise<number | null> {
  const { rows } = await database.query<{ available: number }>({ ...AVAILABLE, values: [sku] });
  return rows[0]?.available ?? null;
}

/** Two of the same key at once: the second meets what the first has written. */
export function isKeyTaken(error: unknown): boolean {
  return sqlState(error) === '23505';
}

/** The constraint of the stock's table: less than nothing would be left. */
export function isStockShort(error: unknown): boolean {
  return sqlState(error) === '23514';
}

function sqlState(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
