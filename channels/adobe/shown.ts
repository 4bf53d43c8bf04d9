import { unavailable } from '../answer.ts';
import { ChannelUnavailable, type ShownLevel } from '../port.ts';
import { called, type AdobeWire } from './client.ts';
import { ADOBE_PAGE_MAX } from './limits.ts';
import { sourceItemsReply } from './replies.ts';

/** The quantity at each source, which is what we set; what the shop's own orders hold is not taken off. */
export async function shownItems(
  wire: AdobeWire,
  listings: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ShownLevel>> {
  const found = new Map(listings.map((listing) => [listing, new Map<string, number>()]));
  const asked = filters(listings.filter((listing) => listing !== '' && listing.isWellFormed()));
  if (asked.length === 0) return new Map();
  for (let [page, read, total] = [1, 0, 1]; read < total; page += 1) {
    const answer = await called(wire, { path: `V1/inventory/source-items?${query(asked, page)}` }, sourceItemsReply, signal);
    if (answer.kind !== 'answered') throw unavailable(answer, 'The shop');
    const { items, total_count } = answer.body;
    for (const { sku, source_code, quantity, status } of items)
      // One that is marked as out of stock is not sold, whatever its quantity.
      found.get(sku)?.set(source_code, status === 0 ? 0 : quantity);
    read += items.length;
    total = total_count;
    if (items.length === 0 && read < total) throw new ChannelUnavailable('The shop did not tell all source items.');
  }
  return new Map(
    [...found]
      .filter(([, at]) => at.size > 0)
      .map(([listing, at]) => [listing, { quantity: null, places: [...at].map(([place, quantity]) => ({ place, quantity })) }]),
  );
}

/** Any of these; a comma would end a name in a list of them. */
function filters(listings: readonly string[]): readonly { readonly value: string; readonly condition: 'in' | 'eq' }[] {
  const plain = listings.filter((listing) => !listing.includes(','));
  return [
    ...(plain.length === 0 ? [] : [{ value: plain.join(','), condition: 'in' } as const]),
    ...listings.filter((listing) => listing.includes(',')).map((value) => ({ value, condition: 'eq' }) as const),
  ];
}

function query(asked: ReturnType<typeof filters>, page: number): string {
  const search = new URLSearchParams();
  asked.forEach(({ value, condition }, index) => {
    const filter = `searchCriteria[filterGroups][0][filters][${index}]`;
    search.set(`${filter}[field]`, 'sku');
    search.set(`${filter}[value]`, value);
    search.set(`${filter}[conditionType]`, condition);
  });
  search.set('searchCriteria[sortOrders][0][field]', 'sku');
  search.set('searchCriteria[sortOrders][0][direction]', 'ASC');
  search.set('searchCriteria[pageSize]', String(ADOBE_PAGE_MAX));
  search.set('searchCriteria[currentPage]', String(page));
  return search.toString();
}
