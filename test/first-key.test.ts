import { expect, test } from 'vitest';
import { d1OnNode } from './d1-on-node.ts';
import { keyCache } from '../worker/catalogue/identify.ts';
import { INSERT_KEY, keyValues } from '../tools/api-key-row.ts';

const FIRST = { id: 'first_admin', key: `hf_first_admin_${'s'.repeat(32)}`, name: 'first', scopes: ['admin'] } as const;

test('the first key of a deployment is one that the Worker knows, and is itself nowhere in the database', async () => {
  const database = d1OnNode();
  for (const nowMs of [1, 2])
    await database
      .prepare(INSERT_KEY)
      .bind(...keyValues(FIRST, nowMs))
      .run();
  const { identify } = keyCache(database, () => 0);
  expect(await identify(FIRST.key)).toMatchObject({ keyId: 'first_admin', scopes: ['admin'], channel: null });
  expect(JSON.stringify(await database.prepare('SELECT * FROM api_key').all())).not.toContain(FIRST.key);
});
