import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Bench, Part } from '../part.ts';
import type { Row } from '../row.ts';
import { figure } from '../table.ts';

const COST = path.join(import.meta.dirname, '../../cost.ts');

const report = z.object({
  rows: z.array(
    z.object({ name: z.string(), lines: z.array(z.object({ what: z.string(), where: z.string(), perUnit: z.number() })) }),
  ),
  verdicts: z.array(z.object({ what: z.string(), dollarsPerMillion: z.number(), target: z.number(), naive: z.number() })),
});

/** Rows written that a life may cost, and what the naive design writes. */
const LIVES = [
  { name: 'life: reserve, commit', target: 6, naive: 13 },
  { name: 'life with pin and fulfil', target: 11, naive: null },
  { name: 'refused for stock', target: 2, naive: null },
] as const;

/** P11, P12: what `npm run cost` counts. Nothing here is timed. */
export const cost: Part = {
  name: 'cost',
  about: 'P11, P12: rows and money, counted by npm run cost',
  needsWrk: false,
  isSlow: true,
  run,
};

async function run({ quick, say }: Bench): Promise<readonly Row[]> {
  say('counting what reads and lives cost');
  const args = [COST, '--json', ...(quick ? ['--quick'] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64_000_000 });
  const { rows, verdicts } = report.parse(JSON.parse(stdout));
  const said = { durability: '', connections: null, range: null };
  const written = LIVES.map(({ name, target, naive }): Row => {
    const lines = rows.find((row) => row.name === name)?.lines;
    if (lines === undefined) throw new Error(`npm run cost says nothing of "${name}"`);
    const rowsOf = (where: string): number => sum(lines.filter((line) => line.what === 'rowWritten' && line.where === where));
    return {
      ...said,
      target: 'P11',
      work: `rows written, ${name}`,
      against: naive === null ? '' : 'naive design',
      measured: `${figure(rowsOf('objects'))} rows`,
      base: naive === null ? '' : `${naive} rows`,
      ratio: rowsOf('objects'),
      wanted: { kind: 'at most', figure: target, unit: 'rows' },
      note: `in objects, alarms counted; ${figure(rowsOf('D1'))} more in D1`,
    };
  });
  const billed = verdicts.map(({ what, dollarsPerMillion, target, naive }): Row => ({
    ...said,
    target: 'P12',
    work: `a million ${what}`,
    against: 'naive design',
    measured: `$${figure(dollarsPerMillion)}`,
    base: `$${figure(naive)}`,
    ratio: dollarsPerMillion,
    wanted: { kind: 'at most', figure: target, unit: '$' },
    note: 'at list prices, from counted operations: docs/cost.md',
  }));
  return [...written, ...billed];
}

function sum(lines: readonly { readonly perUnit: number }[]): number {
  return lines.reduce((total, { perUnit }) => total + perUnit, 0);
}
