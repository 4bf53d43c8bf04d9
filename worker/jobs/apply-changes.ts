import type { Move } from '../../domain/command.ts';
import type { Sku, SourceId } from '../../domain/ids.ts';
import { POSTING_KINDS, sequenceOf } from '../../domain/posting.ts';
import type { Reply, SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import type { ErpChange } from '../../erp/port.ts';
import { traceOf } from '../middleware/trace.ts';
import { openCases, type CaseRow } from '../read-models/cases.ts';
import { deliveriesAt, logDeliveries, type Delivery } from '../read-models/posting-log.ts';
import { Refused } from '../refused.ts';
import type { StockGateway } from '../stock-gateway.ts';
import { caseOfUnknownCode, caseOfUnbooked } from './change-cases.ts';
import { erpNamesOf, type ErpNames } from './erp-names.ts';
import { movesOf } from './moves-of-change.ts';
import { whoWasNotTold } from './who-was-not-told.ts';

export interface ApplyChangesDeps {
  readonly db: D1Database;
  readonly source: SourceId;
  readonly stock: Pick<StockGateway, 'execute'>;
  readonly stockOf: (sku: Sku) => Pick<SkuStockStub, 'acknowledge'>;
  readonly nowMs: () => number;
}

export interface Applied {
  readonly acknowledged: number;
  readonly booked: number;
  readonly cases: number;
}

/** Applies one page of the ERP's feed, each change exactly once however often it comes. Throws when some could not be applied. */
export async function applyChanges(changes: readonly ErpChange[], deps: ApplyChangesDeps): Promise<Applied> {
  if (changes.length === 0) return { acknowledged: 0, booked: 0, cases: 0 };
  const { db, source, stockOf, nowMs } = deps;
  const names = await erpNamesOf(db, source, {
    skus: [...new Set(changes.map(({ sku }) => sku))],
    locations: [...new Set(changes.flatMap(({ lines }) => lines.map(({ location }) => location)))],
  });
  const read = changes.map((change) => ({ change, meaning: meaningOf(change, names, source, nowMs()) }));
  const cases = read.flatMap(({ meaning }) => ('case' in meaning ? [meaning.case] : []));

  const ours = await unknownToLog(
    db,
    read.flatMap(({ meaning }) => ('delivery' in meaning ? [meaning.delivery] : [])),
  );
  await logDeliveries(db, ours);
  const unheard = await whoWasNotTold(perSku(ours), async ({ sku, items }) =>
    stockOf(sku).acknowledge(items.map(({ sequence, mark }) => ({ sequence, outcome: 'posted', mark }))),
  );

  const facts = read.flatMap(({ change, meaning }) =>
    'moves' in meaning ? meaning.moves.map((move) => ({ sku: meaning.sku, change, move })) : [],
  );
  const unbooked = await whoWasNotTold(perSku(facts), async ({ sku, items }) => {
    const replies = await book(
      deps.stock,
      sku,
      items.map(({ move }) => move),
    );
    if (replies === null)
      cases.push(caseOfUnknownCode({ what: 'item', code: sku, mark: items.at(-1)?.change.mark ?? 0 }, nowMs()));
    for (const [index, { change }] of items.entries()) {
      const problem = replies === null ? null : problemOf(replies[index]);
      if (problem !== null) cases.push(caseOfUnbooked(change, sku, problem, nowMs()));
    }
  });
  const opened = openCases(db, cases);
  if (opened.length > 0) await db.batch(opened);

  const failures = [...unheard, ...unbooked];
  if (failures.length > 0)
    throw new Error(`not applied for ${failures.map(([sku, error]) => `${sku} (${String(error)})`).join(', ')}`);
  return { acknowledged: ours.length, booked: facts.length, cases: cases.length };
}

type Meaning =
  /** One of our postings: never a movement (R34). */
  { readonly delivery: Delivery } | { readonly sku: Sku; readonly moves: readonly Move[] } | { readonly case: CaseRow };

function meaningOf(change: ErpChange, names: ErpNames, source: SourceId, nowMs: number): Meaning {
  const sku = names.skus.get(change.sku);
  if (sku === undefined) return { case: caseOfUnknownCode({ what: 'item', code: change.sku, mark: change.mark }, nowMs) };
  const sequence = sequenceOf(sku, change.key);
  if (sequence !== null) return { delivery: deliveryOf(change, sku, sequence, nowMs) };

  const stranger = change.lines.find(({ location }) => !names.locations.has(location));
  if (stranger !== undefined)
    return { case: caseOfUnknownCode({ what: 'location', code: stranger.location, mark: change.mark }, nowMs) };
  const lines = change.lines.map((line) => ({ ...line, location: names.locations.get(line.location) ?? line.location }));
  const moves = movesOf({ ...change, sku, lines }, source);
  return moves.length > 0 ? { sku, moves } : { case: caseOfUnbooked(change, sku, 'it moves nothing that is on hand', nowMs) };
}

function deliveryOf(
  { key, kind, lines, orderRef, reference, mark, occurredAtMs }: ErpChange,
  sku: Sku,
  sequence: number,
  nowMs: number,
): Delivery {
  const [line] = lines;
  return {
    sku,
    sequence,
    key,
    kind: POSTING_KINDS.find((known) => known === kind) ?? 'adjusted',
    location: line?.location ?? '',
    quantity: Math.abs(line === undefined || line.onHand === 0 ? (line?.committed ?? 0) : line.onHand),
    orderRef,
    state: 'posted',
    attempts: 0,
    erpReference: reference,
    mark,
    error: null,
    correlationId: null,
    recordedAtMs: occurredAtMs,
    sentAtMs: null,
    postedAtMs: nowMs,
    acknowledgedAtMs: nowMs,
  };
}

/** Whatever the log holds as posted was told to its object by whoever wrote it, or the object asks by itself. */
async function unknownToLog(db: D1Database, deliveries: readonly Delivery[]): Promise<readonly Delivery[]> {
  const logged = await deliveriesAt(
    db,
    deliveries.map(({ sku, sequence }) => ({ sku, sequence })),
  );
  const known = new Set(logged.filter(({ state, mark }) => state === 'posted' && mark !== null).map(({ key }) => key));
  return deliveries.filter(({ key }) => !known.has(key));
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
