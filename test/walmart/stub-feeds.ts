/** A feed that was taken; its rows' states once it is applied. */
export interface StubFeed {
  readonly feedId: string;
  readonly feedType: 'MP_INVENTORY' | 'inventory';
  readonly body: unknown;
  readonly takenAtMs: number;
  states: readonly RowState[] | null;
}

interface RowState {
  readonly sku: string;
  readonly state: 'SUCCESS' | 'DATA_ERROR' | 'SYSTEM_ERROR';
}

export interface FeedTarget {
  readonly items: ReadonlyMap<string, Map<string, number>>;
  readonly refused: ReadonlySet<string>;
  readonly ailing: ReadonlySet<string>;
  readonly nodes: readonly string[];
}

export function applyFeed(feed: StubFeed, target: FeedTarget): void {
  feed.states ??= rowsOf(feed, target.nodes[0] ?? '').map(({ sku, at }) => ({ sku, state: applied(sku, at, target) }));
}

function applied(sku: string, at: ReadonlyMap<string, number>, target: FeedTarget): RowState['state'] {
  const item = target.items.get(sku);
  if (item === undefined || target.refused.has(sku)) return 'DATA_ERROR';
  if (target.ailing.has(sku)) return 'SYSTEM_ERROR';
  if ([...at.keys()].some((node) => !target.nodes.includes(node))) return 'DATA_ERROR';
  for (const [node, amount] of at) item.set(node, amount);
  return 'SUCCESS';
}

interface Amount {
  readonly quantity: { readonly amount: number };
}

function rowsOf({ feedType, body }: StubFeed, defaultNode: string): { sku: string; at: ReadonlyMap<string, number> }[] {
  if (feedType === 'inventory') {
    const { Inventory: rows } = body as { Inventory: readonly (Amount & { sku: string })[] };
    return rows.map(({ sku, quantity }) => ({ sku, at: new Map([[defaultNode, quantity.amount]]) }));
  }
  const { inventory: rows } = body as {
    inventory: readonly { sku: string; shipNodes: readonly (Amount & { shipNode: string })[] }[];
  };
  return rows.map(({ sku, shipNodes }) => ({
    sku,
    at: new Map(shipNodes.map(({ shipNode, quantity }) => [shipNode, quantity.amount])),
  }));
}

export function feedStateBody({ feedId, feedType, states, takenAtMs, ...feed }: StubFeed, offset: number, limit: number) {
  const itemsReceived = rowsOf({ feedId, feedType, states, takenAtMs, ...feed }, '').length;
  const failed = states?.filter(({ state }) => state !== 'SUCCESS').length ?? 0;
  return {
    feedId,
    feedStatus: states === null ? 'INPROGRESS' : 'PROCESSED',
    feedSubmissionDate: takenAtMs,
    itemsReceived,
    itemsSucceeded: states === null ? 0 : itemsReceived - failed,
    itemsFailed: failed,
    itemsProcessing: states === null ? itemsReceived : 0,
    offset,
    limit,
    itemDetails: {
      itemIngestionStatus: (states ?? []).slice(offset, offset + limit).map(({ sku, state }, index) => ({
        martId: 0,
        sku,
        index: offset + index,
        ingestionStatus: state,
        ...(state === 'SUCCESS'
          ? {}
          : {
              ingestionErrors: {
                ingestionError: [
                  {
                    type: state,
                    code: state === 'DATA_ERROR' ? 'ERR_EXT_DATA_0101119' : 'ERR_INT_SYS_0101001',
                    description: `${sku} was not set.`,
                  },
                ],
              },
            }),
      })),
    },
  };
}
