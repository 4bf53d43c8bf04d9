import { Hono } from 'hono';
import type * as z from 'zod';
import { policyRequest, type PolicyReply } from '../../contracts/catalogue.ts';
import type { Sku } from '../../domain/ids.ts';
import { wholePolicy, type ItemPolicy } from '../../domain/stock.ts';
import type { Consumption } from '../../durable-objects/sku-stock/protocol.ts';
import type { AppEnv } from '../app-env.ts';
import type { By } from '../audit/audit-log.ts';
import { byOf } from '../audit/by.ts';
import type { ItemRow, Items } from '../catalogue/items.ts';
import type { Names } from '../catalogue/names.ts';
import { CHANGED_MEANWHILE, fits, type Expected, type PutResult } from '../catalogue/versions.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { refusalOf } from '../replies/answer-plan.ts';
import { written } from '../replies/written.ts';
import { bodyOf } from '../request/body.ts';
import { etagOf, expectedVersion } from '../request/preconditions.ts';
import { policyBesideKit } from '../stock/made-of.ts';
import { publishItem } from '../stock/publish-item.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { rowOf } from './items.ts';

export interface PolicyDeps {
  readonly allow: Allow;
  readonly items: Items;
  readonly names: Names;
  readonly stock: StockGateway;
}

/** What may be sold of an item, by whom and how many: kept in the catalogue, and known to the item's object. */
export function policyRoutes({ allow, items, names, stock }: PolicyDeps): Hono<AppEnv> {
  /** What is so already is not planned: it holds, whatever was consumed since (R26). */
  const putPlanned = async (before: ItemRow, policy: ItemPolicy, expected: Expected, by: By): Promise<PutResult<ItemRow>> => {
    if (JSON.stringify(before.policy) === JSON.stringify(policy)) return { row: before, outcome: 'unchanged' };
    if (!fits(expected, before.policyVersion)) return CHANGED_MEANWHILE;
    const impossible = await refusedByObject(before.sku, policy, by.correlationId, stock);
    return impossible ?? items.putPolicy(before.sku, policy, expected, by);
  };
  return new Hono<AppEnv>()
    .put('/v1/items/:sku/policy', allow('admin'), async (c) => {
      const body = await bodyOf(c, policyRequest);
      if (body instanceof Refused) return problem(c, body);
      const before = await rowOf(c.req.param('sku'), items);
      if (before instanceof Refused) return problem(c, before);
      const { sku } = before;
      const policy = await policyOf(body.value, names);
      if (policy instanceof Refused) return problem(c, policy);
      const beside = policyBesideKit(policy);
      if (beside !== null && (await items.components(sku)).length > 0) {
        return problem(c, new Refused('invalid_request', `${beside}, and ${sku} is one`));
      }
      const expected = expectedVersion(c);
      if (expected instanceof Refused) return problem(c, expected);
      const correlationId = c.var.trace.traceId;
      const put = await putPlanned(before, policy, expected, byOf(c));
      if (put instanceof Refused) return problem(c, put);
      const refused = await publishItem(sku, correlationId, { items, stock });
      if (refused !== null) return problem(c, refused);
      c.var.noted.sku = sku;
      const reply = await policyReply(put.row, stock);
      if (reply instanceof Refused) return problem(c, reply);
      return c.json(reply, put.outcome === 'created' ? 201 : 200, { etag: etagOf(put.row.policyVersion) });
    })

    .get('/v1/items/:sku/policy', allow('admin'), async (c) => {
      const row = await rowOf(c.req.param('sku'), items);
      if (row instanceof Refused) return problem(c, row);
      const reply = await policyReply(row, stock);
      if (reply instanceof Refused) return problem(c, reply);
      return c.json(reply, 200, { etag: etagOf(row.policyVersion) });
    });
}

async function policyOf(request: z.output<typeof policyRequest>, names: Names): Promise<ItemPolicy | Refused> {
  const locationOf = await names.locations(request.safety_stock.map(({ location }) => location));
  const safetyStock: ItemPolicy['safetyStock'][number][] = [];
  for (const { location: name, quantity } of request.safety_stock) {
    const location = locationOf(name);
    if (location instanceof Refused) return location;
    if (safetyStock.some((one) => one.location === location)) return twice('safety_stock', location);
    safetyStock.push({ location, quantity });
  }
  for (const field of ['buffers', 'quotas'] as const) {
    const named = request[field].map(({ channel }) => channel);
    for (const [index, channel] of named.entries()) {
      const known = await names.channel(channel);
      if (known instanceof Refused) return known;
      if (named.indexOf(channel) < index) return twice(field, channel);
    }
  }
  const { backorder_limit: backorderLimit, low_stock_at: lowStockAt, buffers, stop_sell: stopSell } = request;
  const quotas = request.quotas.map(({ channel, protected: sure, cap, starts_at: startsAtMs, ends_at: endsAtMs }) => ({
    channel,
    protected: sure,
    cap,
    startsAtMs,
    endsAtMs,
  }));
  const cap = request.buyer_cap;
  const buyerCap = cap === null ? null : { quantity: cap.quantity, periodSeconds: cap.period_seconds };
  return {
    backorderLimit,
    lowStockAt,
    safetyStock,
    buffers,
    quotas,
    buyerCap,
    stopSell,
    overReservation: request.over_reservation,
  };
}

function twice(field: string, name: string): Refused {
  return new Refused('invalid_request', `${field}: ${name} is named twice`);
}

/** Only the object knows what was consumed; once the catalogue is written, it takes what that says. */
async function refusedByObject(
  sku: Sku,
  policy: ItemPolicy,
  correlationId: string,
  stock: StockGateway,
): Promise<Refused | null> {
  if (policy.quotas.length === 0) return null;
  const command = { type: 'set_item', status: null, policy, plan: true } as const;
  const replies = await stock.execute(sku, [{ command, key: null, correlationId, onlyCheck: true }]);
  if (replies instanceof Refused) return replies;
  const [reply] = replies;
  if (reply?.outcome !== 'answered') throw new Error(`the object of ${sku} did not judge what was planned`);
  return reply.answer.accepted ? null : refusalOf(sku, reply.answer.rejection, reply);
}

async function policyReply({ sku, policy }: ItemRow, stock: StockGateway): Promise<PolicyReply | Refused> {
  const { backorderLimit, lowStockAt, safetyStock, buffers, quotas, buyerCap, stopSell, overReservation } = wholePolicy(policy);
  const consumption = quotas.length === 0 ? [] : await stock.ask(sku, (stub) => stub.consumption());
  if (consumption instanceof Refused) return consumption;
  return {
    backorder_limit: backorderLimit,
    low_stock_at: lowStockAt,
    safety_stock: [...safetyStock],
    buffers: [...buffers],
    buyer_cap: buyerCap === null ? null : { quantity: buyerCap.quantity, period_seconds: buyerCap.periodSeconds },
    quotas: quotas.map((quota) => quotaReply(quota, consumption ?? [])),
    stop_sell: stopSell,
    over_reservation: [...overReservation],
  };
}

function quotaReply(
  { channel, protected: sure, cap, startsAtMs, endsAtMs }: ItemPolicy['quotas'][number],
  consumption: readonly Consumption[],
): PolicyReply['quotas'][number] {
  return {
    channel,
    protected: sure,
    cap,
    starts_at: startsAtMs === null ? null : written(startsAtMs),
    ends_at: endsAtMs === null ? null : written(endsAtMs),
    consumed: consumption.find((one) => one.channel === channel)?.consumed ?? 0,
  };
}
