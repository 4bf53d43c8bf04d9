import { env, exports } from 'cloudflare:workers';
import { beforeEach, expect, test } from 'vitest';
import { hashOf } from '../../worker/catalogue/identify.ts';

const ADMIN = `hf_admin_${'a'.repeat(32)}`;

beforeEach(async () => {
  await env.DB.prepare('INSERT OR IGNORE INTO api_key (id, hash, name, scopes, created_at_ms) VALUES (?, ?, ?, ?, 0)')
    .bind('admin', await hashOf(ADMIN), 'Ada', '["admin"]')
    .run();
});

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const init = { method, headers: { authorization: `Bearer ${ADMIN}`, ...headers } };
  const reply = await exports.default.fetch(
    new Request(`http://holdfast${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) }),
  );
  return { status: reply.status, body: await reply.json<Record<string, unknown>>() };
}

test('[R45] in the real database too, a change and its entry are there together or not at all', async () => {
  await ask('PUT', '/v1/channels/web', { buffer: 1 });
  await ask('PUT', '/v1/channels/web', { buffer: 2 });
  const refused = await ask('PUT', '/v1/channels/web', { buffer: 3 }, { 'if-match': '"1"' });
  expect(refused.status).toBe(412);
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
