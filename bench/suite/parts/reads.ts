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
    reached: 0.64,
    why: 'An answer bears nine headers, each of which costs the runtime some 1.5 µs of the processor, to copy, to send and to let go of. In whole runs of one day a constant that bears the same nine (the row below) was 0.69 to 1.18 of the bare Worker, and we were 0.55 to 0.90 of it: beside so much of a machine’s own moods, what the read does is little.',
  },
  page: {
    reached: 0.45,
    why: 'Fifty answers are twelve kilobytes under seven headers. To send a constant as long, with the same headers, is no more than the row below says; what we do beside that is to know the page, look at each of its fifty numbers, and write their ages.',
  },
  projection: {
    // Half of what was seen, since the database’s file feels whoever else uses the disk.
    reached: 0.07,
    why: 'The projection is D1, of which this machine has a simulator that runs as JavaScript on the same thread: 50 rows that are in no table are no more than the row below says. Readers who come at the same time share a query (docs/adr/0037); why we stay with D1 says docs/adr/0036.',
  },
  strong: {
    reached: 0.35,
    why: 'On this runtime an empty call to an object is itself no more than the row below says. Readers who come at the same time share a call (docs/adr/0037), and then half of what is left is the headers and the line of the log, which each of them gets.',
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
  const page = { ...shop.read('/page', CONNECTIONS, { skus }), url: floor.url };
  const [bare, headed, empty, constantPage, rows, cached, listed, unknown, strong] = await interleave(
    [
      { name: 'bare', server: floor, load: () => ({ ...shop.read('/', CONNECTIONS), url: floor.url }) },
      { name: 'headed', server: floor, load: () => ({ ...shop.read('/headers', CONNECTIONS), url: floor.url }) },
      { name: 'empty', server: floor, load: () => ({ ...shop.reserve('EMPTY', CONNECTIONS), url: floor.url }) },
      { name: 'constant page', server: floor, load: () => page },
      { name: 'rows', server: floor, load: () => ({ ...page, path: '/rows' }) },
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
    headed === undefined ||
    empty === undefined ||
    constantPage === undefined ||
    rows === undefined ||
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
    rateRow(headed, bare, {
      target: 'P1',
      work: 'a constant with the headers of that, beside it',
      ...said,
      wanted: { kind: 'report' },
    }),
    rateRow(listed, bare, { target: 'P2', work: 'read of 50 SKUs, cached', ...said, ...atLeast(0.6, MISSED.page) }),
    rateRow(constantPage, bare, {
      target: 'P2',
      work: 'a constant as long as that and with its headers, beside it',
      ...said,
      wanted: { kind: 'report' },
    }),
    rateRow(unknown, bare, {
      target: 'P2',
      work: 'read of 50 SKUs, numbers not cached',
      ...said,
      ...atLeast(0.2, MISSED.projection),
    }),
    rateRow(rows, bare, {
      target: 'P2',
      work: '50 rows of D1 that are in no table, beside it',
      ...said,
      wanted: { kind: 'report' },
    }),
    rateRow(strong, bare, { target: 'P3', work: 'read from the object (strong)', ...said, ...atLeast(0.4, MISSED.strong) }),
    rateRow(empty, bare, { target: 'P3', work: 'an empty call to one object, beside it', ...said, wanted: { kind: 'report' } }),
  ];
}
