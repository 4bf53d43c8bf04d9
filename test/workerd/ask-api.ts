import { env, exports } from 'cloudflare:workers';
import { hashOf } from '../../worker/catalogue/identify.ts';
import { expectReadAddsUp } from '../adds-up.ts';

const ADMIN = `hf_admin_${'a'.repeat(32)}`;

/** Ada may do everything from now on. */
export async function admitAda(): Promise<void> {
  await env.DB.prepare('INSERT OR IGNORE INTO api_key (id, hash, name, scopes, created_at_ms) VALUES (?, ?, ?, ?, 0)')
    .bind('admin', await hashOf(ADMIN), 'Ada', '["admin"]')
    .run();
}

/** Ada asks, over HTTP. */
export async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const init = { method, headers: { authorization: `Bearer ${ADMIN}`, ...headers } };
  const reply = await exports.default.fetch(
    new Request(`http://holdfast${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) }),
  );
  const said = { status: reply.status, headers: reply.headers, body: await reply.json<Record<string, unknown>>() };
  // [R27] Whatever number anybody reads here, `explain` is asked for it too, and its terms must add up to it.
  await expectReadAddsUp(path, body, said, async (explainPath) => {
    const headers = { authorization: `Bearer ${ADMIN}` };
    return (await exports.default.fetch(new Request(`http://holdfast${explainPath}`, { headers }))).json();
  });
  return said;
}

/** An item with so many units in the dc, for the channel `web`. */
export async function stocked(sku: string, units: number): Promise<void> {
  await ask('PUT', '/v1/locations/dc', { type: 'dc' });
  await ask('PUT', '/v1/channels/web', {});
  await ask('PUT', '/v1/sources/wms', { books: 'front' });
  await ask('PUT', `/v1/items/${sku}`, { status: 'active' });
  const movement = {
    id: `in ${sku}`,
    source: 'wms',
    kind: 'received',
    sku,
    location: 'dc',
    quantity: units,
    occurred_at: '2026-11-20T00:00:00Z',
  };
  const { body } = await ask('POST', '/v1/movements', { movements: [movement] });
  const [said] = body['items'] as readonly { readonly outcome: string }[];
  if (said?.outcome !== 'applied') throw new Error(JSON.stringify(body));
}
