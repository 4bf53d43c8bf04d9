import { table, type Cells } from '../../tools/replay/table.ts';
import type { Freshness } from '../flash-sale-simulation/shop-item.ts';
import { SCENES } from './scenes.ts';
import { simulate, type Look, type Seen } from './simulate.ts';

/** By demand, and as it was before: every snapshot for a second; and every snapshot for as long as the longest. */
export const WAYS = [
  ['by demand', { adapts: true, freshForMsMax: 5_000 }],
  ['1 s', { adapts: false, freshForMsMax: 1_000 }],
  ['5 s', { adapts: false, freshForMsMax: 5_000 }],
] as const satisfies readonly (readonly [string, Freshness])[];

/** How old and how wrong what readers were shown was. */
export async function report(seed: number): Promise<string> {
  const rows: Cells[] = [];
  for (const scene of Object.values(SCENES)) {
    rows.push([scene.name, '', '', '', '', '']);
    for (const [name, freshness] of WAYS) rows.push(rowOf(name, await simulate(scene, freshness, seed)));
  }
  return table([
    [
      '',
      'looks',
      'questions per 1,000',
      'age p50 / p99 / max, ms',
      'wrong by p50 / p99 / max, units',
      'wrong by over a tenth, %',
    ],
    ...rows,
  ]);
}

function rowOf(name: string, { looks, questions }: Seen): Cells {
  const cached = looks.filter(({ source }) => source !== 'object');
  const wrongShare = (100 * looks.filter(isWrongByATenth).length) / looks.length;
  return [
    `  ${name}`,
    looks.length,
    ((1_000 * questions) / looks.length).toFixed(1),
    spread(cached.map(({ ageMs }) => ageMs)),
    spread(looks.map(errorOf)),
    wrongShare.toFixed(1),
  ];
}

export function errorOf({ shown, truth }: Look): number {
  return Math.abs(shown - truth);
}

function isWrongByATenth(look: Look): boolean {
  return errorOf(look) * 10 > look.truth;
}

function spread(numbers: readonly number[]): string {
  const sorted = Float64Array.from(numbers).sort();
  const upTo = (share: number): string => (sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0).toFixed(0);
  return [0.5, 0.99, 1].map(upTo).join(' / ');
}
