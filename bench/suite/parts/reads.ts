import { interleave } from '../interleave.ts';
import type { Bench, Part } from '../part.ts';
import { rateRow } from '../rates.ts';
import type { Row } from '../row.ts';
import { Shop } from '../shop.ts';

const CONNECTIONS = 64;
const ITEMS = 50;

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
  const [bare, cached, listed, unknown, strong] = await interleave(
    [
      { name: 'bare', server: floor, load: () => ({ ...shop.read('/', CONNECTIONS), url: floor.url }) },
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
  if (bare === undefined || cached === undefined || listed === undefined || unknown === undefined || strong === undefined)
    return [];
  const said = { against: 'bare Worker', durability: '', connections: CONNECTIONS };
  const atLeast = (figure: number) => ({ wanted: { kind: 'at least', figure } as const });
  return [
    rateRow(cached, bare, { target: 'P1', work: 'read of one SKU, cached', ...said, ...atLeast(0.85) }),
    rateRow(listed, bare, { target: 'P2', work: 'read of 50 SKUs, cached', ...said, ...atLeast(0.6) }),
    rateRow(unknown, bare, { target: 'P2', work: 'read of 50 SKUs, numbers not cached', ...said, ...atLeast(0.2) }),
    rateRow(strong, bare, { target: 'P3', work: 'read from the object (strong)', ...said, ...atLeast(0.4) }),
  ];
}
