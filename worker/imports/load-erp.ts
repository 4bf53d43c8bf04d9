import * as z from 'zod';
import { itemRequest, locationRequest } from '../../contracts/catalogue.ts';
import type { ImportRow, RowOutcome } from '../../contracts/imports.ts';
import { locationId, sku as skuSchema, type Alias } from '../../contracts/names.ts';
import type { IssueAt } from '../../domain/posting.ts';
import type { ErpBalance, ErpCatalogue, ErpItem, ErpLocation, ErpPort } from '../../erp/port.ts';
import type { By } from '../audit/audit-log.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { Items } from '../catalogue/items.ts';
import type { NetworkRows } from '../catalogue/network-rows.ts';
import type { Put } from '../catalogue/versions.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { bookAll } from '../inbound/book-all.ts';
import { sendLater, type SendInbound } from '../inbound/messages.ts';
import type { StateAny } from '../inbound/state-any.ts';
import { erpNamesOf } from '../jobs/erp-names.ts';
import { ERP_CALL_MS_MAX } from '../jobs/limits.ts';
import { Refused } from '../refused.ts';
import { issuesOf } from '../request/issues.ts';
import { written } from '../replies/written.ts';
import { MEANING_OF } from '../stock/count-of.ts';
import { publishItem } from '../stock/publish-item.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import type { ImportRun, Round } from './import-store.ts';

export interface LoadErpDeps {
  readonly db: D1Database;
  readonly erp: Pick<ErpPort, 'balances' | 'catalogue'>;
  readonly items: Items;
  readonly networkRows: NetworkRows;
  readonly directories: Directories;
  readonly stock: StockGateway;
  readonly stateAny: StateAny;
  readonly sendInbound: SendInbound;
  readonly issueAt: IssueAt;
  readonly nowMs: () => number;
}

/** Where a load is: what it asks next, and behind which page. */
const erpPosition = z.object({ phase: z.enum(['locations', 'items', 'balances']), cursor: z.string().nullable() });
export const ERP_LOAD_BEGINS: z.output<typeof erpPosition> = { phase: 'locations', cursor: null };

type Outcome = Omit<ImportRow, 'row'>;

/**
 * One page of what the ERP has: its locations, then its items, then its balances as counts. A page that is loaded twice
 * changes nothing the second time. What is our own (status, units, components, policies, priorities) is left as it is.
 */
export async function loadErpPage(run: ImportRun, deps: LoadErpDeps): Promise<Round> {
  const { phase, cursor } = erpPosition.parse(JSON.parse(run.position));
  const { catalogue } = deps.erp;
  const here = { atByte: 0, atRow: run.atRow, position: { phase, cursor } };
  if (catalogue === null)
    return { ...here, rows: [], state: 'failed', error: 'the adapter of this ERP does not tell what items and locations it has' };

  const page = await pageOf(phase, cursor, catalogue, run, deps);
  const rows = page.outcomes.map((outcome, index) => ({ row: run.atRow + index + 1, ...outcome }));
  const next = page.nextCursor !== null ? { phase, cursor: page.nextCursor } : NEXT[phase];
  const state = next === null ? 'done' : 'running';
  return { atByte: 0, atRow: run.atRow + rows.length, position: next ?? here.position, rows, state, error: null };
}

const NEXT = {
  locations: { phase: 'items', cursor: null },
  items: { phase: 'balances', cursor: null },
  balances: null,
} as const;

interface Loaded {
  readonly outcomes: readonly Outcome[];
  readonly nextCursor: string | null;
}

async function pageOf(
  phase: keyof typeof NEXT,
  cursor: string | null,
  catalogue: ErpCatalogue,
  run: ImportRun,
  deps: LoadErpDeps,
): Promise<Loaded> {
  const signal = AbortSignal.timeout(ERP_CALL_MS_MAX);
  switch (phase) {
    case 'locations': {
      const outcomes = [await loadSource(run, deps)];
      for (const location of await catalogue.locations(signal)) outcomes.push(await loadLocation(location, run, deps));
      await deps.directories.renewed();
      return { outcomes, nextCursor: null };
    }
    case 'items': {
      const { items, nextCursor } = await catalogue.items(cursor, signal);
      const { skus } = await erpNamesOf(deps.db, run.source, { skus: items.map(({ code }) => code), locations: [] });
      const loading = inParallel(items, ITEMS_AT_ONCE_MAX, async (item) =>
        loadItem(item, skus.get(item.code) ?? null, run, deps),
      );
      return { outcomes: valuesOf(await loading), nextCursor };
    }
    case 'balances': {
      // Before it is asked: the number of an ERP without marks is of no earlier moment (R35).
      const asOfMs = deps.nowMs();
      const { items, nextCursor } = await deps.erp.balances(cursor, signal);
      return { outcomes: await loadBalances(items, asOfMs, run, deps), nextCursor };
    }
  }
}

// Each of them is some calls of the database and one of its object.
const ITEMS_AT_ONCE_MAX = 10;

async function loadSource({ source, ...run }: ImportRun, { networkRows }: LoadErpDeps): Promise<Outcome> {
  const id = `source ${source}`;
  if ((await networkRows.source(source)) !== null) return outcome(id, 'unchanged');
  const put = await networkRows.putSource(source, { books: 'erp' }, null, byOf(run));
  return outcomeOf(id, put);
}

