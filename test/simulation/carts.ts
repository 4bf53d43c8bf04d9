import type { Cart } from '../../domain/cart/cart.ts';
import type { PaperJournal } from '../model/paper-journal.ts';
import type { SimulatedObject } from './runtime/objects.ts';

/** The cart as it is stored; null: nothing is. */
export function cartIn({ disk: { database, isEmpty } }: SimulatedObject): Cart | null {
  if (isEmpty) return null;
  const rows = database.run<{ body: string }>("SELECT body FROM text WHERE name = 'cart' ORDER BY part", []).rows;
  return rows.length === 0 ? null : (JSON.parse(rows.map(({ body }) => body).join('')) as Cart);
}

/** [I15] It is written down that all of the cart is sold: then every item holds it pinned or committed, and none by a deadline. */
export function brokenDecision(cart: Cart, paperOf: (sku: string) => PaperJournal | undefined): readonly string[] {
  const { running } = cart;
  if (running?.command.type !== 'commit' || running.command.lines !== null || running.step !== 'do') return [];
  const name = cart.attempt === 1 ? cart.id : `${cart.id}~${cart.attempt}`;
  const skus = new Set(cart.lines.flatMap(({ parts }) => parts.map(({ sku }) => sku)));
  return [...skus].flatMap((sku) => {
    const held = [...(paperOf(sku)?.reservations.values() ?? [])].find(({ id }) => id === name);
    const lapses = held !== undefined && held.endsAtMs !== null && held.lines.some(({ units }) => units.open > 0);
    return lapses ? [`I15 ${cart.id} is to be committed, and ${sku} may still lapse`] : [];
  });
}

/** [I15] A line was taken for a cart that gave it up, and that will not give it back any more. */
export function takenInVain(cart: Cart | null, heldAs: string, sku: string): boolean {
  if (cart === null) return true;
  const current = cart.attempt === 1 ? cart.id : `${cart.id}~${cart.attempt}`;
  const goesBack = cart.freeing.some((one) => one.sku === sku && one.heldAs === heldAs);
  const wanted = heldAs === current && (cart.stage === 'reserved' || cart.stage === 'reserving');
  return !goesBack && !wanted;
}

/** [I15] What it gave up and need not give back any more is held by nobody. */
export function heldInVain(cart: Cart, paperOf: (sku: string) => PaperJournal | undefined, nowMs: number): readonly string[] {
  const skus = new Set(cart.lines.flatMap(({ parts }) => parts.map(({ sku }) => sku)));
  return [...skus].flatMap((sku) =>
    [...(paperOf(sku)?.reservations.values() ?? [])].flatMap(({ id, endsAtMs, lines }) => {
      const mine = id === cart.id || id.startsWith(`${cart.id}~`);
      const lives = lines.some(({ units }) => units.open > 0) && (endsAtMs ?? Infinity) > nowMs;
      return mine && lives && takenInVain(cart, id, sku) ? [`I15 ${sku} holds ${id}, which has been given up`] : [];
    }),
  );
}

/** [I16] Something of it is under way. */
export function isUnfinished(cart: Cart | null): boolean {
  return cart !== null && (cart.running !== null || cart.freeing.length > 0);
}
