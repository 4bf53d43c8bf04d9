import type { Entry } from '../../domain/event.ts';
import type { Flush } from '../../durable-objects/sku-stock/flush.ts';
import { ALARM_GAP_MS, GATHER_MS } from '../../durable-objects/sku-stock/limits.ts';
import { RESUME_MAX_MS } from '../../durable-objects/cart-reservation/limits.ts';
import { cartIn, isUnfinished } from './carts.ts';
import type { SimulatedObject } from './runtime/objects.ts';

/** Clocks that differ, and the second that lies between two alarms. */
const SLACK_MS = ALARM_GAP_MS + 1_500;

/**
 * [I12] [I16] Others may come by and do what an alarm forgot, and so hide that it did: clients ask again, jobs look through
 * everything. So at every step an item for which something is due has its alarm set, and not for much later.
 */
export function itemsAlarm(object: SimulatedObject, dueMs: number | null, nowMs: number): readonly string[] {
  const { name, ringsAtMs } = object;
  if (dueMs === null) return [];
  if (ringsAtMs === null) return [`I16 ${name}: something is due at ${dueMs}, and no alarm is set`];
  const late = ringsAtMs > Math.max(dueMs, nowMs) + SLACK_MS && !hasFailed(object);
  return late ? [`I16 ${name}: something is due at ${dueMs}, and the alarm rings at ${ringsAtMs}`] : [];
}

/** The same of a cart: until it is forgotten its alarm is set, and soon if something of it is under way. */
export function cartsAlarm(object: SimulatedObject, nowMs: number): readonly string[] {
  const cart = cartIn(object);
  const { name, ringsAtMs } = object;
  if (cart === null) return [];
  if (ringsAtMs === null) return [`I16 ${name}: a cart is kept, and no alarm is set`];
  const late = isUnfinished(cart) && ringsAtMs > nowMs + RESUME_MAX_MS + SLACK_MS;
  return late ? [`I16 ${name}: something is under way, and the alarm rings at ${ringsAtMs}`] : [];
}

/** Ends of reservations; a flush that nobody answers; else what has been gathered for one. */
export function earliestDue(
  { disk: { database } }: SimulatedObject,
  deadlines: readonly number[],
  postings: readonly Entry[],
): number | null {
  const flushes = database.run<{ body: string }>("SELECT body FROM posting WHERE state = 'sent'", []).rows;
  const underWay = flushes.map(({ body }) => (JSON.parse(body) as Flush).nextAtMs);
  const [sent] = database.run<{ last: number | null }>('SELECT max(last) AS last FROM posting', []).rows;
  const next = postings.find(({ sequence }) => sequence > (sent?.last ?? 0));
  const gathered = underWay.length > 0 || next === undefined ? [] : [next.atMs + GATHER_MS];
  const due = [...deadlines, ...underWay, ...gathered];
  return due.length === 0 ? null : Math.min(...due);
}

/** An alarm that failed tries again later and later. */
function hasFailed({ disk: { database } }: SimulatedObject): boolean {
  return database.run("SELECT 1 FROM meta WHERE name = 'alarm_failures'", []).rows.length > 0;
}
