import { AMAZON_CHECKS } from './checks.ts';
import { bad, checked, type Answer } from './stub-answer.ts';

export const AMAZON_SELLER = { seller_id: 'A1STUBSELLER', marketplace_id: 'ATVPDKIKX0DER' } as const;

export interface StubItem {
  quantity: number | null;
  /** Kept by a merge, lost by anything else. */
  leadDays: number;
}

export interface Patching {
  readonly productType: string;
  readonly patches: readonly {
    readonly op: string;
    readonly path: string;
    readonly value: readonly { readonly fulfillment_channel_code: string; readonly quantity: number }[];
  }[];
}

/** A seller's listings, as they are and as they were patched. */
export class StubListings {
  readonly items = new Map<string, StubItem>();
  readonly blocked = new Set<string>();
  /** Every quantity that took effect, in order. */
  readonly history: { readonly sku: string; readonly quantity: number }[] = [];

  /** `later` is given what to do once it takes effect. */
  patch(url: URL, body: unknown, later: (apply: () => void) => void): Answer {
    const sku = skuIn(url);
    const wrong = wrongWith(url) ?? AMAZON_CHECKS.patch(body);
    if (wrong !== null) return bad(wrong);
    const patching = body as Patching;
    const refusal = this.refusalOf(sku, patching);
    const submissionId = crypto.randomUUID();
    if (refusal !== null) {
      const attribute = { categories: ['INVALID_ATTRIBUTE'], attributeNames: ['fulfillment_availability'] };
      const issues = [{ ...refusal, severity: 'ERROR', ...attribute }];
      return checked(AMAZON_CHECKS.submission, { sku, status: 'INVALID', submissionId, issues });
    }
    later(() => this.apply(sku, patching));
    return checked(AMAZON_CHECKS.submission, { sku, status: 'ACCEPTED', submissionId, issues: [] });
  }

  refusalOf(sku: string, { patches, productType }: Patching): { readonly code: string; readonly message: string } | null {
    if (!this.items.has(sku)) return { code: '13013', message: 'This SKU does not exist in the Amazon catalog.' };
    if (this.blocked.has(sku)) return { code: '8541', message: 'This SKU is blocked.' };
    if (productType !== 'PRODUCT') return { code: '90004', message: 'No such product type.' };
    const fits = patches.every(({ path, value }) => path === '/attributes/fulfillment_availability' && value.every(isOurs));
    return fits ? null : { code: '99022', message: 'The attribute is invalid.' };
  }

  apply(sku: string, { patches }: Patching): void {
    const item = this.items.get(sku);
    if (item === undefined) return;
    for (const { op, value } of patches) {
      item.quantity = value[0]?.quantity ?? null;
      if (op !== 'merge') item.leadDays = 0;
      if (item.quantity !== null) this.history.push({ sku, quantity: item.quantity });
    }
  }

  tell(url: URL): Answer {
    const wrong = wrongWith(url);
    if (wrong !== null) return bad(wrong);
    const sku = skuIn(url);
    const told = this.#itemAs(sku);
    if (told === null) return bad(`SKU '${sku}' not found in marketplace`, 404, 'NOT_FOUND');
    return checked(AMAZON_CHECKS.item, told);
  }

  search(url: URL): Answer {
    const skus = (url.searchParams.get('identifiers') ?? '').split(',');
    const isKnown = url.searchParams.get('identifiersType') === 'SKU' && skus.length <= 20;
    const wrong = wrongWith(url) ?? (isKnown ? null : 'identifiers');
    if (wrong !== null) return bad(wrong);
    const items = skus.flatMap((sku) => this.#itemAs(sku) ?? []);
    const page = items.slice(0, Number(url.searchParams.get('pageSize') ?? 10));
    return checked(AMAZON_CHECKS.search, { numberOfResults: items.length, items: page });
  }

  #itemAs(sku: string) {
    const item = this.items.get(sku);
    if (item === undefined) return null;
    const quantity = item.quantity === null ? {} : { quantity: item.quantity };
    return { sku, fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', ...quantity }] };
  }
}

function isOurs({
  fulfillment_channel_code: code,
  quantity,
}: {
  readonly fulfillment_channel_code: string;
  readonly quantity: number;
}) {
  return code === 'DEFAULT' && Number.isInteger(quantity) && quantity >= 0;
}

function skuIn({ pathname }: URL): string {
  return decodeURIComponent(pathname.split('/').at(-1) ?? '');
}

function wrongWith({ pathname, searchParams }: URL): string | null {
  if (!pathname.startsWith(`/listings/2021-08-01/items/${AMAZON_SELLER.seller_id}`)) return 'no such seller';
  return searchParams.get('marketplaceIds') === AMAZON_SELLER.marketplace_id ? null : 'marketplaceIds';
}
