import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import { PERIOD_MS } from '../../durable-objects/sku-stock/limits.ts';
import { segmentName, type Segment } from '../../durable-objects/sku-stock/segment-name.ts';
import { MemorySegments } from '../../test/memory-segments.ts';
import { Shop, TEA } from '../../test/shop.ts';
import { archiveCheck } from '../proof/archive-chain.ts';

const SKU = TEA as Sku;
const WRITTEN: readonly Segment[] = [
  { period: 9, table: 'journal', part: 0 },
  { period: 9, table: 'closed', part: 0 },
  { period: 10, table: 'journal', part: 0 },
];
const AFTER = 11 * PERIOD_MS;

const names = WRITTEN.map((segment) => segmentName(SKU, segment));

/** An archive as the object would leave it, and the hash of its newest segment. */
function archived(): { readonly segments: MemorySegments; readonly head: string | null } {
  const segments = new MemorySegments();
  let head: string | null = null;
  for (const [index, name] of names.entries()) {
    const text: string = `${JSON.stringify({ previous_sha256: head })}\n{"sequence":${index + 1}}\n`;
    segments.texts.set(name, text);
    head = createHash('sha256').update(text).digest('hex');
  }
  return { segments, head };
}

describe('[R63] the archive of an item', () => {
  const tell = async ({ segments, head }: ReturnType<typeof archived>, most = 200) => {
    const { left, right, holds } = await archiveCheck(segments, SKU, { head, throughMs: AFTER }, most);
    return { left, right, holds };
  };

  test('holds as it was written', async () => {
    expect(await tell(archived())).toEqual({ left: 3, right: 3, holds: true });
  });

  test('holds while there is none', async () => {
    expect(await tell({ segments: new MemorySegments(), head: null })).toEqual({ left: 0, right: 0, holds: true });
  });

  test.each(names)('is broken where somebody altered %s', async (name) => {
    const all = archived();
    all.segments.texts.set(name, all.segments.texts.get(name)?.replace('"sequence":', '"sequence":1') ?? '');
    expect(await tell(all)).toEqual({ left: 2, right: 3, holds: false });
  });

  test.each(names)('is broken where %s is gone', async (name) => {
    const all = archived();
    all.segments.texts.delete(name);
    expect(await tell(all)).toMatchObject({ holds: false });
  });

  test('is broken where all of it is gone', async () => {
    expect(await tell({ ...archived(), segments: new MemorySegments() })).toEqual({ left: 0, right: 1, holds: false });
  });

  test.each(['', 'no JSON\n', '{}\n', 'null\n'])('is broken where a segment became %j', async (text) => {
    const all = archived();
    all.segments.texts.set(names[0] ?? '', text);
    expect(await tell(all)).toMatchObject({ holds: false });
  });

  test('is broken where somebody put a segment more into it', async () => {
    const all = archived();
    all.segments.texts.set(segmentName(SKU, { period: 8, table: 'journal', part: 0 }), '{"previous_sha256":null}\n');
    expect(await tell(all)).toMatchObject({ holds: false });
  });

  test('is whole though the week after it was begun and not ended', async () => {
    const all = archived();
    all.segments.texts.set(segmentName(SKU, { period: 11, table: 'journal', part: 0 }), 'half');
    expect(await tell(all)).toMatchObject({ left: 3, holds: true });
  });

  test('is read up to its limit, the newest first: what is altered before that is not seen', async () => {
    const all = archived();
    all.segments.texts.set(names[0] ?? '', 'altered');
    expect(await tell(all, 2)).toEqual({ left: 2, right: 2, holds: true });
    expect(await tell(all, 3)).toEqual({ left: 2, right: 3, holds: false });
  });
});

describe('GET /v1/items/{sku}/audit', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await Shop.open();
  });

  test('[R63] tells what the object found, and then of the archive', async () => {
    shop.object(SKU).checks = [{ invariant: 'I2', holds: false, left: 3, right: 2 }];
    shop.object(SKU).archived = { head: 'somewhere', throughMs: AFTER };
    const { status, body } = await shop.get('admin', `/v1/items/${TEA}/audit`);
    expect(status).toBe(200);
    expect(body).toEqual({
      sku: TEA,
      sequence: shop.object(SKU).stock.sequence,
      checks: [
        { invariant: 'I2', holds: false, left: 3, right: 2 },
        { invariant: 'archive', holds: false, left: 0, right: 1 },
      ],
    });
  });

  test('[R63] of an item that there is not is 404', async () => {
    expect(await shop.get('admin', '/v1/items/NOBODY/audit')).toMatchObject({ status: 404, body: { code: 'sku_unknown' } });
  });
});
