import { interleave } from '../interleave.ts';
import type { Bench, Part } from '../part.ts';
import { latencyRow } from '../rates.ts';
import type { Row } from '../row.ts';
import { hasTmpfs } from '../servers.ts';
import { Shop } from '../shop.ts';

const MISSED = {
  reached: 2.4,
  why: 'Nobody waits for a timer; a reserve computes some 350 µs more than an empty call (P4 says what), which a lone caller waits for.',
};

/** P7: whoever asks alone waits for nobody. */
export const loneCaller: Part = { name: 'lone-caller', about: 'P7: one caller at a time', needsWrk: true, run };

async function run({ servers, pace, say }: Bench): Promise<readonly Row[]> {
  const medium = hasTmpfs ? 'tmpfs' : 'disk';
  const [floor, front] = await Promise.all([servers.serve('floor', medium), servers.serve('front', medium)]);
  const shop = new Shop(front);
  say('one caller at a time');
  const [empty, lone] = await interleave(
    [
      { name: 'empty', server: floor, load: () => ({ ...shop.reserve('EMPTY', 1), url: floor.url }) },
      { name: 'reserve', server: front, load: async () => shop.reserve(await shop.freshItem(), 1) },
    ],
    pace,
  );
  if (empty === undefined || lone === undefined) return [];
  return [
    latencyRow(lone, empty, {
      target: 'P7',
      work: `reserve, one caller at a time, on ${medium}`,
      against: 'empty call to one object',
      durability: hasTmpfs ? 'none (memory)' : 'fsync before the answer',
      connections: 1,
      wanted: { kind: 'at most', figure: 1.3, missed: MISSED },
    }),
  ];
}
