/** What the server of HTTP asks of a rival's database. */
export interface Shelf {
  reserve(wish: Wish): Promise<Outcome>;
  /** Null where nobody has heard of the SKU. */
  available(sku: string): Promise<number | null>;
}

export interface Wish {
  readonly key: string;
  readonly sku: string;
  readonly quantity: number;
  readonly ttlSeconds: number;
}

/** A repeated key gets the reservation of the first time, unless it came with other words. */
export type Outcome =
  | { readonly answer: 'reserved'; readonly id: string; readonly expiresAt: string }
  | { readonly answer: 'insufficient_stock'; readonly available: number }
  | { readonly answer: 'key_reused' }
  | { readonly answer: 'sku_unknown' };
