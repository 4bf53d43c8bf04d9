import type { Rejection } from '../command.ts';
import type { Sku } from '../ids.ts';
import type { Reservation } from '../stock.ts';
import type { Cart, CartLine, CartRejection, CartShortLine } from './cart.ts';

/** What an object answered for sure. That it did not answer is no answer at all (R9). */
export type Heard = { readonly sequence: number; readonly asOfMs: number } & (
  | { readonly accepted: true; readonly reservation: Reservation | null; readonly promisedAtMs: number | null }
  | { readonly accepted: false; readonly rejection: ObjectRejection }
);

export type ObjectRejection =
  | Rejection
  /** `id_used`: what we asked for under this id belongs to an earlier life of the cart. */
  | { readonly code: 'sku_unknown' }
  | { readonly code: 'id_used' };

type Refused = Extract<Heard, { accepted: false }>;

/** null: all agreed. What the cart hears is about all of its lines: a rule that forbids it, else every line that is short (R22). */
export function refusalBy(cart: Pick<Cart, 'lines'>, heard: ReadonlyMap<Sku, Heard>): CartRejection | null {
  const refused = [...heard].flatMap(([sku, one]) => (one.accepted ? [] : [[sku, one] as const]));
  for (const [sku, { rejection }] of refused) {
    if ('lines' in rejection) continue;
    if (rejection.code === 'sku_unknown') return { code: 'sku_unknown', sku };
    return rejection.code === 'id_used' ? { code: 'reservation_released' } : rejection;
  }
  if (refused.length === 0) return null;
  const short = new Map(refused);
  const lines = cart.lines.flatMap((line) => shortLine(line, short) ?? []);
  const ofStock = refused.some(([, { rejection }]) => rejection.code === 'insufficient_stock');
  return {
    code: ofStock ? 'insufficient_stock' : 'buyer_cap_exceeded',
    lines,
    asOfMs: Math.min(...refused.map(([, { asOfMs }]) => asOfMs)),
  };
}

/** A kit is short by its shortest part, and says so in kits. */
function shortLine({ line, sku, parts }: CartLine, short: ReadonlyMap<Sku, Refused>): CartShortLine | null {
  let worst: CartShortLine | null = null;
  for (const part of parts) {
    const refused = short.get(part.sku);
    if (refused === undefined || !('lines' in refused.rejection)) continue;
    const found = refused.rejection.lines.find((one) => one.line === line);
    if (found === undefined) continue;
    const available = Math.floor(found.available / part.units);
    const requested = Math.ceil(found.requested / part.units);
    if (worst === null || available < worst.available) worst = { line, sku, requested, available, sequence: refused.sequence };
  }
  return worst;
}
