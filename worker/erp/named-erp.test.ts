import { beforeEach, expect, test } from 'vitest';
import type { LocationId, Sku } from '../../domain/ids.ts';
import type { Posting } from '../../domain/posting.ts';
import { MemoryErp } from '../../erp/memory/memory-erp.ts';
import { ErpUnavailable, type ErpPort } from '../../erp/port.ts';
import { d1OnNode } from '../../test/d1-on-node.ts';
import { DC, MUG, sale, TEA } from '../../test/pipeline/postings.ts';
import { ERP_CONNECTION } from './connection.ts';
import { namedErp } from './named-erp.ts';

let db: D1Database;
let erp: MemoryErp;
let named: ErpPort;
// However long the machine takes.
const patient = new AbortController().signal;

beforeEach(() => {
  db = d1OnNode();
  erp = new MemoryErp({ enforcesKeys: true });
  named = namedErp(erp, db, ERP_CONNECTION);
});

function alias(kind: 'item' | 'location', target: string, word: string, system: string = ERP_CONNECTION) {
  return db
    .prepare('INSERT INTO alias (kind, system, external_id, target) VALUES (?, ?, ?, ?)')
    .bind(kind, system, word, target)
    .run();
}

async function booked(posting: Posting) {
  await named.post([posting], patient);
  const { items } = await erp.changes(null, patient);
  return items.map(({ key, sku, lines }) => ({ key, sku, at: lines.map(({ location }) => location) }));
}

test('[R34] the ERP is told of items and locations in its own words, under keys that stay ours', async () => {
  await alias('item', TEA, '4711');
  await alias('location', DC, 'WH/Stock');
  expect(await booked(sale(TEA, 1))).toEqual([{ key: 'TEA#1', sku: '4711', at: ['WH/Stock'] }]);
});

test('what has no word of the ERP goes by our name', async () => {
  await alias('item', TEA, 'tee', 'shop');
  expect(await booked(sale(TEA, 1))).toEqual([{ key: 'TEA#1', sku: TEA, at: [DC] }]);
});

test('of several words it always uses the same, the first in the alphabet', async () => {
  for (const word of ['B', 'A', 'C']) await alias('item', TEA, word);
  expect(await booked(sale(TEA, 1))).toMatchObject([{ sku: 'A' }]);
});

test('what the ERP would take for something else is refused by name, and never a guess; the others are posted', async () => {
  await alias('item', TEA, MUG);
  expect(await named.post([sale(TEA, 1), sale(MUG, 1), sale('CUP' as Sku, 1)], patient)).toMatchObject([
    { key: 'TEA#1', outcome: 'posted' },
    { key: 'MUG#1', outcome: 'refused', code: 'alias_needed' },
    { key: 'CUP#1', outcome: 'posted' },
  ]);
  await alias('location', 'store', DC);
  expect(await named.post([sale(TEA, 2)], patient)).toMatchObject([{ outcome: 'refused', code: 'alias_needed' }]);
});

test('a name that is also its own word of the ERP is no confusion', async () => {
  await alias('item', MUG, MUG);
  expect(await booked(sale(MUG, 1))).toMatchObject([{ sku: MUG }]);
});

test('balances of single items are asked for in its words, and answered in them', async () => {
  await alias('item', TEA, '4711');
  await named.post([sale(TEA, 1), sale(MUG, 1)], patient);
  expect((await named.balancesOf([TEA, MUG], patient)).map(({ sku }) => sku)).toEqual(['4711', MUG]);
});

test('a posting of many lines costs one question of the database', async () => {
  let questions = 0;
  const counted = new Proxy(db, {
    get: (target, name) => {
      if (name === 'batch') questions += 1;
      return Reflect.get(target, name);
    },
  });
  const places = ['a', 'b', 'c'].map(
    (id) => ({ location: id as LocationId, status: 'sellable', onHand: 1, committed: 0 }) as const,
  );
  await namedErp(erp, counted, ERP_CONNECTION).post([{ ...sale(TEA, 1), lines: places }, sale(MUG, 1)], patient);
  expect(questions).toBe(1);
});

const noAnswer = (): Promise<never> => Promise.reject(new Error('D1 is away'));

test('[R33] a database of ours that does not answer is no fault of the posting, and nothing is sent', async () => {
  const away = new Proxy(db, { get: (of, name) => (name === 'batch' ? noAnswer : Reflect.get(of, name)) });
  const waiting = namedErp(erp, away, ERP_CONNECTION).post([sale(TEA, 1)], patient);
  await expect(waiting).rejects.toThrow(ErpUnavailable);
  expect((await erp.changes(null, patient)).items).toEqual([]);
});
