import { interleave } from '../interleave.ts';
import type { Bench, Part } from '../part.ts';
import { rateRow } from '../rates.ts';
import type { Row } from '../row.ts';
import { Shop } from '../shop.ts';

const CONNECTIONS = 64;
const MISSED = {
  reached: 0.37,
  why: `The call and the commit are shared, but each reserve also does what the empty call does not, and that is by now most of its time: it finds its
caller, item and network, hashes key and body, is decided by the rules, writes a row of its own and one of the journal, and a line of the log. In
a profile no part of that is more than a tenth, but for the two rows.`.replaceAll('\n', ' '),
};

/** P4: one hot SKU against an empty call to one object. */
export const hotSku: Part = { name: 'hot-sku', about: 'P4: one hot SKU', needsWrk: true, run };

async function run({ servers, pace, say }: Bench): Promise<readonly Row[]> {
  const [floor, front] = await Promise.all([servers.serve('floor'), servers.serve('front')]);
  const shop = new Shop(front);
  say('one hot SKU against an empty call');
  const [empty, reserve] = await interleave(
    [
      { name: 'empty', server: floor, load: () => ({ ...shop.reserve('EMPTY', CONNECTIONS), url: floor.url }) },
      { name: 'reserve', server: front, load: async () => shop.reserve(await shop.freshItem(), CONNECTIONS) },
    ],
    pace,
  );
  if (empty === undefined || reserve === undefined) return [];
  return [
    rateRow(reserve, empty, {
      target: 'P4',
      work: 'reserve, one hot SKU, on disk',
      against: 'empty call to one object',
      durability: 'fsync before the answer',
      connections: CONNECTIONS,
      // What shares calls in the Worker should reach this; what shares commits in the object alone, 0.6.
      wanted: { kind: 'at least', figure: 0.85, missed: MISSED },
    }),
  ];
}
