import { evictDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import type { ReservationId } from '../../domain/ids.ts';
import { gist, pin, reserve, SkuUnderTest } from './sku.ts';

const giveUp = (id: string) =>
  ({ type: 'release', reservation: id as ReservationId, caller: null, lines: null, tombstone: true }) as const;

describe('what an object does for a cart', () => {
  test('[R20] a release that overtakes its reserve leaves a tombstone, also after memory was lost', async () => {
    const tea = await new SkuUnderTest('TOMB').stocked(10);
    expect(gist(await tea.ask(giveUp('cart.a')))).toBe('accepted');
    await evictDurableObject(tea.object);
    expect(gist(await tea.ask(reserve('cart.a', 2)))).toBe('reservation_released');
    expect(gist(await tea.ask(reserve('cart.b', 10)))).toBe('accepted');
  });

  test('[R20] a reserve that was answered is replayed and not taken for a late one', async () => {
    const tea = await new SkuUnderTest('REPLAYED').stocked(10);
    const key = tea.newKey();
    await tea.ask(reserve('cart.a', 2), key);
    await tea.ask(giveUp('cart.a'));
    expect(await tea.ask(reserve('cart.a', 2), key)).toMatchObject({
      answer: { accepted: true },
      replay: { presentStatus: 'released' },
    });
    expect(gist(await tea.ask(reserve('cart.a', 2)))).toBe('reservation_released');
  });

  test('[R5] a check answers as if asked and changes nothing, not even the key', async () => {
    const tea = await new SkuUnderTest('CHECKED').stocked(3);
    const key = tea.newKey();
    const check = (command: Parameters<typeof tea.ask>[0]) =>
      tea.object.execute({ networkVersion: null, network: null, asked: [{ command, key, correlationId: 'c', onlyCheck: true }] });
    const { sequence } = (await tea.object.snapshot()) ?? { sequence: -1 };
    expect(await check(reserve('cart.a', 3))).toMatchObject({ replies: [{ answer: { accepted: true } }] });
    expect(await check(reserve('cart.a', 4))).toMatchObject({
      replies: [{ answer: { rejection: { code: 'insufficient_stock' } } }],
    });
    expect(await check(pin('cart.a'))).toMatchObject({ replies: [{ answer: { rejection: { code: 'reservation_not_found' } } }] });
    expect(await tea.object.snapshot()).toMatchObject({ sequence });
    expect(await tea.ask(reserve('cart.a', 3), key)).toMatchObject({ answer: { accepted: true }, replay: null });
  });
});
