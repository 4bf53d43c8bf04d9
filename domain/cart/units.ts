import { merged, unitsOf } from '../reservation.ts';
import type { Line, Placed } from '../stock.ts';
import type { Part } from '../kit.ts';
import type { Sku } from '../ids.ts';
import type { CartLine, Held } from './cart.ts';

/** The classes of SPEC §1, from what is furthest on to what is lost for good: what lapsed may be taken anew, what went back may not. */
const CLASSES = ['fulfilled', 'owed', 'open', 'cancelled', 'expired', 'released'] as const;
type UnitsOfLine = Readonly<Record<(typeof CLASSES)[number], number>>;

/** One part of a line, and what its object holds for it. */
export interface HeldPart {
  readonly part: Part;
  readonly held: Held | undefined;
  /** undefined: nothing was granted there. */
  readonly line: Line | undefined;
}

export function partsHeld({ line, parts }: CartLine, heldOf: ReadonlyMap<Sku, Held>): readonly HeldPart[] {
  return parts.map((part) => {
    const held = heldOf.get(part.sku);
    return { part, held, line: held?.reservation?.lines.find((one) => one.line === line) };
  });
}

/**
 * Units of a line by class, in units of the line. A kit is as far as the part that is least far: so each kit is in one
 * class, and the sums of SPEC §1 hold for kits as for plain lines.
 */
export function unitsByClass(parts: readonly HeldPart[]): UnitsOfLine {
  const upTo = (last: number): number =>
    smallest(parts, ({ part, line }) => {
      const reached = CLASSES.slice(0, last + 1).reduce((total, one) => total + (line?.[one] ?? 0), 0);
      return Math.floor(reached / part.units);
    });
  const counts = CLASSES.map((name, index) => [name, upTo(index) - (index === 0 ? 0 : upTo(index - 1))] as const);
  return Object.fromEntries(counts) as UnitsOfLine;
}

/** Units of the line that all parts of are placed, at whatever locations, and those of which all are at one. */
export function placedUnits(parts: readonly HeldPart[]): { readonly units: number; readonly at: readonly Placed[] } {
  const placed = parts.map(({ part, line }) => ({ part, at: merged(line?.openAt ?? [], line?.owedAt ?? []) }));
  const locations = placed[0]?.at.map(({ location }) => location) ?? [];
  const at = locations.flatMap((location) => {
    const quantity = smallest(placed, (one) =>
      Math.floor(unitsOf(one.at.filter((there) => there.location === location)) / one.part.units),
    );
    return quantity > 0 ? [{ location, quantity }] : [];
  });
  return { units: smallest(placed, (one) => Math.floor(unitsOf(one.at) / one.part.units)), at };
}

function smallest<T>(items: readonly T[], of: (item: T) => number): number {
  return items.length === 0 ? 0 : Math.min(...items.map(of));
}

export function isKit({ sku, parts }: Pick<CartLine, 'sku' | 'parts'>): boolean {
  return parts.length !== 1 || parts[0]?.sku !== sku || parts[0].units !== 1;
}

export function bySku(held: readonly Held[]): ReadonlyMap<Sku, Held> {
  return new Map(held.map((one) => [one.sku, one]));
}
