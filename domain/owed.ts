import { isOfCart } from './cart/cart.ts';
import type { ChannelId, LocationId, ReservationId, Sku } from './ids.ts';
import { OWED_PLACES_TOLD_MAX, OWED_TOLD_MAX } from './limits.ts';
import { compareText, type Network } from './network.ts';
import type { Terms } from './offer.ts';
import type { Line, Placed, Stock } from './stock.ts';

/** What the units of a line were sold as: as the item itself, or as parts of a kit, each of which takes so many of them. */
export interface SoldAs {
  readonly sku: Sku;
  readonly units: number;
}

/** What a channel sold and has neither sent nor cancelled: its own open orders, which it counts by itself (R86). */
export interface Owed {
  readonly channel: ChannelId;
  /** Sold as this kit; absent: as the item itself. */
  readonly kit?: Sku;
  /** In units of what was sold. */
  readonly quantity: number;
  /** Of these, what orders named a place for. */
  readonly places: readonly Placed[];
}

/** The terms with what each channel owes that counts its own orders; of the others nobody asks (a message is paid by its size). */
export function withOwed(terms: Terms, stock: Stock, { channels }: Network): Terms {
  const asking = channels.filter(({ shows }) => shows?.meaning === 'input');
  if (asking.length === 0) return terms;
  return { ...terms, owed: owedThrough(stock, new Set(asking.map(({ id }) => id))) };
}

function owedThrough({ sku, owed }: Stock, channels: ReadonlySet<ChannelId>): readonly Owed[] {
  const found = new Map<string, Owed>();
  for (const [key, quantity] of owed) {
    const { channel, soldAs, at } = wordsOf(key);
    if (!channels.has(channel)) continue;
    const group = `${channel}${BREAK}${soldAs}`;
    const was = found.get(group) ?? { channel, ...(soldAs === sku ? {} : { kit: soldAs }), quantity: 0, places: [] };
    const places = at === null ? was.places : [...was.places, { location: at, quantity }];
    found.set(group, { ...was, quantity: was.quantity + quantity, places });
  }
  // As itself first; what is not told makes its number smaller, and never larger.
  const inOrder = [...found.values()].sort((a, b) => compareText(a.kit ?? '', b.kit ?? '') || compareText(a.channel, b.channel));
  let placesLeft = OWED_PLACES_TOLD_MAX;
  return inOrder.slice(0, OWED_TOLD_MAX).map((one) => {
    placesLeft -= one.places.length;
    return placesLeft >= 0 ? one : { ...one, places: [] };
  });
}

/** Under which sum a line's units still to fulfil are kept, and what they come to there; null: under none. */
export function owedBy(
  sku: Sku,
  { id, channel }: { readonly id: ReservationId; readonly channel: ChannelId },
  { owed, at, soldAs }: Pick<Line, 'owed' | 'at' | 'soldAs'>,
): { readonly key: string; readonly quantity: number } | null {
  if (owed === 0) return null;
  // Lines of carts did not always say of what they are a part, and a kit that were taken for its part would be sold twice.
  if (soldAs === undefined && isOfCart(id)) return null;
  const whole = soldAs ?? { sku, units: 1 };
  const quantity = Math.floor(owed / whole.units);
  return { key: [channel, whole.sku, at ?? ''].join(BREAK), quantity };
}

/** No name holds one. */
const BREAK = '\n';

function wordsOf(key: string): { readonly channel: ChannelId; readonly soldAs: Sku; readonly at: LocationId | null } {
  const [channel = '', soldAs = '', at = ''] = key.split(BREAK);
  return { channel: channel as ChannelId, soldAs: soldAs as Sku, at: at === '' ? null : (at as LocationId) };
}
