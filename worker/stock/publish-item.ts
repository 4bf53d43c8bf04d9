import type { Sku } from '../../domain/ids.ts';
import { wholePolicy } from '../../domain/stock.ts';
import type { ItemRow, Items } from '../catalogue/items.ts';
import { Refused } from '../refused.ts';
import type { StockGateway } from './stock-gateway.ts';

interface Parts {
  readonly items: Items;
  readonly stock: StockGateway;
}

// Each round ends with whoever wrote last; so many writers of one item at once do not exist.
const ROUNDS_MAX = 5;

/**
 * Tells the object what the catalogue says. It is written there first; when we die in between, or two writers overtake
 * each other on the way, the same PUT again heals it, since always the whole row goes and is then read once more.
 */
export async function publishItem(sku: Sku, correlationId: string, { items, stock }: Parts): Promise<Refused | null> {
  let row = await items.find(sku);
  for (let round = 0; round < ROUNDS_MAX && row !== null; round += 1) {
    const refused = await tellObject(row, correlationId, stock);
    if (refused !== null) return refused;
    const now = await items.find(sku);
    if (now === null || isSame(now, row)) return null;
    row = now;
  }
  throw new Error(`the catalogue of ${sku} changes faster than its object can be told`);
}

async function tellObject(
  { sku, status, policy, receipts }: ItemRow,
  correlationId: string,
  stock: StockGateway,
): Promise<Refused | null> {
  const command = { type: 'set_item', status, policy: wholePolicy(policy), receipts: receipts ?? [] } as const;
  const replies = await stock.execute(sku, [{ command, key: null, correlationId }]);
  if (replies instanceof Refused) return replies;
  const [reply] = replies;
  if (reply?.outcome !== 'answered') throw new Error(`the object of ${sku} did not take what the catalogue says`);
  return null;
}

function isSame(a: ItemRow, b: ItemRow): boolean {
  return a.version === b.version && a.policyVersion === b.policyVersion && a.receiptsVersion === b.receiptsVersion;
}
