import type { LineQuantity } from '../command.ts';
import type { Sku } from '../ids.ts';
import type { Cart } from './cart.ts';
import { bySku, partsHeld, unitsByClass } from './units.ts';

export type UnitClass = 'open' | 'owed' | 'expired';

/** What an operation on the cart's lines asks of each object; objects that it asks nothing of are not in it. */
export type Needed = ReadonlyMap<Sku, readonly LineQuantity[]>;

/**
 * How many units of a class each object must take for so many units of lines; null lines mean all there are. Of a kit
 * whose parts are not equally far, each part makes up what it still lacks. null: more than the lines hold.
 */
export function needed(cart: Cart, asked: readonly LineQuantity[] | null, from: UnitClass): Needed | null {
  return asked === null ? allOf(cart, from) : someOf(cart, asked, from);
}

function allOf({ held }: Cart, from: UnitClass): Needed {
  const all = new Map<Sku, readonly LineQuantity[]>();
  for (const { sku, reservation } of held) {
    const lines = reservation?.lines.flatMap((line) => (line[from] > 0 ? [{ line: line.line, quantity: line[from] }] : []));
    if (lines !== undefined && lines.length > 0) all.set(sku, lines);
  }
  return all;
}

function someOf(cart: Cart, asked: readonly LineQuantity[], from: UnitClass): Needed | null {
  const heldOf = bySku(cart.held);
  const some = new Map<Sku, LineQuantity[]>();
  for (const { line: number, quantity } of asked) {
    const line = cart.lines.find((one) => one.line === number);
    const parts = line === undefined ? [] : partsHeld(line, heldOf);
    const there = unitsByClass(parts)[from];
    if (quantity > there) return null;
    if (quantity === 0) continue;
    for (const one of parts) {
      const units = (one.line?.[from] ?? 0) - (there - quantity) * one.part.units;
      if (units > 0) some.set(one.part.sku, [...(some.get(one.part.sku) ?? []), { line: number, quantity: units }]);
    }
  }
  return some;
}
