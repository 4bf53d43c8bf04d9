import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { ChannelId } from '../../domain/ids.ts';
import type { Kit } from '../../domain/kit.ts';
import type { Items } from '../catalogue/items.ts';
import type { NamedItem } from '../catalogue/names.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { Refused } from '../refused.ts';
import type { ExplainedKit } from '../replies/explain-kit-reply.ts';
import type { StockGateway } from './stock-gateway.ts';

/** Everything behind the number of every part; reservations are of the parts, and asked there. */
export async function explainKit(
  { sku, kit, parts }: NamedItem & { readonly kit: Kit },
  channel: ChannelId,
  { items, stock }: { readonly items: Items; readonly stock: StockGateway },
): Promise<ExplainedKit | Refused> {
  const found = valuesOf(
    await inParallel(parts, OBJECTS_AT_ONCE_MAX, async ({ sku: part, units }) => {
      const [explained, row] = await Promise.all([
        stock.ask(part, (stub) => stub.explain({ channel, after: null, limit: 1 })),
        items.find(part),
      ]);
      return { part, units, explained, policyVersion: row?.policyVersion ?? 0 };
    }),
  );
  const explainedParts: ExplainedKit['parts'][number][] = [];
  for (const { part, units, explained, policyVersion } of found) {
    if (explained instanceof Refused) return explained;
    if (explained === null) return new Refused('sku_unknown', `there is no item ${part}`);
    explainedParts.push({ units, explained, policyVersion });
  }
  const row = await items.find(sku);
  return { sku, kit, policyVersion: row?.policyVersion ?? 0, parts: explainedParts };
}
