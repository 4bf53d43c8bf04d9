import type { Sku } from '../../domain/ids.ts';
import { segmentName, segmentNamed, segmentsOf, type Segment } from '../../durable-objects/sku-stock/segment-name.ts';

/** What was archived of an item, as it lies there now. */
export interface Segments {
  list(sku: Sku): Promise<readonly Segment[]>;
  /** null: it is not there any more. */
  read(sku: Sku, segment: Segment): Promise<Uint8Array<ArrayBuffer> | null>;
}

export function segmentsInR2(bucket: R2Bucket): Segments {
  return {
    list: async (sku) => {
      const found: Segment[] = [];
      let cursor: string | undefined;
      do {
        const page = await bucket.list({ prefix: segmentsOf(sku), ...(cursor === undefined ? {} : { cursor }) });
        found.push(...page.objects.flatMap(({ key }) => segmentNamed(sku, key) ?? []));
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor !== undefined);
      return found;
    },
    read: async (sku, segment) => {
      const stored = await bucket.get(segmentName(sku, segment));
      return stored === null ? null : new Uint8Array(await stored.arrayBuffer());
    },
  };
}
