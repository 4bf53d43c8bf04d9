import * as z from 'zod';
import type { Measured } from './bill.ts';
import { skusOf, type CountedShop } from './counted-shop.ts';
import { total, type Counts } from './counts.ts';

const reserved = z.object({ id: z.string() });
/** Within one flush's gathering time, and so that the flush before it has been answered. */
const ROUND_MS = 3_000;
/** So long until an object tells that its postings were answered, 10 s after its last message: the last that comes of a life. */
export const ALL_TOLD_MS = 11_500;
const LAPSED_MS = 2_000;

type Operation = 'pin' | 'commit' | 'fulfill';

export interface Life {
  readonly name: string;
  readonly unit: string;
  readonly prefix: string;
  /** Items that are sold side by side, each with so many lives a round. */
  readonly skus: number;
  readonly perRound: number;
  readonly rounds: number;
  /** SKUs of one reservation. */
  readonly lines?: number;
  readonly ttlSeconds?: number;
  /** What each reservation goes through after it was made. */
  readonly through: readonly Operation[];
  readonly refused?: boolean;
}

const SOLD: readonly Operation[] = ['commit'];
const SOLD_CAREFULLY: readonly Operation[] = ['pin', 'commit', 'fulfill'];

/** The first is the one that the target is about. */
export function livesToCount(quick: boolean): readonly Life[] {
  const rounds = quick ? 1 : 3;
  const hot = { unit: 'life', skus: quick ? 2 : 3, perRound: 20 };
  const all: readonly Life[] = [
    { ...hot, name: 'life: reserve, commit', prefix: 'PLAIN', rounds, through: SOLD },
    { ...hot, name: 'life with pin and fulfil', prefix: 'FULL', rounds: Math.min(rounds, 2), through: SOLD_CAREFULLY },
    { ...hot, name: 'reserved and lapsed', prefix: 'LAPSED', rounds: 1, ttlSeconds: 1, through: [] },
    { ...hot, name: 'refused for stock', unit: 'refusal', prefix: 'NONE', rounds: 1, through: [], refused: true },
  ];
  if (quick) return all;
  return [
    ...all,
    { name: 'life of a slow seller', unit: 'life', prefix: 'SLOW', skus: 40, perRound: 1, rounds: 1, through: SOLD },
    {
      name: 'cart of 3 items, with pin',
      unit: 'cart',
      prefix: 'CART',
      skus: 3,
      perRound: 20,
      rounds: 1,
      lines: 3,
      through: ['pin', 'commit'],
    },
  ];
}

/** What the life needs on the shelf. */
export async function stockFor(shop: CountedShop, { prefix, skus, refused }: Life): Promise<void> {
  await shop.stock(prefix, skus, refused === true ? 1 : undefined);
}

/**
 * Lives from the reservation to the last that comes of them: flushed to the ERP and told to the read models. That they are let go
 * of at last costs each of them nothing: a table is dropped, whatever is in it.
 */
export async function countLives(shop: CountedShop, life: Life): Promise<Measured> {
  const { name, unit, lines = 1 } = life;
  const skus = skusOf(life.prefix, life.skus);
  const starts = lines === 1 ? skus.map((sku) => [sku]) : [skus.slice(0, lines)];
  const during = await shop.while(async () => {
    for (let round = 0; round < life.rounds; round += 1) {
      if (round > 0) await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
      const bought = starts.flatMap((wanted) => Array.from({ length: life.perRound }, () => live(shop, wanted, life)));
      await Promise.all(bought);
    }
    await shop.untilQuiet(lastOf(life));
  });
  const units = starts.length * life.perRound * life.rounds;
  return { name, unit, units, ...during, notes: notesOf(during.counts) };
}

/** How long it takes until the last comes of it. */
function lastOf({ through, refused }: Life): number {
  if (refused === true) return 0;
  return through.length > 0 ? ALL_TOLD_MS : LAPSED_MS;
}

async function live(shop: CountedShop, skus: readonly string[], { ttlSeconds = 900, through, refused }: Life): Promise<void> {
  const lines = skus.map((sku) => ({ sku, quantity: refused === true ? 2 : 1 }));
  const { status, text } = await shop.ask('POST', '/v1/reservations', { lines, ttl_seconds: ttlSeconds });
  if (status !== (refused === true ? 409 : 201)) throw new Error(`a reservation was answered ${status}: ${text.slice(0, 300)}`);
  if (through.length === 0) return;
  const { id } = reserved.parse(JSON.parse(text));
  for (const operation of through) {
    const body = operation === 'commit' ? { order_ref: id.slice(-22) } : {};
    const reply = await shop.ask('POST', `/v1/reservations/${id}/${operation}`, body);
    if (reply.status !== 200) throw new Error(`${operation} was answered ${reply.status}: ${reply.text.slice(0, 300)}`);
  }
}

function notesOf(counts: Counts): readonly string[] {
  const messages = total(counts, ['queue message'], 'ERP_MOVEMENTS');
  const posted = total(counts, ['posting']);
  if (messages === 0) return [];
  return [`${(posted / messages).toFixed(1)} postings a message`];
}
