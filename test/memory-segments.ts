import type { Sku } from '../domain/ids.ts';
import { segmentName, segmentNamed, segmentsOf, type Segment } from '../durable-objects/sku-stock/segment-name.ts';
import type { Segments } from '../worker/proof/segments.ts';

/** An archive in memory, which a test may alter. */
export class MemorySegments implements Segments {
  readonly texts = new Map<string, string>();

  async list(sku: Sku): Promise<readonly Segment[]> {
    return [...this.texts.keys()]
      .filter((name) => name.startsWith(segmentsOf(sku)))
      .sort()
      .flatMap((name) => segmentNamed(sku, name) ?? []);
  }

  async read(sku: Sku, segment: Segment): Promise<Uint8Array<ArrayBuffer> | null> {
    const text = this.texts.get(segmentName(sku, segment));
    return text === undefined ? null : Uint8Array.from(Buffer.from(text));
  }
}
