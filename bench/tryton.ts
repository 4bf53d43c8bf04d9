// `npm run bench:tryton`: how much of what a real Tryton takes by hand our adapter reaches, both measured in turn in one run.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { LocationId, Sku } from '../domain/ids.ts';
import { postingKey, type Posting } from '../domain/posting.ts';
import { MemoryNotes } from '../erp/memory/memory-notes.ts';
import { BATCH_MAX } from '../erp/tryton/limits.ts';
import { trytonOptions } from '../erp/tryton/options.ts';
import { trytonErp } from '../erp/tryton/tryton-erp.ts';
import { asked } from '../tools/command-line.ts';
import { decimal, idsIn, rowsIn, trytonUser } from '../tools/tryton/ask-tryton.ts';
import { whyNoTryton } from '../tools/tryton/packages.ts';
import { addProducts, locationOf, storageOf } from '../tools/tryton/set-up.ts';
import { startTryton } from '../tools/tryton/start-tryton.ts';

const ROUNDS = 20;
const WARM_ROUNDS = 2;

const USAGE = `npm run bench:tryton
  starts a Tryton of its own and moves goods in it by hand and through the adapter, in turn: how much of the former the latter reaches.`;
asked(USAGE, {}, () => undefined);
const why = whyNoTryton();
if (why !== null) {
  console.error(why);
  process.exit(1);
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-bench-tryton-'));
const tryton = await startTryton(folder, { warehouses: ['dc'] });
try {
  for (const [name, items] of [
    ['50 items, one move of each', BATCH_MAX],
    ['10 items, five moves of each', BATCH_MAX / 5],
  ] as const)
    await measure(name, items);
} finally {
  await tryton.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(name: string, itemCount: number): Promise<void> {
  const items = Array.from({ length: itemCount }, (_, index) => `BENCH-${itemCount}-${index + 1}`);
  await addProducts(tryton.admin, items);
  const [byHand, byUs] = [await handOf(items), adapterOf(items)];
  const tookMs = { hand: [] as number[], adapter: [] as number[] };
  for (let round = 0; round < ROUNDS + WARM_ROUNDS; round += 1) {
    const [hand, adapter] = [await timed(byHand), await timed(() => byUs(round))];
    if (round < WARM_ROUNDS) continue;
    tookMs.hand.push(hand);
    tookMs.adapter.push(adapter);
  }
  const [hand, adapter] = [perSecond(tookMs.hand), perSecond(tookMs.adapter)];
  const share = Math.round((adapter / hand) * 100);
  console.log(`${name}: by hand ${Math.round(hand)} moves/s, through the adapter ${Math.round(adapter)} moves/s, ${share} %`);
}

/** Create and do, as anybody would who writes the shortest program. */
async function handOf(items: readonly string[]): Promise<() => Promise<void>> {
  const hand = await trytonUser(tryton.url, tryton.user, tryton.password);
  const [company = 0] = idsIn(await tryton.admin.ask('company.company.search', [[]]));
  const args = [[['code', 'in', items]], 0, null, null, ['default_uom']];
  const products = rowsIn(await hand.ask('product.product.search_read', args));
  const [from_location, to_location] = [await storageOf(tryton.admin, 'dc'), await locationOf(tryton.admin, 'customer')];
  const [currency] = idsIn(await tryton.admin.ask('currency.currency.search', [[['code', '=', 'EUR']]]));
  const moves = Array.from({ length: BATCH_MAX }, (_, index) => {
    const product = products[index % products.length];
    const ends = { from_location, to_location, company, currency, unit_price: decimal('12') };
    return { product: product?.['id'], uom: product?.['default_uom'], quantity: 1, ...ends };
  });
  return async () => {
    const ids = idsIn(await hand.ask('stock.move.create', [moves], { company }));
    await hand.ask('stock.move.do', [ids], { company });
  };
}

function adapterOf(items: readonly string[]): (round: number) => Promise<void> {
  const options = trytonOptions.parse({ user: tryton.user });
  const erp = trytonErp({ url: tryton.url, password: tryton.password, options, notes: new MemoryNotes() });
  return async (round) => {
    const postings = Array.from({ length: BATCH_MAX }, (_, index) =>
      saleOf(items[index % items.length] ?? '', round * BATCH_MAX + index + 1),
    );
    const keys = postings.map(({ key }) => key);
    const signal = AbortSignal.timeout(60_000);
    // As the consumer does with an ERP that has no keys: ask, then post.
    await erp.find(keys, signal);
    const outcomes = await erp.post(postings, signal);
    const bad = outcomes.find(({ outcome }) => outcome !== 'posted');
    if (bad !== undefined) throw new Error(`not booked: ${JSON.stringify(bad)}`);
  };
}

function saleOf(item: string, sequence: number): Posting {
  const sku = item as Sku;
  return {
    key: postingKey(sku, sequence),
    sku,
    sequence,
    kind: 'committed',
    quantity: 1,
    lines: [{ location: 'dc' as LocationId, status: 'sellable', onHand: -1, committed: 0 }],
    orderRef: null,
    document: null,
    reason: null,
    occurredAtMs: Date.now(),
    recordedAtMs: Date.now(),
    correlationId: null,
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** By the middle round: one that the machine was busy in tells nothing. */
function perSecond(tookMs: readonly number[]): number {
  const middle = tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length / 2)] ?? 0;
  return (BATCH_MAX / middle) * 1_000;
}
