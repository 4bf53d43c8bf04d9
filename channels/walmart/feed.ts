import { outcomeOf } from '../answer.ts';
import type { Level, SetOutcome } from '../port.ts';
import type { WalmartClient } from './client.ts';
import { WALMART_FEED_LOOK_MS } from './limits.ts';
import type { WalmartOptions } from './options.ts';
import { feedReply } from './replies.ts';
import { NO_SHIP_NODE } from './set-item.ts';
import { unusable } from './sku.ts';

/** The way for many: a file, of which Walmart tells later what became of each item. */
export async function sendFeed(
  client: WalmartClient,
  levels: readonly Level[],
  { ship_nodes, feed_bytes_max }: WalmartOptions,
  signal: AbortSignal,
): Promise<readonly SetOutcome[]> {
  const spec = SPECS[ship_nodes];
  const [rows, outcomes] = rowsWithin(levels, spec, feed_bytes_max);
  if (rows.length === 0) return outcomes.map((outcome) => outcome ?? LATER);
  const form = new FormData();
  form.append('file', new Blob([spec.file(rows)], { type: 'application/json' }), 'inventory.json');
  const call = { method: 'POST', path: `/v3/feeds?feedType=${spec.feedType}`, body: { form } } as const;
  const answer = await client.call(call, feedReply, signal);
  // A file that was refused says nothing of any item in it.
  const sent: SetOutcome =
    answer.kind === 'answered'
      ? { outcome: 'accepted', receipt: answer.body.feedId, askAfterMs: WALMART_FEED_LOOK_MS }
      : answer.kind === 'refused'
        ? { outcome: 'unknown', detail: `Walmart took no feed: ${answer.code}: ${answer.detail}` }
        : outcomeOf(answer);
  return outcomes.map((outcome) => outcome ?? sent);
}

// It goes with the next file.
const LATER: SetOutcome = { outcome: 'throttled', retryAfterMs: 0 };

/** The rows that fit into a file, and the outcome of every level that is not in it. */
function rowsWithin(levels: readonly Level[], spec: Spec, bytesMax: number): [string[], (SetOutcome | null)[]] {
  const rows: string[] = [];
  let bytes = new TextEncoder().encode(spec.file([])).byteLength;
  const outcomes = levels.map((level) => {
    if (level.listing === '' || !level.listing.isWellFormed()) return unusable(level.listing);
    const row = spec.row(level);
    if (row === null) return NO_SHIP_NODE;
    const text = JSON.stringify(row);
    const more = new TextEncoder().encode(text).byteLength + 1;
    if (bytes + more > bytesMax) return LATER;
    bytes += more;
    rows.push(text);
    return null;
  });
  return [rows, outcomes];
}

interface Spec {
  readonly feedType: string;
  /** null: it has nothing to say of this item. */
  readonly row: (level: Level) => unknown;
  readonly file: (rows: readonly string[]) => string;
}

// The two differ in the letter case of their keys.
const SPECS: Readonly<Record<WalmartOptions['ship_nodes'], Spec>> = {
  each: {
    feedType: 'MP_INVENTORY',
    row: ({ listing, places }) =>
      places.length === 0
        ? null
        : { sku: listing, shipNodes: places.map(({ place, quantity }) => ({ shipNode: place, quantity: each(quantity) })) },
    file: (rows) => `{"inventoryHeader":{"version":"1.5"},"inventory":[${rows.join(',')}]}`,
  },
  default: {
    feedType: 'inventory',
    row: ({ listing, quantity }) => ({ sku: listing, quantity: each(quantity) }),
    file: (rows) => `{"InventoryHeader":{"version":"1.4"},"Inventory":[${rows.join(',')}]}`,
  },
};

function each(amount: number) {
  return { unit: 'EACH', amount } as const;
}
