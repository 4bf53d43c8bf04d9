import type { LocationId, Sku } from '../ids.ts';
import type { Wish } from '../purse.ts';
import { partsBySku } from './adopt-order.ts';
import { takenOf, type Cart, type CartLine, type CartRejection, type CartShortLine } from './cart.ts';
import { refusalBy, type Heard } from './rejection.ts';

/** What a line could get, in its own units, and the part that there is too little of. */
interface Share {
  readonly units: number;
  readonly scarce: Sku | null;
}

type Taking = Pick<Cart, 'lines' | 'only'>;

/**
 * What every line could get, by what objects answered that were asked for all or nothing. Each object serves its lines
 * without knowing of the others, so it sets parts aside for kits that cannot be made; here no kit takes more of a part
 * than all of its parts allow, and lines are served in the order of grant.ts.
 */
export function shares(cart: Taking, heard: ReadonlyMap<Sku, Heard>): ReadonlyMap<number, Share> {
  const pools = new Map([...partsBySku(cart)].map(([sku, wishes]) => [sku, new Pool(wishes, cart.only, heard.get(sku))]));
  const placeOf = ({ at }: CartLine): LocationId | null => at ?? cart.only;
  const bound = cart.lines.filter((line) => placeOf(line) !== null);
  const free = cart.lines.filter((line) => placeOf(line) === null);
  return new Map(
    [...bound, ...free].map((line) => {
      const share = shareOf(line, (part) => pools.get(part)?.left(placeOf(line)) ?? 0);
      for (const { sku, units } of line.parts) pools.get(sku)?.take(placeOf(line), share.units * units);
      return [line.line, share];
    }),
  );
}

function shareOf(line: CartLine, left: (part: Sku) => number): Share {
  let share: Share = { units: takenOf(line), scarce: null };
  for (const { sku, units } of line.parts) {
    const there = Math.floor(left(sku) / units);
    if (there < share.units) share = { units: there, scarce: sku };
  }
  return share;
}

/** Why a cart that must be had whole is not reserved; every short line says what it could get beside the others (R22). */
export function refusalOfAll(cart: Taking, heard: ReadonlyMap<Sku, Heard>): CartRejection | null {
  const refusal = refusalBy(cart, heard);
  if (refusal === null || !('lines' in refusal)) return refusal;
  const sharesOf = shares(cart, heard);
  const short = cart.lines.flatMap(({ line, sku, quantity }) => {
    const { units: available, scarce } = sharesOf.get(line) ?? { units: 0, scarce: null };
    const by = scarce === null ? undefined : heard.get(scarce);
    if (by === undefined || by.accepted) return [];
    const { sequence, rejection } = by;
    return [{ said: { line, sku, requested: quantity, available, sequence }, why: rejection.code }];
  });
  const capped = short.filter(({ why }) => why === 'buyer_cap_exceeded').map(({ said }) => said);
  if (capped.length === short.length) return { ...refusal, code: 'buyer_cap_exceeded', lines: capped };
  const lines = short.map(({ said }) => (capped.includes(said) ? withCap(said) : said));
  return { ...refusal, code: 'insufficient_stock', lines };
}

/** There is enough of it, and the buyer may have only so much. */
export function withCap(line: CartShortLine): CartShortLine {
  return { ...line, code: 'buyer_cap_exceeded' };
}

/** All that one object would give to the cart. Who has not answered does not limit anybody. */
class Pool {
  #units: number;
  readonly #at = new Map<LocationId, number>();

  constructor(wishes: readonly Wish[], only: LocationId | null, heard: Heard | undefined) {
    const short = heard === undefined || heard.accepted || !('lines' in heard.rejection) ? [] : heard.rejection.lines;
    const given = wishes.map(({ line, quantity, at }) => ({
      location: at ?? only,
      quantity: short.find((one) => one.line === line)?.available ?? quantity,
    }));
    this.#units = given.reduce((total, { quantity }) => total + quantity, 0);
    for (const { location, quantity } of given) {
      if (location !== null) this.#at.set(location, (this.#at.get(location) ?? 0) + quantity);
    }
  }

  left(at: LocationId | null): number {
    return at === null ? this.#units : (this.#at.get(at) ?? 0);
  }

  take(at: LocationId | null, units: number): void {
    this.#units -= units;
    if (at !== null) this.#at.set(at, this.left(at) - units);
  }
}
