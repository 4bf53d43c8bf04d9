import type { Extend, LineQuantity, Resize } from '../command.ts';
import type { Sku } from '../ids.ts';
import { RESERVATION_AGE_MAX_MS } from '../limits.ts';
import type { Line } from '../stock.ts';
import { isOpen, type Cart } from './cart.ts';
import { course, NOTHING, ofCart, refuse, type Order, type Planned } from './order.ts';
import { bySku, partsHeld } from './units.ts';

/** One common end, all or nothing (R13). */
export function extendCart(cart: Cart, { ttlMs }: Extend, nowMs: number): Planned {
  const untilMs = extendedEndMs(cart, ttlMs, nowMs);
  if (untilMs === cart.endsAtMs) return NOTHING;
  const until = (endMs: number): readonly Order[] =>
    cart.held.filter(isOpen).map(({ sku }) => ({
      sku,
      command: { type: 'extend', ...ofCart(cart), ttlMs: 0, cart: { untilMs: endMs } },
    }));
  return course({ try: until(untilMs), undo: until(cart.endsAtMs), gains: { endsAtMs: untilMs } });
}

function extendedEndMs({ createdAtMs, endsAtMs }: Cart, ttlMs: number, nowMs: number): number {
  return Math.max(endsAtMs, Math.min(nowMs + ttlMs, createdAtMs + RESERVATION_AGE_MAX_MS));
}

/** Whoever has to give more is asked first, and then tries; what shrinks does so once all growth is there (R15). */
export function resizeCart(cart: Cart, { lines: asked }: Resize): Planned {
  const heldOf = bySku(cart.held);
  const changed = new Map<Sku, { readonly line: Line; readonly open: number }[]>();
  for (const { line: number, quantity } of asked) {
    const line = cart.lines.find((one) => one.line === number);
    if (line === undefined) return refuse('exceeds_reservation');
    for (const { part, line: held } of partsHeld(line, heldOf)) {
      const open = quantity * part.units;
      // An object that granted nothing, or that nothing of the cart is open with any more, has nothing that could grow.
      const grows = open > (held?.open ?? 0);
      if (held === undefined || (grows && !openAt(cart, part.sku))) return refuse('exceeds_reservation');
      if (open !== held.open) changed.set(part.sku, [...(changed.get(part.sku) ?? []), { line: held, open }]);
    }
  }
  const [grow, shrink] = [true, false].map((grows) =>
    [...changed].filter(([, lines]) => lines.some(({ line, open }) => open > line.open) === grows),
  );
  if (grow === undefined || shrink === undefined || changed.size === 0) return NOTHING;
  const to = (of: typeof grow, units: (one: { readonly line: Line; readonly open: number }) => number): readonly Order[] =>
    of.map(([sku, lines]) => {
      const opens: readonly LineQuantity[] = lines.map((one) => ({ line: one.line.line, quantity: units(one) }));
      return { sku, command: { type: 'resize', ...ofCart(cart), lines: opens } };
    });
  const grown = to(grow, ({ open }) => open);
  return course({
    // One object decides for itself; several could disagree.
    check: grown.length > 1 ? grown : [],
    try: grown,
    undo: to(grow, ({ line }) => line.open),
    do: to(shrink, ({ open }) => open),
  });
}

function openAt({ held }: Cart, sku: Sku): boolean {
  return held.some((one) => one.sku === sku && isOpen(one));
}
