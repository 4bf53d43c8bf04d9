import { keyOf, type Shop } from '../shop.ts';

interface Told {
  readonly sku: string;
  readonly quantity: number;
  readonly status: string;
  readonly places: readonly { readonly place: string; readonly quantity: number }[];
  readonly sequence: number;
}

/**
 * A channel that follows its feed: it keeps what it was told, of each listing and of each place of it, as those do who are told in
 * rows, and comes again with the cursor of the last time.
 */
export class FeedReader {
  readonly #shop: Pick<Shop, 'app'>;
  readonly #kits: ReadonlySet<string>;
  readonly #told = new Map<string, Told>();
  #since: string | null = null;
  deltas = 0;
  fulls = 0;
  rows = 0;

  constructor(shop: Pick<Shop, 'app'>, kits: readonly string[]) {
    this.#shop = shop;
    this.#kits = new Set(kits);
  }

  /** `meanwhile` happens after the answer has begun, and before its items are read. */
  async fetch(meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
    const since = this.#since === null ? '' : `?since=${this.#since}`;
    const authorization = `Bearer ${keyOf('web_feeds')}`;
    const reply = await this.#shop.app.request(`/v1/feeds/web${since}`, { headers: { authorization } });
    await meanwhile();
    const lines = (await reply.text()).trim().split('\n');
    const said = lines.map(
      (line) => JSON.parse(line) as Told & { type: string; feed: string; listing: string; next_since: string },
    );
    const [head, ...rest] = said;
    const end = rest.pop();
    if (head?.type !== 'feed' || end?.type !== 'end') throw new Error(`no whole feed: ${lines.join('\n')}`);
    if (head.feed === 'full') this.#told.clear();
    this.deltas += head.feed === 'delta' ? 1 : 0;
    this.fulls += head.feed === 'full' ? 1 : 0;
    this.rows += rest.length;
    for (const { sku, listing, quantity, status, places, sequence } of rest) {
      const before = this.#told.get(listing);
      // A name that is gone has nothing to sell, whatever happened to what it was a name of; a kit of other parts has other sums.
      const isNamed = sequence > 0 && !this.#kits.has(sku);
      if (before?.sku === sku && isNamed && sequence < before.sequence) throw new Error(`${listing} goes back to ${sequence}`);
      const merged = new Map([...(before?.places ?? []), ...places].map(({ place, quantity: there }) => [place, there]));
      const kept = [...merged].map(([place, there]) => ({ place, quantity: there }));
      this.#told.set(listing, { sku, quantity, status, places: kept, sequence });
    }
    this.#since = end.next_since;
  }

  /** Each listing with what there is of it; what has nothing to sell may as well not be listed. */
  told(): Readonly<Record<string, unknown>> {
    const listed = [...this.#told].filter(([, { quantity }]) => quantity > 0).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      listed.map(([listing, { quantity, status, places }]) => {
        const there = places.filter((one) => one.quantity > 0).map((one) => [one.place, one.quantity]);
        return [listing, { quantity, status, places: Object.fromEntries(there) }];
      }),
    );
  }

  numberOf(sku: string): number | undefined {
    // Under a name that is gone it has nothing to sell; under each other all of it.
    const own = [...this.#told.values()].filter((one) => one.sku === sku).map(({ quantity }) => quantity);
    return own.length === 0 ? undefined : Math.max(...own);
  }
}
