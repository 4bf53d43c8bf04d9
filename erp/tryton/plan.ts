import type { Posting } from '../../domain/posting.ts';
import { zoneAt, type Books } from './books.ts';
import type { Product } from './products.ts';
import { transfersOf, type End } from './transfers.ts';
import type { Decimal } from './values.ts';

/** A move to create. */
export interface MoveDraft {
  readonly product: number;
  readonly uom: number;
  readonly quantity: number;
  readonly from_location: number;
  readonly to_location: number;
  readonly company: number;
  readonly currency: number;
  readonly unit_price?: Decimal;
}

export type Plan =
  { readonly drafts: readonly MoveDraft[] } | { readonly refusal: { readonly code: string; readonly detail: string } };

/** What a posting is in Tryton's words, or why it cannot be said there: a person has to set something first. */
export function planOf(posting: Posting, books: Books, products: readonly Product[]): Plan {
  const [product, ...others] = products;
  const { sku } = posting;
  if (product === undefined) return refusal('item_unknown', `Tryton has no product with the code ${sku}.`);
  if (others.length > 0) return refusal('item_ambiguous', `Tryton has several products with the code ${sku}.`);
  if (!product.active) return refusal('item_closed', `The product ${sku} is not active in Tryton.`);

  const drafts: MoveDraft[] = [];
  for (const { from, to, quantity } of transfersOf(posting)) {
    const [fromId, toId] = [idOf(books, from), idOf(books, to)];
    if (fromId === null) return missing(from);
    if (toId === null) return missing(to);
    const { companyId: company, currencyId: currency } = books;
    const { id, default_uom: uom } = product;
    drafts.push({
      product: id,
      uom,
      quantity,
      from_location: fromId,
      to_location: toId,
      company,
      currency,
      ...priceOf(product, from, to),
    });
  }
  return { drafts };
}

function idOf(books: Books, end: End): number | null {
  return typeof end === 'string' ? books.counterparts[end] : (zoneAt(books, end.location, end.status)?.id ?? null);
}

/** Where Tryton wants a price: what leaves to a customer or comes from them at the list price, what a supplier sends at cost. */
function priceOf({ list_price, cost_price }: Product, from: End, to: End): { readonly unit_price?: Decimal } {
  const ends = [from, to];
  if (ends.includes('customer')) return { unit_price: list_price ?? NOTHING };
  // At cost, so that an average cost stays what it is: the ERP's own receipt says what was paid.
  return ends.includes('supplier') ? { unit_price: cost_price ?? NOTHING } : {};
}

const NOTHING: Decimal = { __class__: 'Decimal', decimal: '0' };

function missing(end: End): Plan {
  if (typeof end === 'string')
    return refusal('location_unknown', `Tryton has no location of the type ${end}, or none of the name in ERP_OPTIONS.`);
  const { location, status } = end;
  if (status === 'sellable')
    return refusal('location_unknown', `Tryton has no active warehouse with the code ${location}, or it has no storage zone.`);
  return refusal(
    'status_unknown',
    `No location of Tryton's holds ${status} units of ${location}: set statuses.${status} in ERP_OPTIONS to the code of one, with {location} in it, and create it.`,
  );
}

function refusal(code: string, detail: string): Plan {
  return { refusal: { code, detail } };
}
