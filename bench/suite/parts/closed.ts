import { interleave } from '../interleave.ts';
import type { Bench, Part } from '../part.ts';
import { rateRow } from '../rates.ts';
import type { Row } from '../row.ts';
import { Shop } from '../shop.ts';
import { SideDoor } from '../side-door.ts';

const CONNECTIONS = 64;

/** P8: what was sold before must not weigh on what is sold now. */
export const closed: Part = { name: 'closed', about: 'P8: many closed reservations', needsWrk: true, run };

async function run({ servers, pace, quick, say }: Bench): Promise<readonly Row[]> {
  const server = await servers.serve('objects');
  const shop = new Shop(server);
  const door = new SideDoor(server);
  const sizes = quick ? [0, 10_000] : [0, 10_000, 100_000];
  for (const size of sizes) {
    say(`${size.toLocaleString('en')} closed reservations`);
    await shop.stock([skuOf(size)]);
    await door.fill(skuOf(size), 'closed', size);
  }
  say('reserve, with so many closed before');
  const [none, ...some] = await interleave(
    sizes.map((size) => ({ name: String(size), server, load: () => shop.reserve(skuOf(size), CONNECTIONS) })),
    pace,
  );
  if (none === undefined) return [];
  return some.map((outcome) =>
    rateRow(outcome, none, {
      target: 'P8',
      work: `reserve, ${Number(outcome.name).toLocaleString('en')} closed reservations in the object`,
      against: 'none closed',
      durability: 'fsync before the answer',
      connections: CONNECTIONS,
      wanted: { kind: 'at least', figure: 0.9 },
    }),
  );
}

function skuOf(closed: number): string {
  return `CLOSED-${closed}`;
}