async function loadLocation(
  { code, name, type }: ErpLocation,
  run: ImportRun,
  { db, networkRows }: LoadErpDeps,
): Promise<Outcome> {
  const about = `location ${code}`;
  const { locations } = await erpNamesOf(db, run.source, { skus: [], locations: [code] });
  const known = locations.get(code);
  const id = known ?? locationId.safeParse(code).data;
  if (id === undefined) return rejected(about, nameless('location'));
  const before = await networkRows.location(id);
  const request = locationRequest.safeParse({
    name: name ?? before?.name ?? null,
    type: before?.type ?? type,
    ...(before === null ? {} : { priority: before.priority, stop_sell: before.stopSell }),
    aliases: before === null ? [] : await networkRows.locationAliases(id),
  });
  if (!request.success) return rejected(about, malformed(request.error));
  return outcomeOf(about, await networkRows.putLocation(id, request.data, before?.version ?? null, byOf(run)));
}

async function loadItem(
  { code, name, aliases }: ErpItem,
  known: z.output<typeof skuSchema> | null,
  run: ImportRun,
  { items, stock }: LoadErpDeps,
): Promise<Outcome> {
  const about = `item ${code}`;
  const sku = known ?? skuSchema.safeParse(code).data;
  if (sku === undefined) return rejected(about, nameless('item'));
  const before = await items.find(sku);
  const ours = before === null ? [] : await items.aliases(sku);
  const components = before === null ? [] : await items.components(sku);
  const request = itemRequest.safeParse({
    name: name ?? before?.name ?? null,
    status: before?.status ?? 'active',
    units: before?.units ?? [],
    aliases: joined(
      ours,
      aliases.map(({ system, externalId }) => ({ system, external_id: externalId })),
    ),
  });
  if (!request.success) return rejected(about, malformed(request.error));
  const put = await items.put(sku, { ...request.data, components }, before?.version ?? null, byOf(run));
  if (put instanceof Refused) return rejected(about, put);
  // Also of one that did not change: whoever put it before may have died before its object heard of it.
  const refused = await publishItem(sku, run.correlationId, { items, stock });
  if (refused?.code === 'overloaded') throw new Error(refused.detail);
  return refused === null ? outcomeOf(about, put) : rejected(about, refused);
}

function joined(ours: readonly Alias[], theirs: readonly Alias[]): readonly Alias[] {
  const lacking = theirs.filter(
    (one) => !ours.some(({ system, external_id }) => system === one.system && external_id === one.external_id),
  );
  return [...ours, ...lacking];
}

/** As counts of the ERP, each once per load. */
async function loadBalances(
  balances: readonly ErpBalance[],
  asOfMs: number,
  run: ImportRun,
  { db, stateAny, sendInbound, issueAt, nowMs }: LoadErpDeps,
): Promise<readonly Outcome[]> {
  const { source, correlationId } = run;
  const names = await erpNamesOf(db, source, {
    skus: [...new Set(balances.map(({ sku }) => sku))],
    locations: [...new Set(balances.map(({ location }) => location))],
  });
  const meaning = MEANING_OF[issueAt] ?? 'on_hand';
  const facts = balances.map(({ sku, location, status, onHand, committed, mark }) => ({
    id: `load ${run.id} ${sku} ${location} ${status}`,
    source,
    sku: names.skus.get(sku) ?? sku,
    location: names.locations.get(location) ?? location,
    status,
    quantity: meaning === 'on_hand' ? onHand : onHand - committed,
    meaning,
    as_of: written(asOfMs),
    ...(mark === null ? {} : { mark }),
  }));
  const answers = await bookAll('count', facts, { source, correlationId }, stateAny);
  const late = facts
    .filter((_, index) => answers[index]?.outcome === 'deferred')
    .map((fact) => ({ kind: 'count', fact }) as const);
  await sendLater(late, { source, correlationId, receivedAtMs: nowMs() }, sendInbound);
  return answers.map(({ outcome: became, code, detail }, index) => {
    const balance = balances[index];
    const id = `balance ${balance?.sku} ${balance?.location} ${balance?.status}`;
    return { id, outcome: became, code: code ?? null, detail: detail ?? null };
  });
}

const OUTCOMES = { created: 'created', replaced: 'changed', unchanged: 'unchanged' } as const satisfies Record<
  Put<never>['outcome'],
  RowOutcome
>;

function outcomeOf(id: string, put: Put<unknown> | Refused): Outcome {
  return put instanceof Refused ? rejected(id, put) : outcome(id, OUTCOMES[put.outcome]);
}

function outcome(id: string, became: RowOutcome): Outcome {
  return { id, outcome: became, code: null, detail: null };
}

function rejected(id: string, { code, detail }: Refused): Outcome {
  return { id, outcome: 'rejected', code, detail };
}

function nameless(what: string): Refused {
  return new Refused(
    'invalid_request',
    `the code cannot be a name here: make the ${what} yourself, with an alias of the system of the ERP`,
  );
}

function malformed(error: z.ZodError): Refused {
  return new Refused(
    'invalid_request',
    issuesOf(error)
      .map(({ path, message }) => `${path}: ${message}`)
      .join('; '),
  );
}

function byOf({ actor, correlationId }: Pick<ImportRun, 'actor' | 'correlationId'>): By {
  return { keyId: actor, correlationId };
}
