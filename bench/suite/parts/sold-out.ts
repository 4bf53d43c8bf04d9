import { interleave } from '../interleave.ts';
import type { Bench, Part } from '../part.ts';
import { rateRow } from '../rates.ts';
import type { Row } from '../row.ts';
import { Shop } from '../shop.ts';

const CONNECTIONS = 64;
const SKU = 'SOLD-OUT';
const HINTED = 'bench-hinted';

/** Reserves of what is sold out: told so at the edge (R91), against the refusal of the object. */
export const soldOut: Part = { name: 'sold-out', about: 'what a hint spares', needsWrk: true, isSlow: true, run };

async function run({ servers, pace, say }: Bench): Promise<readonly Row[]> {
  const front = await servers.serve('front');
  const shop = new Shop(front);
  await shop.soldOut(SKU, HINTED);
  say('reserves of what is sold out');
  const [refused, hinted] = await interleave(
    [
      { name: 'refused', server: front, load: () => shop.reserveInVain(SKU, 'web', CONNECTIONS) },
      { name: 'hinted', server: front, load: () => shop.reserveInVain(SKU, HINTED, CONNECTIONS) },
    ],
    pace,
  );
  if (refused === undefined || hinted === undefined) return [];
  return [
    rateRow(hinted, refused, {
      target: '–',
      work: 'reserve of what is sold out, hinted at the edge',
      against: 'refusal of the object',
      durability: 'nothing is written',
      connections: CONNECTIONS,
      wanted: { kind: 'report' },
    }),
  ];
}
