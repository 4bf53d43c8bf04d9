import { getDirectiveValues, GraphQLError, type GraphQLResolveInfo } from 'graphql';

const QUANTITIES_MAX = 250;

interface SetInput {
  readonly name: string;
  readonly reason: string;
  readonly referenceDocumentUri: string | null;
  readonly quantities: readonly {
    readonly inventoryItemId: string;
    readonly locationId: string;
    readonly quantity: number;
    readonly changeFromQuantity?: number | null;
  }[];
}

interface UserError {
  readonly code: string | null;
  readonly field: readonly string[] | null;
  readonly message: string;
}

/** What the shop has, and what it makes of being told otherwise: all quantities of a call are set or none, each call once by its key. */
export class StubShop {
  readonly locations: readonly string[];
  /** By the item's number: what is available, by the place's number. */
  readonly items = new Map<string, Map<string, number>>();
  readonly bundles = new Set<string>();
  /** Complaints do not say which quantity they are about. */
  namesNobody = false;
  /** What was written to the history, in order. */
  readonly history: { readonly item: string; readonly location: string; readonly quantity: number }[] = [];
  readonly #keys = new Map<string, { readonly content: string; readonly failed: boolean }>();

  constructor(locations: readonly string[]) {
    this.locations = locations;
  }

  /** By the names of the schema's fields. */
  root() {
    return {
      nodes: ({ ids }: { readonly ids: readonly string[] }) => ids.map((id) => this.#item(id)),
      inventoryItem: ({ id }: { readonly id: string }) => this.#item(id),
      inventorySetQuantities: ({ input }: { readonly input: SetInput }, _: unknown, info: GraphQLResolveInfo) =>
        this.#setQuantities(input, this.#keyIn(info)),
    };
  }

  #item(id: string) {
    const [, kind, number = ''] = /^gid:\/\/shopify\/(\w+)\/(\d+)$/.exec(id) ?? [];
    if (kind === undefined)
      throw new GraphQLError(`Invalid global id '${id}'`, { extensions: { code: 'argumentLiteralsIncompatible' } });
    const levels = kind === 'InventoryItem' ? this.items.get(number) : undefined;
    if (levels === undefined) return null;
    const levelAt = (location: string) => ({
      __typename: 'InventoryLevel',
      id: `gid://shopify/InventoryLevel/${location}?inventory_item_id=${number}`,
      location: { __typename: 'Location', id: `gid://shopify/Location/${location}` },
      quantities: ({ names }: { readonly names: readonly string[] }) =>
        names.map((name) => ({ name, quantity: name === 'available' ? (levels.get(location) ?? 0) : 0 })),
    });
    return {
      __typename: 'InventoryItem',
      id,
      inventoryLevel: ({ locationId }: { readonly locationId: string }) => {
        const location = numberOf(locationId);
        return levels.has(location) ? levelAt(location) : null;
      },
      inventoryLevels: ({ first, after }: { readonly first?: number; readonly after?: string | null }) => {
        const all = [...levels.keys()];
        const from = after === undefined || after === null ? 0 : all.indexOf(after) + 1;
        const page = all.slice(from, from + (first ?? 0));
        return {
          nodes: page.map(levelAt),
          pageInfo: { hasNextPage: from + page.length < all.length, endCursor: page.at(-1) ?? null },
        };
      },
    };
  }

  #keyIn({ schema, fieldNodes: [node], variableValues }: GraphQLResolveInfo): string | undefined {
    const directive = schema.getDirective('idempotent');
    if (directive === undefined || directive === null || node === undefined) return undefined;
    const key = getDirectiveValues(directive, node, variableValues)?.['key'];
    return typeof key === 'string' ? key : undefined;
  }

  #setQuantities(input: SetInput, key: string | undefined): { readonly userErrors: readonly UserError[] } {
    // Required from 2026-04 on.
    if (key === undefined || key === '')
      throw new GraphQLError('The @idempotent directive is required', { extensions: { code: 'BAD_REQUEST' } });
    if (input.quantities.length > QUANTITIES_MAX)
      throw new GraphQLError('The input array size is greater than the maximum allowed of 250', {
        extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' },
      });
    const content = JSON.stringify(input);
    const known = this.#keys.get(key);
    if (known !== undefined && known.content !== content) return whole('IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
    if (known?.failed === true) return whole('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED');
    if (known !== undefined) return { userErrors: [] };
    const complaints = this.#errorsOf(input);
    const userErrors = this.namesNobody ? complaints.slice(0, 1).map((one) => ({ ...one, field: null })) : complaints;
    this.#keys.set(key, { content, failed: userErrors.length > 0 });
    if (userErrors.length === 0) this.#apply(input);
    return { userErrors };
  }

  #apply({ quantities }: SetInput): void {
    for (const { inventoryItemId, locationId, quantity } of quantities) {
      const [item, location] = [numberOf(inventoryItemId), numberOf(locationId)];
      this.items.get(item)?.set(location, quantity);
      this.history.push({ item, location, quantity });
    }
  }

  #errorsOf({ name, reason, referenceDocumentUri, quantities }: SetInput): readonly UserError[] {
    if (name !== 'available' && name !== 'on_hand') return whole('INVALID_NAME').userErrors;
    if (!['correction', 'other'].includes(reason)) return whole('INVALID_REASON').userErrors;
    if (referenceDocumentUri !== null && !/^gid:\/\/[\w-]+\/\w+\/\S+$/.test(referenceDocumentUri))
      return whole('INVALID_REFERENCE_DOCUMENT').userErrors;
    const seen = new Set<string>();
    return quantities.flatMap((one, index) => {
      const place = `${one.inventoryItemId} ${one.locationId}`;
      const [code, part] = seen.has(place)
        ? (['NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR', ''] as const)
        : this.#mistakeIn(one);
      seen.add(place);
      if (code === null) return [];
      const field = ['input', 'quantities', String(index), ...(part === '' ? [] : [part])];
      return [{ code, field, message: `${code} in words` }];
    });
  }

  #mistakeIn(one: SetInput['quantities'][number]): readonly [string | null, string] {
    const { inventoryItemId, locationId, quantity, changeFromQuantity } = one;
    const item = numberOf(inventoryItemId);
    const levels = this.items.get(item);
    if (changeFromQuantity === undefined)
      throw new GraphQLError('changeFromQuantity must be given', { extensions: { code: 'BAD_REQUEST' } });
    if (levels === undefined) return ['INVALID_INVENTORY_ITEM', 'inventoryItemId'];
    if (!this.locations.includes(numberOf(locationId))) return ['INVALID_LOCATION', 'locationId'];
    const now = levels.get(numberOf(locationId));
    if (now === undefined) return ['ITEM_NOT_STOCKED_AT_LOCATION', 'locationId'];
    if (this.bundles.has(item)) return ['NON_MUTABLE_INVENTORY_ITEM', ''];
    if (quantity > 1_000_000_000) return ['INVALID_QUANTITY_TOO_HIGH', 'quantity'];
    if (quantity < 0) return ['INVALID_QUANTITY_NEGATIVE', 'quantity'];
    if (changeFromQuantity !== null && changeFromQuantity !== now) return ['CHANGE_FROM_QUANTITY_STALE', 'changeFromQuantity'];
    return [null, ''];
  }
}

function whole(code: string): { readonly userErrors: readonly UserError[] } {
  return { userErrors: [{ code, field: null, message: `${code} in words` }] };
}

function numberOf(gid: string): string {
  return gid.slice(gid.lastIndexOf('/') + 1);
}
