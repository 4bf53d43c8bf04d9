import { interleave } from '../interleave.ts';
import type { Bench, Part } from '../part.ts';
import { rateRow } from '../rates.ts';
import type { KnownMiss, Row } from '../row.ts';
import { Shop } from '../shop.ts';

const CONNECTIONS = 64;
const ITEMS = 50;

/** What was reached on four cores of which others took next to nothing. */
const MISSED = {
  cached: {
    reached: 0.76,
    why: 'An answer from memory computes some 15 µs more than a constant: who asks is looked up, a trace is begun, age and time are written into the answer.',
  },
  page: {
    reached: 0.31,
    why: 'Fifty answers are some ten kilobytes that are put together anew for each reader, since each says how old it is by now.',
  },
  projection: {
    // Half of what was seen, since the database’s file feels whoever else uses the disk.
    reached: 0.02,
    why: 'The projection is D1, of which this machine has a simulator that runs as JavaScript on the same thread; why we stay with it says docs/adr/0036.',
  },
  strong: {
    reached: 0.19,
    why: 'On this runtime an empty call to an object is itself no more than the row below says; ours reads a row (F45) and answers with all terms of the item.',
  },
};

/** P1–P3: availability against a Worker that returns a constant. */
export const reads: Part = { name: 'reads', about: 'P1–P3: availability', needsWrk: true, run };

async function run({ servers, pace, say }: Bench): Promise<readonly Row[]> {
  const [floor, front, forgetful] = await Promise.all([
    servers.serve('floor'),
    servers.serve('front'),
    servers.serve('never-fresh'),
  ]);
  const [shop, forgetfulShop] = [new Shop(front), new Shop(forgetful)];
  const skus = Array.from({ length: ITEMS }, (_, index) => `READ-${index + 1}`);
  say('items to read');
  await Promise.all([shop.stock(skus), forgetfulShop.stock(skus)]);

  say('reads against a bare Worker');
  const load = (path: string, body?: unknown) => () => shop.read(path, CONNECTIONS, body);
  const [bare, empty, cached, listed, unknown, strong] = await interleave(
    [
      { name: 'bare', server: floor, load: () => ({ ...shop.read('/', CONNECTIONS), url: floor.url }) },
      { name: 'empty', server: floor, load: () => ({ ...shop.reserve('EMPTY', CONNECTIONS), url: floor.url }) },
      { name: 'cached', server: front, load: load('/v1/availability/READ-1') },
      { name: 'listed', server: front, load: load('/v1/availability/query', { skus }) },
      {
        name: 'unknown',
        server: forgetful,
        load: () => forgetfulShop.read('/v1/availability/query', CONNECTIONS, { skus }),
      },
      { name: 'strong', server: front, load: load('/v1/availability/READ-1?consistency=strong') },
    ],
    pace,
  );
  if (
    bare === undefined ||
    empty === undefined ||
    cached === undefined ||
    listed === undefined ||
    unknown === undefined ||
    strong === undefined
  )
    return [];
  const said = { against: 'bare Worker', durability: '', connections: CONNECTIONS };
  const atLeast = (figure: number, missed: KnownMiss) => ({ wanted: { kind: 'at least', figure, missed } as const });
  return [
    rateRow(cached, bare, { target: 'P1', work: 'read of one SKU, cached', ...said, ...atLeast(0.85, MISSED.cached) }),
    rateRow(listed, bare, { target: 'P2', work: 'read of 50 SKUs, cached', ...said, ...atLeast(0.6, MISSED.page) }),
    rateRow(unknown, bare, {
      target: 'P2',
      work: 'read of 50 SKUs, numbers not cached',
      ...said,
      ...atLeast(0.2, MISSED.projection),
    }),
    rateRow(strong, bare, { target: 'P3', work: 'read from the object (strong)', ...said, ...atLeast(0.4, MISSED.strong) }),
    rateRow(empty, bare, { target: 'P3', work: 'an empty call to one object, beside it', ...said, wanted: { kind: 'report' } }),
  ];
}
