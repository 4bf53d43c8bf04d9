import { Hono } from 'hono';
import * as z from 'zod';
import {
  ERP_PATHS,
  erpLookupRequest,
  erpMovement,
  erpPostEnvelope,
  type ErpMovement,
  type ErpPostReply,
} from '../../contracts/generic-erp.ts';
import { book, type Booked } from '../ledger/book.ts';
import { referenceOf } from '../ledger/entry.ts';
import { lookUp } from '../ledger/read.ts';
import { traceOf } from '../trace.ts';
import { validJson } from '../valid.ts';

type Item = ErpPostReply['items'][number];

export const movementRoutes = (database: D1Database) =>
  new Hono()
    .post(ERP_PATHS.movements, validJson(erpPostEnvelope), async (c) => {
      const { traceparent } = traceOf(c);
      const read = c.req.valid('json').movements.map((each) => readMovement(each, traceparent, c.get('refusedSkus')));
      const movements = read.flatMap((each) => ('movement' in each ? [each.movement] : []));
      const booked = await book(database, movements, Date.now());
      const items = read.map((each) => ('refused' in each ? each.refused : itemOf(each.movement, booked.get(each.movement))));
      return c.json({ items } satisfies ErpPostReply);
    })
    .post(ERP_PATHS.lookup, validJson(erpLookupRequest), async (c) => c.json(await lookUp(database, c.req.valid('json').keys)));

function readMovement(
  value: unknown,
  traceparent: string | null,
  refusedSkus: ReadonlySet<string> | undefined,
): { readonly movement: ErpMovement } | { readonly refused: Item } {
  const parsed = erpMovement.safeParse(value);
  if (!parsed.success) return { refused: refused(keyIn(value), 'invalid_movement', z.prettifyError(parsed.error)) };
  const movement = parsed.data;
  if (refusedSkus?.has(movement.sku))
    return { refused: refused(movement.key, 'sku_blocked', `${movement.sku} is closed for booking.`) };
  return { movement: { ...movement, traceparent: movement.traceparent ?? traceparent } };
}

const keyed = z.object({ key: z.string().max(160) });

function keyIn(value: unknown): string {
  return keyed.safeParse(value).data?.key ?? '';
}

function itemOf({ key }: ErpMovement, booked: Booked | undefined): Item {
  if (booked === undefined) throw new Error(`${key} has no outcome`);
  if (booked.outcome === 'refused') return refused(booked.key, booked.code, booked.detail);
  return { ...booked, reference: referenceOf(booked.mark), error: null };
}

function refused(key: string, code: string, detail: string): Item {
  return { key, outcome: 'refused', mark: null, reference: null, error: { code, detail: detail.slice(0, 2_000) } };
}
