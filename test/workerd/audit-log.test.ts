import { beforeEach, expect, test } from 'vitest';
import { admitAda, ask } from './ask-api.ts';

beforeEach(admitAda);

test('[R45] [R45b] in the real database too, a change and its entry are there together or not at all', async () => {
  await ask('PUT', '/v1/channels/web', { buffer: 1 });
  await ask('PUT', '/v1/channels/web', { buffer: 2 });
  const refused = await ask('PUT', '/v1/channels/web', { buffer: 3 }, { 'if-match': '"1"' });
  expect(refused.status).toBe(412);
  const again = await ask('PUT', '/v1/channels/web', { buffer: 2 }, { 'if-match': '"1"' });
  expect([again.status, again.headers.get('etag')]).toEqual([200, '"2"']);
  expect((await ask('POST', '/v1/keys/nobody/revoke', {})).status).toBe(404);
  await ask('PUT', '/v1/channels/web', { buffer: 4 }, { 'if-match': '"2"' });
  const { body } = await ask('GET', '/v1/audit-log?target=channel:web');
  const web = { actor: 'admin', actor_name: 'Ada', action: 'put', target: 'channel:web' };
  expect(body['items']).toMatchObject([
    { ...web, before: null, after: { buffer: 1 }, version: 1 },
    { ...web, before: { buffer: 1 }, after: { buffer: 2 }, version: 2 },
    { ...web, before: { buffer: 2 }, after: { buffer: 4 }, version: 3 },
  ]);
});
