import type { LocationId, Sku } from '../ids.ts';
import { partsBySku } from './adopt-order.ts';
import { heldAs, skusOf, type Cart, type Held, type Taking } from './cart.ts';
import { course, ofCart, type Course, type Order } from './order.ts';
import { bySku, isKit, partsHeld } from './units.ts';

/** Takes the units of every line from its objects. They are only asked first where a place, a no, or what each line may take is looked for. */
export function takeCart(cart: Cart, { candidates }: Taking): Course {
  const choosy = candidates.length > 0 || cart.lines.some(({ stopSell }) => stopSell);
  const asksFirst = cart.mode === 'all_or_nothing' ? choosy : sharesParts(cart);
  return course({
    check: asksFirst ? reserves(cart, 'all_or_nothing') : [],
    try: reserves(cart, cart.mode),
    after: surplus(cart),
  });
}

/** Whether a kit could keep a part from another line that wants it too. */
export function sharesParts({ lines }: Pick<Cart, 'lines'>): boolean {
  const wanted = lines.filter((line) => line.stopSell !== true);
  const linesWith = (sku: Sku): number => wanted.filter(({ parts }) => parts.some((part) => part.sku === sku)).length;
  return wanted.some((line) => isKit(line) && line.parts.some(({ sku }) => linesWith(sku) > 1));
}

function reserves(cart: Cart, mode: Cart['mode']): readonly Order[] {
  const { channel, buyer, split, prefer, only, createdAtMs, endsAtMs } = cart;
  const linesOf = partsBySku(cart);
  return skusOf(cart).map((sku) => ({
    sku,
    command: {
      type: 'reserve',
      reservation: heldAs(cart),
      channel,
      buyer,
      ttlMs: endsAtMs - createdAtMs,
      lines: linesOf.get(sku) ?? [],
      mode,
      split,
      cart: { endsAtMs, prefer, only },
    },
  }));
}

/** R16 for kits: parts that were granted beyond the kits that can be made of all of them go back. */
function surplus(cart: Cart): readonly Order[] {
  const heldOf = bySku(cart.held);
  const back = new Map<Sku, { line: number; quantity: number }[]>();
  for (const line of cart.lines.filter(isKit)) {
    const parts = partsHeld(line, heldOf);
    const kits = Math.min(...parts.map((one) => Math.floor((one.line?.open ?? 0) / one.part.units)));
    for (const { part, line: held } of parts) {
      const quantity = (held?.open ?? 0) - kits * part.units;
      if (quantity > 0) back.set(part.sku, [...(back.get(part.sku) ?? []), { line: line.line, quantity }]);
    }
  }
  return [...back].map(([sku, lines]) => ({ sku, command: { type: 'release', ...ofCart(cart), lines } }));
}

/** Whether what was granted is worth keeping: of a kit, parts alone are worth nothing. */
export function grantsAnything(cart: Pick<Cart, 'lines'>, held: readonly Held[]): boolean {
  const heldOf = bySku(held);
  return cart.lines.some((line) => partsHeld(line, heldOf).every((one) => (one.line?.open ?? 0) >= one.part.units));
}

/** The place that an unsplit cart is tried at first: the one that a line names, else the best that sourcing found. */
export function candidatesOf({ lines, split, candidates }: Pick<Cart, 'lines' | 'split'> & Taking): readonly LocationId[] {
  if (split === 'allowed') return [];
  const named = lines.find(({ at }) => at !== null)?.at ?? null;
  return named === null ? candidates : [named];
}
