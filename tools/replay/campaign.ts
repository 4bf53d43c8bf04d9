import * as z from 'zod';
import { yes } from './ask.ts';
import type { CartLine } from './carts.ts';
import type { Front } from './front.ts';
import type { CampaignBegun, ItemPrepared } from './run-log.ts';
import type { SalesChannel } from './sales-network.ts';
import { sum } from './sum.ts';
import type { Task } from './work.ts';

/** Whose units are protected: the channel with the fewest customers of one item among the many. */
const CHANNEL: SalesChannel = 'store';

/** What the till will ask for of the item that it and the others want most is kept for it; null where the till sells nothing new. */
export function campaignOf(tasks: readonly Task[], items: readonly ItemPrepared[]): CampaignBegun | null {
  const lines = tasks.flatMap((task) =>
    task.kind === 'cart' ? task.cart.lines.map((line) => ({ ...line, channel: task.cart.channel })) : [],
  );
  const bySku = Map.groupBy(lines, ({ row }) => row.stock_code);
  const contested = items.flatMap(({ sku, declared, opening }) => {
    const asked = bySku.get(sku) ?? [];
    const own = unitsOf(asked.filter(({ channel }) => channel === CHANNEL));
    const others = unitsOf(asked) - own;
    return declared && own > 0 ? [{ sku, wantedByBoth: Math.min(own, others), kept: Math.min(own, opening) }] : [];
  });
  const [hottest] = contested.toSorted(
    (left, right) => right.wantedByBoth - left.wantedByBoth || (left.sku < right.sku ? -1 : 1),
  );
  return hottest === undefined ? null : { type: 'campaign', sku: hottest.sku, channel: CHANNEL, protected: hottest.kept };
}

function unitsOf(lines: readonly CartLine[]): number {
  return sum(lines.map(({ quantity }) => quantity));
}

/** The item is this run's own, so all else of its policy is as it was made. */
export async function beginCampaign(front: Front, { sku, channel, protected: units }: CampaignBegun): Promise<void> {
  const path = `/v1/items/${encodeURIComponent(sku)}/policy`;
  const body = { quotas: [{ channel, protected: units }] };
  const answer = await front.ask({ kind: 'declare', method: 'PUT', path, token: front.keys.admin, body });
  yes(`PUT ${path}`, answer, z.unknown());
}
