import * as z from 'zod';
import { ErpUnavailable } from '../port.ts';
import { RECORDS_PAGE } from './limits.ts';
import type { Rpc } from './rpc.ts';

export interface Records<Row> {
  readonly model: string;
  readonly domain: readonly unknown[];
  readonly fields: readonly string[];
  readonly row: z.ZodType<Row>;
  readonly recordsMax: number;
}

/** All records of a domain in the order of their ids, or ErpUnavailable: a part of them is never taken for the whole. */
export async function readAll<Row extends { readonly id: number }>(
  rpc: Rpc,
  { model, domain, fields, row, recordsMax }: Records<Row>,
  context: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let after = 0; ;) {
    const from = [...domain, ['id', '>', after]];
    const args = [from, 0, RECORDS_PAGE, [['id', 'ASC']], fields];
    const page: readonly Row[] = await rpc.ask({ method: `${model}.search_read`, args, result: z.array(row), context }, signal);
    if (!isRising(after, page)) throw new ErpUnavailable(`Tryton told records of ${model} twice, or out of order.`);
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < RECORDS_PAGE) return rows;
    if (rows.length >= recordsMax) throw new ErpUnavailable(`Tryton has more than ${recordsMax} records of ${model}.`);
    after = last.id;
  }
}

/** What is read after the last record, or counted twice, would be wrong. */
function isRising(after: number, rows: readonly { readonly id: number }[]): boolean {
  return rows.every(({ id }, index) => id > (rows[index - 1]?.id ?? after));
}
