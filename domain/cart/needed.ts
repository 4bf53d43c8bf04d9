import type { LineQuantity } from '../command.ts';
import type { Sku } from '../ids.ts';
import type { Cart } from './cart.ts';
import { bySku, partsHeld, unitsByClass } from './units.ts';

type UnitClass = 'open' | 'owed' | 'expired';

/** What an operation on the cart's lines asks of each object; objects that it asks nothing of are not in it. */
export type Needed = ReadonlyMap<Sku, readonly LineQuantity[]>;

/**
 * How many units of a class each object must take for so many units of lines; null lines mean all there are. Of a kit
 * whose parts are not equally far, each part makes up what it still lacks. null: more than the lines hold.
 */
export function needed(cart: Cart, asked: readonly LineQuantity[] | null, from: UnitClass): Needed | null {
  if (from === 'expired') return neededAnew(cart, asked);
  return asked === null ? allOf(cart, from) : someOf(cart, asked, from);
}

/** What lapsed comes back in whole kits: parts that lapsed before they could be given back stay where they are. */
export function neededAnew(cart: Cart, asked: readonly LineQuantity[] | null): Needed | null {
  const heldOf = bySku(cart.held);
  const anew = new Map<Sku, LineQuantity[]>();
  for (const { line: number, quantity } of asked ?? cart.lines.map(({ line }) => ({ line, quantity: Infinity }))) {
    const line = cart.lines.find((one) => one.line === number);
    const parts = line === undefined ? [] : partsHeld(line, heldOf);
    const there = unitsByClass(parts).expired;
    if (asked !== null && quantity > there) return null;
    const units = Math.min(quantity, there);
    if (units > 0) for (const { part } of parts) add(anew, part.sku, { line: number, quantity: units * part.units });
  }
  return anew;
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
      if (units > 0) add(some, one.part.sku, { line: number, quantity: units });
    }
  }
  return some;
}

function add(needed: Map<Sku, LineQuantity[]>, sku: Sku, more: LineQuantity): void {
  const known = needed.get(sku);
  if (known === undefined) needed.set(sku, [more]);
  else known.push(more);
}
