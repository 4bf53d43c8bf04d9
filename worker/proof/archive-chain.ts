import type { Sku } from '../../domain/ids.ts';
import { PERIOD_MS } from '../../durable-objects/sku-stock/limits.ts';
import type { ArchiveEnd, Check } from '../../durable-objects/sku-stock/protocol.ts';
import { segmentHash } from '../../durable-objects/sku-stock/segment-hash.ts';
import { inOrderOfChain } from '../../durable-objects/sku-stock/segment-name.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { SEGMENTS_AT_ONCE_MAX } from './limits.ts';
import type { Segments } from './segments.ts';

/**
 * Whether the archive of an item is what its object put there: each segment names the hash of the one before, and the object
 * knows that of the newest. `left`: segments that are as they were, `right`: those that there must be.
 */
export async function archiveCheck(
  segments: Segments,
  sku: Sku,
  { head, throughMs }: ArchiveEnd,
  segmentsMax: number,
): Promise<Check> {
  if (head === null) return { invariant: 'archive', holds: true, left: 0, right: 0 };
  // What a crash, or a run of this moment, left behind the end is written again and chained then.
  const archived = (await segments.list(sku)).filter(({ period }) => period * PERIOD_MS < throughMs);
  const newest = archived.sort(inOrderOfChain).slice(-segmentsMax).toReversed();
  const links = valuesOf(
    await inParallel(newest, SEGMENTS_AT_ONCE_MAX, async (segment) => linkOf(await segments.read(sku, segment))),
  );
  const reachesBack = archived.length === newest.length;

  let named: string | null = head;
  let unbroken = 0;
  for (const { hash, previous } of links) {
    if (hash === named) unbroken += 1;
    named = previous;
  }
  const gone = reachesBack && named !== null && named !== MISSING.previous ? 1 : 0;
  const right = links.length + gone;
  return { invariant: 'archive', holds: unbroken === right, left: unbroken, right };
}

interface Link {
  readonly hash: string;
  /** null: it says that it is the first. */
  readonly previous: string | null;
}

/** Neither is the hash of anything. */
const MISSING: Link = { hash: 'missing', previous: 'unknown' };

async function linkOf(bytes: Uint8Array<ArrayBuffer> | null): Promise<Link> {
  if (bytes === null) return MISSING;
  const hash = await segmentHash(bytes);
  const end = bytes.indexOf(NEW_LINE);
  return { hash, previous: previousIn(new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))) };
}

const NEW_LINE = 10;

function previousIn(header: string): string | null {
  try {
    const { previous_sha256: previous } = JSON.parse(header) as { readonly previous_sha256?: unknown };
    return previous === null || typeof previous === 'string' ? previous : MISSING.previous;
  } catch {
    // Whoever altered it may have left no JSON at all.
    return MISSING.previous;
  }
}
