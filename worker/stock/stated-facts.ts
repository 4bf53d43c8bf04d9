import * as z from 'zod';
import type { FactReply, Movement, Count } from '../../contracts/facts.ts';
import { locationId, sourceId, type LocationName } from '../../contracts/names.ts';
import type { Fact } from '../../domain/command.ts';
import type { LocationId, Sku } from '../../domain/ids.ts';
import { inBaseUnits, type Names } from '../catalogue/names.ts';
import { issuesOf } from '../request/issues.ts';
import type { Reply } from '../../durable-objects/sku-stock/protocol.ts';
import type { StatedCount } from '../reconciliation/stated-counts.ts';
import { mayStateAt, maySpeakFor, type Principal } from '../middleware/principal.ts';
import { Refused } from '../refused.ts';
import type { StockGateway } from './stock-gateway.ts';
import { outcomeOf, tellObjects, type FactOfSku } from './tell-objects.ts';

/** One fact with everything that it names looked up. */
export interface Understood<Read> {
  readonly read: Read;
  readonly sku: Sku;
  readonly location: LocationId;
  readonly toLocation: LocationId | null;
  readonly books: 'erp' | 'front';
  /** In base units. */
  readonly quantity: number;
}

export interface FactParts {
  readonly names: Names;
  readonly stock: StockGateway;
  /** Each source's newest count of a place is shown beside ours (R36). */
  readonly keepCounts: (counts: readonly StatedCount[]) => Promise<void>;
}

interface Statement {
  readonly principal: Principal;
  readonly correlationId: string;
}

/**
 * A batch of facts, each judged by itself and answered in the order of the request; one that the key may not state
 * refuses the whole before anything is booked. Those of one SKU are one call of its object, in order.
 */
export async function stateFacts<Read extends Movement | Count>(
  items: readonly unknown[],
  schema: z.ZodType<Read>,
  factOf: (understood: Understood<Read>) => Fact | Refused,
  { principal, correlationId }: Statement,
  { names, stock, keepCounts }: FactParts,
): Promise<readonly FactReply[] | Refused> {
  const forbidden = items.map((item) => forbiddenAsWritten(principal, item)).find((one) => one !== null);
  if (forbidden !== undefined) return forbidden;

  const understood = await understand(items, schema, names);
  const notAllowed = understood.find((one) => !(one instanceof Refused) && !mayState(principal, one));
  if (notAllowed !== undefined)
    return new Refused('source_not_allowed', 'an alias names a location that this API key does not speak for');

  const facts = understood.map((one) => (one instanceof Refused ? one : withSku(one.sku, factOf(one))));
  const told = await tellObjects(facts, stock, correlationId);
  if (told instanceof Refused) return told;
  const counts = facts.flatMap((one, index) => (one instanceof Refused ? [] : countIn(one, told[index])));
  if (counts.length > 0) await keepCounts(counts);
  return items.map((item, index) => ({ ...identity(item), ...outcomeOf(told[index]) }));
}

/** What somebody counted who is not the ERP, whether or not it is news to our books. */
function countIn({ sku, fact }: FactOfSku, reply: Reply | Refused | undefined): readonly StatedCount[] {
  if (fact.type !== 'count' || fact.books !== 'front' || reply === undefined || reply instanceof Refused) return [];
  if (reply.outcome === 'failed') return [];
  const { source, location, status, quantity, meaning, asOfMs } = fact;
  return [{ sku, source, location, status, quantity, meaning, asOfMs }];
}

const outline = z.object({
  id: z.string().nullable().catch(null),
  source: z.string().nullable().catch(null),
  location: z.unknown().optional(),
  to_location: z.unknown().optional(),
});

function identity(item: unknown): { readonly id: string | null; readonly source: string | null } {
  const read = outline.safeParse(item).data;
  return { id: read?.id ?? null, source: read?.source ?? null };
}

/** Whether the key may state it is asked before whether it is well formed (R4), as far as the names can be read. */
function forbiddenAsWritten(principal: Principal, item: unknown): Refused | null {
  const read = outline.safeParse(item).data;
  const source = sourceId.safeParse(read?.source).data;
  if (source !== undefined && !maySpeakFor(principal, source)) {
    return new Refused('source_not_allowed', `this API key does not speak for the source ${source}`);
  }
  const places = [read?.location, read?.to_location].flatMap((name) => locationId.safeParse(name).data ?? []);
  const place = places.find((one) => !mayStateAt(principal, one));
  return place === undefined ? null : new Refused('source_not_allowed', `this API key does not speak for the location ${place}`);
}

function mayState(
  principal: Principal,
  { location, toLocation }: { readonly location: LocationId; readonly toLocation: LocationId | null },
): boolean {
  return mayStateAt(principal, location) && (toLocation === null || mayStateAt(principal, toLocation));
}

/** All names of the batch are looked up together. */
async function understand<Read extends Movement | Count>(
  items: readonly unknown[],
  schema: z.ZodType<Read>,
  names: Names,
): Promise<readonly (Understood<Read> | Refused)[]> {
  const read = items.map((item) => parsedFact(schema, item));
  const wellFormed = read.flatMap((one) => (one instanceof Refused ? [] : [one]));
  const [itemOf, locationOf] = await Promise.all([
    names.items(wellFormed.map(({ sku: name, unit }) => ({ name, unit }))),
    names.locations(wellFormed.flatMap((one) => [one.location, ...(targetOf(one) ?? [])])),
  ]);
  return Promise.all(
    read.map(async (one) => {
      if (one instanceof Refused) return one;
      const item = itemOf({ name: one.sku, unit: one.unit });
      if (item instanceof Refused) return item;
      if (item.kit !== null)
        return new Refused('invalid_request', `${item.sku} is a kit and has no stock of its own: state its parts`);
      const location = locationOf(one.location);
      if (location instanceof Refused) return location;
      const [target] = targetOf(one) ?? [];
      const toLocation = target === undefined ? null : locationOf(target);
      if (toLocation instanceof Refused) return toLocation;
      const books = await names.source(one.source);
      if (books instanceof Refused) return books;
      const quantity = inBaseUnits(one.quantity, item.factor);
      return quantity instanceof Refused ? quantity : { read: one, sku: item.sku, location, toLocation, books, quantity };
    }),
  );
}

function targetOf(read: Movement | Count): readonly [LocationName] | null {
  return 'to_location' in read && read.to_location !== undefined ? [read.to_location] : null;
}

export function parsedFact<Read>(schema: z.ZodType<Read>, item: unknown): Read | Refused {
  const result = schema.safeParse(item);
  return result.success ? result.data : malformed(result.error);
}

function malformed(error: z.ZodError): Refused {
  return new Refused(
    'invalid_request',
    issuesOf(error)
      .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
      .join('; '),
  );
}

function withSku(sku: Sku, fact: Fact | Refused): FactOfSku | Refused {
  return fact instanceof Refused ? fact : { sku, fact };
}
