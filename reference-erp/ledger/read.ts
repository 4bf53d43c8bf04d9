import * as z from 'zod';
import { erpBalance, type ErpBalancesReply, type ErpChangesReply, type ErpLookupReply } from '../../contracts/generic-erp.ts';
import { placeAfter, type Place } from './place.ts';
import { ENTRY_COLUMNS, entriesIn, referenceOf } from './entry.ts';

export async function lookUp(database: D1Database, keys: readonly string[]): Promise<ErpLookupReply> {
  const sql = 'SELECT key, number FROM entry WHERE key IN (SELECT value FROM json_each(?))';
  const { results } = await database.prepare(sql).bind(JSON.stringify(keys)).all();
  const marks = new Map(results.map((each) => keyRow.parse(each)).map(({ key, number }) => [key, number]));
  return {
    items: keys.map((key) => {
      const mark = marks.get(key);
      return mark === undefined
        ? { key, found: false, mark: null, reference: null }
        : { key, found: true, mark, reference: referenceOf(mark) };
    }),
  };
}

const keyRow = z.object({ key: z.string(), number: z.int() });

interface BalanceQuestion {
  readonly after: Place | null;
  readonly sku: string | null;
  readonly limit: number;
}

/** Head and balances are read in one transaction, so everything up to the mark is in the numbers and nothing beyond it. */
export async function readBalances(database: D1Database, { after, sku, limit }: BalanceQuestion): Promise<ErpBalancesReply> {
  const page = database.prepare(`
    SELECT * FROM balance WHERE (sku, location, status) > (?1, ?2, ?3) ${sku === null ? '' : 'AND sku = ?5'}
    ORDER BY sku, location, status LIMIT ?4`);
  const bounds = [after?.sku ?? '', after?.location ?? '', after?.status ?? '', limit];
  const [head, balances] = await database.batch([
    database.prepare('SELECT coalesce(max(number), 0) AS mark FROM entry'),
    sku === null ? page.bind(...bounds) : page.bind(...bounds, sku),
  ]);
  const { mark } = headRow.parse(head?.results[0]);
  const items = (balances?.results ?? []).map((each) => ({ ...balanceRow.parse(each), mark }));
  const last = items.at(-1);
  return { items, next_cursor: last !== undefined && items.length === limit ? placeAfter(last) : null };
}

const headRow = z.object({ mark: z.int() });
const balanceRow = erpBalance.omit({ mark: true });

export async function readChanges(database: D1Database, after: number, limit: number): Promise<ErpChangesReply> {
  const sql = `SELECT ${ENTRY_COLUMNS} FROM entry WHERE number > ?1 ORDER BY number LIMIT ?2`;
  const items = entriesIn(await database.prepare(sql).bind(after, limit).all());
  return {
    items: items.map((entry) => ({ ...entry, reference: referenceOf(entry.mark) })),
    next_cursor: String(items.at(-1)?.mark ?? after),
  };
}
