import { PAGE_ITEMS_MAX } from '../../contracts/limits.ts';
import type { Move } from '../../domain/command.ts';
import type { Sku, SourceId } from '../../domain/ids.ts';
import type { Reply, SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import type { ErpChange } from '../../erp/port.ts';
import { traceOf } from '../middleware/trace.ts';
import { openCases, type CaseRow } from '../read-models/cases.ts';
import { keepChanges, keepsTooMany, type KeptChange } from '../read-models/kept-changes.ts';
import { deliveriesAt, deliveryOf, logDeliveries, type Delivery } from '../read-models/posting-log.ts';
import { Refused } from '../refused.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { caseOfTooManyKept, caseOfUnknownCode, caseOfUnbooked } from './change-cases.ts';
import { erpNamesOf } from './erp-names.ts';
import { meaningOf } from './meaning-of-change.ts';
import { whoWasNotTold } from './who-was-not-told.ts';

export interface ApplyChangesDeps {
  readonly db: D1Database;
  readonly source: SourceId;
  readonly stock: Pick<StockGateway, 'execute'>;
  readonly stockOf: (sku: Sku) => Pick<SkuStockStub, 'acknowledge' | 'waiting'>;
  readonly nowMs: () => number;
}

export interface Applied {
  readonly acknowledged: number;
  readonly booked: number;
  readonly cases: number;
  /** Keys of what could not be booked and is kept under its case. */
  readonly kept: ReadonlySet<string>;
}

/** Applies one page of the ERP's feed, each change exactly once however often it comes. Throws when some could not be applied. */
export async function applyChanges(changes: readonly ErpChange[], deps: ApplyChangesDeps): Promise<Applied> {
  if (changes.length === 0) return { acknowledged: 0, booked: 0, cases: 0, kept: new Set() };
  const { db, source, stockOf, nowMs } = deps;
  const names = await erpNamesOf(db, source, {
    skus: [...new Set(changes.map(({ sku }) => sku))],
    locations: [...new Set(changes.flatMap(({ lines }) => lines.map(({ location }) => location)))],
  });
  const read = changes.map((change) => ({ change, meaning: meaningOf(change, names, source, nowMs()) }));
  const cases: CaseRow[] = [];
  const kept: KeptChange[] = [];
  const leave = (change: ErpChange, row: CaseRow): void => {
    cases.push(row);
    kept.push({ change, caseId: row.id, reason: row.proposal ?? row.kind });
  };
  for (const { change, meaning } of read) {
    if (!('case' in meaning)) continue;
    if (meaning.hopeless === true) cases.push(meaning.case);
    else leave(change, meaning.case);
  }

  const ours = await unknownToLog(
    db,
    read.flatMap(({ meaning }) => ('delivery' in meaning ? [meaning.delivery] : [])),
  );
  const unheard = await whoWasNotTold(perSku(ours), async ({ sku, items }) => {
    const object = stockOf(sku);
    await logDeliveries(db, await completed(items, object), nowMs());
    await object.acknowledge(items.map(({ sequence, mark }) => ({ sequence, outcome: 'posted', mark })));
  });

  const facts = read.flatMap(({ change, meaning }) =>
    'moves' in meaning ? meaning.moves.map((move) => ({ sku: meaning.sku, change, move })) : [],
  );
  const unbooked = await whoWasNotTold(perSku(facts), async ({ sku, items }) => {
    const replies = await book(
      deps.stock,
      sku,
      items.map(({ move }) => move),
    );
    for (const [index, { change }] of items.entries()) {
      const problem = replies === null ? null : problemOf(replies[index]);
      if (replies === null) leave(change, caseOfUnknownCode({ what: 'item', code: sku, mark: change.mark ?? 0 }, nowMs()));
      if (problem !== null) leave(change, caseOfUnbooked(change, sku, problem, nowMs()));
    }
  });
  if (kept.length > 0 && (await keepsTooMany(db))) cases.push(caseOfTooManyKept(nowMs()));
  const opened = [...openCases(db, cases), ...keepChanges(db, source, kept, nowMs())];
  if (opened.length > 0) await db.batch(opened);

  const failures = [...unheard, ...unbooked];
  if (failures.length > 0)
    throw new Error(`not applied for ${failures.map(([sku, error]) => `${sku} (${String(error)})`).join(', ')}`);
  return {
    acknowledged: ours.length,
    booked: facts.length,
    cases: cases.length,
    kept: new Set(kept.map(({ change }) => change.key)),
  };
}

/** Whatever the log holds as posted was told to its object by whoever wrote it, or the object asks by itself. */
async function unknownToLog(db: D1Database, deliveries: readonly Delivery[]): Promise<readonly Delivery[]> {
  const logged = await deliveriesAt(
    db,
    deliveries.map(({ sku, sequence }) => ({ sku, sequence })),
  );
  const posted = new Map(logged.filter(({ state }) => state === 'posted').map(({ key, mark }) => [key, mark]));
  // A mark that the log lacks is news; an ERP without marks has none to tell.
  return deliveries.filter(({ key, mark }) => !posted.has(key) || (mark !== null && posted.get(key) === null));
}

/** The ERP does not know where a posting came from and how often it was sent; its object does, as long as it waits. */
async function completed(deliveries: readonly Delivery[], object: Pick<SkuStockStub, 'waiting'>): Promise<readonly Delivery[]> {
  const first = Math.min(...deliveries.map(({ sequence }) => sequence));
  const waiting = await object.waiting({ after: first - 1, limit: PAGE_ITEMS_MAX });
  const known = new Map(waiting.map((one) => [one.posting.key, one]));
  return deliveries.map((delivery) => {
    const one = known.get(delivery.key);
    return one === undefined
      ? delivery
      : { ...delivery, ...deliveryOf(one.posting), attempts: one.attempts, sentAtMs: one.sentAtMs };
  });
}

/** null: the catalogue knows the item and its object does not. */
async function book(stock: Pick<StockGateway, 'execute'>, sku: Sku, moves: readonly Move[]): Promise<readonly Reply[] | null> {
  const correlationId = traceOf(undefined).traceId;
  const replies = await stock.execute(
    sku,
    moves.map((command) => ({ command, key: null, correlationId })),
  );
  if (!(replies instanceof Refused)) return replies;
  if (replies.code === 'sku_unknown') return null;
  throw new Error(replies.detail);
}

function problemOf(reply: Reply | undefined): string | null {
  switch (reply?.outcome) {
    case 'answered':
    case 'duplicate':
      return null;
    case 'failed':
      return reply.message;
    case 'key_reused':
    case 'too_many_operations':
    case undefined:
      return 'its object gave no answer for it';
  }
}

interface OfSku<Item> {
  readonly sku: Sku;
  readonly items: readonly Item[];
}

function perSku<Item extends { readonly sku: Sku }>(items: readonly Item[]): readonly OfSku<Item>[] {
  return [...Map.groupBy(items, ({ sku }) => sku)].map(([sku, ofSku]) => ({ sku, items: ofSku }));
}
