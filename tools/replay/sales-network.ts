/** What is declared already is left as it is; these are the definitions where it is not. */
export const PLACES = {
  dc: { name: 'Distribution centre', type: 'dc', priority: 10 },
  shop: { name: 'Shop', type: 'store', priority: 50 },
} as const;
export type Place = keyof typeof PLACES;

export const SALES_CHANNELS = ['web', 'marketplace', 'store'] as const;
export type SalesChannel = (typeof SALES_CHANNELS)[number];

/** One way to ask for a cart. Its name stands in idempotency keys. */
export interface Asking {
  readonly step: 'reserve_here' | 'reserve' | 'reserve_partial';
  readonly mode: 'all_or_nothing' | 'partial';
  /** Where every line has to come from; null: wherever the front finds it. */
  readonly at: Place | null;
}

const WHOLE: Asking = { step: 'reserve', mode: 'all_or_nothing', at: null };
const WHAT_THERE_IS: Asking = { step: 'reserve_partial', mode: 'partial', at: null };

interface Definition {
  readonly name: string;
  /** Smaller comes first: who is shed last, and whose protected units are taken first. */
  readonly class: number;
  readonly locations: readonly Place[] | null;
  /** Asked one after the other, until one is granted. */
  readonly askings: readonly Asking[];
}

export const CHANNELS: Readonly<Record<SalesChannel, Definition>> = {
  web: { name: 'Web shop', class: 20, locations: null, askings: [WHOLE, WHAT_THERE_IS] },
  marketplace: { name: 'Marketplace', class: 30, locations: ['dc'], askings: [WHOLE, WHAT_THERE_IS] },
  store: {
    name: 'Shop till',
    class: 10,
    locations: ['shop', 'dc'],
    askings: [{ step: 'reserve_here', mode: 'all_or_nothing', at: 'shop' }, WHOLE, WHAT_THERE_IS],
  },
};

/** Sells from everywhere, so that its explanations show all books. */
export const ALL_SEEING: SalesChannel = 'web';
/** Where returns go and write-offs are found. */
export const FACTS_AT: Place = 'dc';
export const SOURCE = 'wms';

/** A quarter of each opening stands in the shop: enough that baskets come from there, too little for all of them. */
export function openingAt(opening: number): Readonly<Record<Place, number>> {
  const shop = Math.floor(opening / 4);
  return { dc: opening - shop, shop };
}
