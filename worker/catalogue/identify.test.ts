import { expect, test } from 'vitest';
import { API_KEYS_CACHED_BYTES_MAX, API_KEYS_CACHED_MAX, API_KEY_CACHED_MS_MAX, NAMES_MAX } from '../../contracts/limits.ts';
import { d1OnNode } from '../../test/d1-on-node.ts';
import { INSERT_KEY, keyValues } from '../../tools/api-key-row.ts';
import { keyCache } from './identify.ts';

const keyOf = (id: string): string => `hf_${id}_${'s'.repeat(32)}`;

async function keysOf(...ids: readonly string[]) {
  const database = d1OnNode();
  for (const id of ids)
    await database
      .prepare(INSERT_KEY)
      .bind(...keyValues({ id, key: keyOf(id), name: id, scopes: ['availability:read'] }, 0))
      .run();
  const clock = { nowMs: 0 };
  return { database, clock, keys: keyCache(database, () => clock.nowMs) };
}

test('a key that is in use stays known, however many others are tried meanwhile', async () => {
  const { keys } = await keysOf('shop');
  expect(await keys.identify(keyOf('shop'))).toMatchObject({ keyId: 'shop' });
  for (let nth = 0; nth < 3 * API_KEYS_CACHED_MAX; nth += 1) {
    expect(await keys.identify(keyOf(`guess-${nth}`))).toBeNull();
    if (nth % 100 === 0) expect(keys.recognise(keyOf('shop'))).not.toBeNull();
  }
  expect(keys.recognise(keyOf('shop'))).toMatchObject({ keyId: 'shop' });
});

test('a key that nobody uses any more makes room', async () => {
  const { keys } = await keysOf('shop');
  await keys.identify(keyOf('shop'));
  for (let nth = 0; nth < 2 * API_KEYS_CACHED_MAX; nth += 1) await keys.identify(keyOf(`guess-${nth}`));
  expect(keys.recognise(keyOf('shop'))).toBeNull();
  expect(await keys.identify(keyOf('shop'))).toMatchObject({ keyId: 'shop' });
});

test('of keys that name thousands of sources and places fewer are known at once', async () => {
  const ids = Array.from({ length: 10 }, (_, nth) => `wide_${nth}`);
  const { database, keys } = await keysOf(...ids);
  const names = JSON.stringify(Array.from({ length: NAMES_MAX }, (_, nth) => `place-${nth}`));
  await database.prepare('UPDATE api_key SET sources = ?1, locations = ?1').bind(names).run();
  for (const id of ids) await keys.identify(keyOf(id));
  const known = ids.filter((id) => keys.recognise(keyOf(id)) !== null);
  expect(known.length).toBe(Math.floor(API_KEYS_CACHED_BYTES_MAX / (2 * NAMES_MAX * 100 + 1_100)));
  expect(known.at(-1)).toBe('wide_9');
});

test('what is in use is read anew when it is too old all the same', async () => {
  const { database, clock, keys } = await keysOf('shop');
  await keys.identify(keyOf('shop'));
  await database.prepare('UPDATE api_key SET revoked_at_ms = 1').run();
  clock.nowMs = API_KEY_CACHED_MS_MAX - 1;
  expect(await keys.identify(keyOf('shop'))).not.toBeNull();
  clock.nowMs = API_KEY_CACHED_MS_MAX;
  expect(await keys.identify(keyOf('shop'))).toBeNull();
});
