import { beforeEach, describe, expect, test } from 'vitest';
import type { ChannelId } from '../../domain/ids.ts';
import { publish } from '../../test/feeds/publish.ts';
import { keyOf, MUG, Shop, TEA, type Said } from '../../test/shop.ts';
import { endsOf } from '../feeds/changes.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 8);
  await shop.receive(MUG, 2);
  await publish(shop);
});

const read = (query = ''): Promise<Said> => shop.get('web_feeds', `/v1/feeds/web?${query}`);
const since = (said: Pick<Said, 'headers'>): string => said.headers.get('holdfast-next-since') ?? '';
const lines = (text: unknown) =>
  String(text)
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]))
    .filter(({ type }) => type === 'item');
const items = (text: unknown) => lines(text).map(({ listing, quantity }) => `${String(listing)} ${String(quantity)}`);
const told = async (after: Pick<Said, 'headers'>) => items((await read(`since=${since(after)}`)).body);
const call = (sku: string, ...names: readonly string[]) =>
  shop.put(`/v1/items/${encodeURIComponent(sku)}`, {
    status: 'active',
    aliases: names.map((external_id) => ({ system: 'web', external_id })),
  });
const makeOf = (...parts: readonly string[]) =>
  shop.put('/v1/items/SET', { status: 'active', components: parts.map((sku) => ({ sku, factor: 1 })) });

/** An answer that has begun, and is read when all of this has happened. */
async function during(...moves: readonly (() => Promise<unknown>)[]): Promise<{ headers: Headers; text: string }> {
  const reply = await shop.app.request('/v1/feeds/web', { headers: { authorization: `Bearer ${keyOf('web_feeds')}` } });
  for (const move of moves) await move();
  return { headers: reply.headers, text: await reply.text() };
}

describe('[R71] what is nothing now is told as nothing', () => {
  test('of a kit that got a part of which nobody has heard yet', async () => {
    await makeOf(TEA);
    const full = await read();
    await call('NEW');
    await makeOf(TEA, 'NEW');
    expect(await told(full)).toContain('SET 0');
  });

  test('of a kit at a place where none of its parts ever was', async () => {
    await shop.receive(MUG, 3, 'store');
    await publish(shop);
    await makeOf(MUG);
    const full = await read();
    await makeOf(TEA);
    const delta = lines((await read(`since=${since(full)}`)).body).find(({ sku }) => sku === 'SET');
    expect(delta?.['places']).toEqual([
      { place: 'dc', quantity: 8 },
      { place: 'store', quantity: 0 },
    ]);
  });

  test('at a place where only the item was that had the name before', async () => {
    await shop.receive(TEA, 3, 'store');
    await publish(shop);
    await call(TEA, 'L');
    const full = await read();
    await call(TEA);
    await call(MUG, 'L');
    const delta = lines((await read(`since=${since(full)}`)).body).find(({ listing }) => listing === 'L');
    expect(delta).toMatchObject({
      sku: MUG,
      places: [
        { place: 'dc', quantity: 2 },
        { place: 'store', quantity: 0 },
      ],
    });
  });

  test('at a place that stopped selling', async () => {
    await shop.receive(MUG, 3, 'store');
    await publish(shop);
    await shop.put('/v1/locations/store', { type: 'store', priority: 2, stop_sell: true });
    const mug = lines((await read()).body).find(({ sku }) => sku === MUG);
    expect(mug).toMatchObject({ quantity: 2, places: [{ quantity: 2 }, { place: 'store', quantity: 0 }] });
  });

  test('under a name that passed to an item of which nobody has heard yet', async () => {
    await call(TEA, 'L');
    const full = await read();
    await call('NEW');
    await call(TEA);
    await call('NEW', 'L');
    expect(await told(full)).toContain('L 0');
  });

  test('under a name that came and went while the answer before was written', async () => {
    const full = await during(() => call(MUG, 'L'));
    expect(items(full.text)).toContain('L 2');
    await call(MUG);
    expect(await told(full)).toEqual(['L 0', `${MUG} 2`]);
  });

  test('under our SKU, where there was no other name while the answer before was written', async () => {
    await call(MUG, 'L');
    const full = await during(() => call(MUG));
    expect(items(full.text)).toContain(`${MUG} 2`);
    await call(MUG, 'N');
    expect(await told(full)).toEqual(['L 0', `${MUG} 0`, 'N 2']);
  });

  test('but not under our SKU where it never stood without another name', async () => {
    await call(MUG, 'L');
    const full = await read();
    await call(MUG, 'N');
    expect(await told(full)).toEqual(['L 0', 'N 2']);
  });
});

describe('[R71] an answer that broke off goes on with the last SKU that came', () => {
  test('though that was the name of an item that is gone', async () => {
    await call(TEA, 'L');
    const full = await read();
    await call(TEA);
    await shop.receive(MUG, 1);
    await publish(shop);
    const delta = await read(`since=${since(full)}`);
    expect(items(delta.body)).toEqual([`${MUG} 3`, 'L 0', `${TEA} 8`]);
    const rest = await read(`since=${since(full)}&through=${since(delta)}&after=${TEA}`);
    expect(items(rest.body)).toEqual(['L 0', `${TEA} 8`]);
  });

  test('which may not have come under all its names', async () => {
    await call(MUG, 'A', 'B');
    const full = await read();
    expect(items((await read(`through=${since(full)}&after=${MUG}`)).body)).toEqual(['A 2', 'B 2', `${TEA} 8`]);
  });

  test('in the order of characters that take two places in our memory', async () => {
    const skus = ['\uff21', '\u{1F600}'];
    const full = await read();
    for (const sku of skus) {
      await call(sku);
      await shop.receive(sku, 1);
    }
    await publish(shop);
    const delta = await read(`since=${since(full)}`);
    expect(items(delta.body)).toEqual(skus.map((sku) => `${sku} 1`));
    for (const after of ['\uff20', '\uff21']) {
      const rest = await read(`since=${since(full)}&through=${since(delta)}&after=${encodeURIComponent(after)}`);
      expect(items(rest.body)).toEqual(skus.map((sku) => `${sku} 1`));
    }
  });
});

test('[R70] no name ends a line of NDJSON, for whoever takes more signs for its end than one', async () => {
  await shop.put(`/v1/items/${MUG}`, { status: 'active', name: 'one\u2028two\u2029three\u0085four\nfive' });
  const { body } = await read();
  expect(String(body)).not.toMatch(/[\u0085\u2028\u2029\r]/);
  expect(lines(body)[0]).toMatchObject({ name: 'one\u2028two\u2029three\u0085four\nfive' });
});

test('[R74] what is kept no longer is not what never was', async () => {
  const db = shop.database;
  await db.prepare(`UPDATE event SET type = 'posting.confirmed'`).run();
  const before = await endsOf(db, 'web' as ChannelId);
  await db.prepare('DELETE FROM event WHERE cursor < (SELECT max(cursor) FROM event)').run();
  expect((await endsOf(db, 'web' as ChannelId)).newest).toBeGreaterThan(before.newest);
});
