import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import * as z from 'zod';
import type { Outcome, Shelf, Wish } from '../shelf.ts';

// Redis runs it as one step: what was asked under this key before, else take, remember, note when it lapses, and tell who listens.
const RESERVE = `
  local earlier = redis.call('HGET', KEYS[2], ARGV[1])
  if earlier then return {'earlier', earlier} end
  local available = redis.call('GET', KEYS[1])
  if not available then return {'unknown'} end
  local quantity = tonumber(ARGV[4])
  if tonumber(available) < quantity then return {'short', available} end
  redis.call('DECRBY', KEYS[1], quantity)
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. ' ' .. ARGV[5] .. ' ' .. ARGV[4] .. ' ' .. ARGV[3])
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[2])
  redis.call('XADD', KEYS[4], '*', 'id', ARGV[2], 'sku', ARGV[3], 'quantity', ARGV[4])
  return {'reserved'}`;

const KEYS = 'keys';
const DEADLINES = 'deadlines';
const MOVEMENTS = 'movements';

export function stockOf(sku: string): string {
  return `stock:${sku}`;
}

/** Calls that come in one turn travel together, and the script by its digest. */
export function luaShelf(socket: string): Shelf {
  const redis = new Redis({ path: socket, enableAutoPipelining: true });
  redis.defineCommand('reserve', { numberOfKeys: 4, lua: RESERVE });
  const call = commandOf(redis);

  const reserve = async (wish: Wish): Promise<Outcome> => {
    const id = randomUUID();
    const expiresAtMs = Date.now() + wish.ttlSeconds * 1_000;
    const keys = [stockOf(wish.sku), KEYS, DEADLINES, MOVEMENTS];
    const [answer, detail = ''] = await call(...keys, wish.key, id, wish.sku, wish.quantity, expiresAtMs);
    if (answer === 'reserved') return { answer, id, expiresAt: new Date(expiresAtMs).toISOString() };
    if (answer === 'earlier') return replayed(detail, wish);
    if (answer === 'short') return { answer: 'insufficient_stock', available: Number(detail) };
    return { answer: 'sku_unknown' };
  };
  const available = async (sku: string): Promise<number | null> => {
    const units = await redis.get(stockOf(sku));
    return units === null ? null : Number(units);
  };
  return { reserve, available };
}

type Reserve = (...words: (string | number)[]) => Promise<string[]>;

/** A command that was defined while running is on the connection, but not on its type. */
function commandOf(redis: Redis): Reserve {
  const { reserve } = z.object({ reserve: z.custom<Reserve>((value) => typeof value === 'function') }).parse(redis);
  return reserve.bind(redis);
}

/** The SKU stands last because it may hold a space. */
function replayed(record: string, wish: Wish): Outcome {
  const [id = '', expiresAtMs, quantity, ...sku] = record.split(' ');
  if (Number(quantity) !== wish.quantity || sku.join(' ') !== wish.sku) return { answer: 'key_reused' };
  return { answer: 'reserved', id, expiresAt: new Date(Number(expiresAtMs)).toISOString() };
}
