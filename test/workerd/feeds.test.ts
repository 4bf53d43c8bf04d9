import { reset } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import { cachedDirectories } from '../../worker/catalogue/directory.ts';
import { hashOf } from '../../worker/catalogue/identify.ts';
import { projectChanges } from '../../worker/jobs/project-changes.ts';
import { admitAda, ask } from './ask-api.ts';
import { changeOf, deliver, Listener, snapshotOf } from './pipeline.ts';

const KEY = `hf_feeds_${'f'.repeat(32)}`;
const SKUS = Array.from({ length: 600 }, (_, n) => `SKU-${String(n).padStart(3, '0')}` as Sku);

afterEach(() => reset());
beforeEach(async () => {
  await admitAda();
  await env.DB.prepare('INSERT OR IGNORE INTO api_key (id, hash, name, scopes, created_at_ms) VALUES (?, ?, ?, ?, 0)')
    .bind('feeds', await hashOf(KEY), 'feeds', '["feeds:read"]')
    .run();
  await ask('PUT', '/v1/locations/dc', { type: 'dc' });
  await ask('PUT', '/v1/channels/web', {});
  // Items as the catalogue writes them; that they have objects too makes no difference to a feed.
  const item = env.DB.prepare("INSERT INTO item (sku, status, units, version, policy_version) VALUES (?, 'active', '[]', 1, 0)");
  await env.DB.batch(SKUS.map((sku) => item.bind(sku)));
});

const fetchFeed = (query = '', headers: Record<string, string> = {}): Promise<Response> => {
  const request = new Request(`http://holdfast/v1/feeds/web?${query}`, {
    headers: { authorization: `Bearer ${KEY}`, ...headers },
  });
  return exports.default.fetch(request);
};

/** The read models hear that there are so many of these, at this sequence. */
async function project(skus: readonly Sku[], sequence: number, quantity: number): Promise<void> {
  const directories = cachedDirectories(env.DB, () => undefined, Date.now);
  const changes = skus.map((sku) => {
    const snapshot = snapshotOf(sku, sequence, sequence, quantity);
    return changeOf(sku, sequence, sequence, { snapshot });
  });
  const { stockOf } = new Listener();
  await deliver('stock-changes', changes, (batch) =>
    projectChanges(batch, { db: env.DB, directories, nowMs: () => Date.now(), stockOf }),
  );
}

interface Line {
  readonly type: string;
  readonly feed: string;
  readonly sku: string;
  readonly quantity: number;
  readonly sequence: number;
  readonly next_since: string;
}

async function linesOf(reply: Response): Promise<readonly Line[]> {
  return new TextDecoder()
    .decode(await reply.arrayBuffer())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

test('[R71] in the real runtime too, deltas that are read while the ledger moves miss nothing and never go back', async () => {
  await project(SKUS, 1, 1);
  const told = new Map<string, Line>();
  let since = '';
  const follow = async (): Promise<string> => {
    const lines = await linesOf(await fetchFeed(since));
    for (const line of lines.filter(({ type }) => type === 'item')) {
      expect(line.sequence).toBeGreaterThanOrEqual(told.get(line.sku)?.sequence ?? 0);
      told.set(line.sku, line);
    }
    since = `since=${lines.at(-1)?.next_since}`;
    return lines[0]?.feed ?? '';
  };
  expect(await follow()).toBe('full');
  expect(told.size).toBe(SKUS.length);
  for (let round = 2; round < 12; round += 1) {
    const some = SKUS.filter((_, n) => (n * 7 + round) % 5 === 0);
    const [, , kind] = await Promise.all([
      project(some.slice(0, 60), round, round),
      project(some.slice(60), round, round),
      follow(),
    ]);
    expect(kind).toBe('delta');
  }
  await follow();
  const now = new Map((await linesOf(await fetchFeed())).map((line) => [line.sku, line.quantity]));
  expect(SKUS.filter((sku) => now.get(sku) !== told.get(sku)?.quantity)).toEqual([]);
  expect(new Set([...told.values()].map(({ quantity }) => quantity)).size).toBeGreaterThan(3);
});

test('[R74] a feed comes gzipped once, and whole', async () => {
  await project(SKUS, 1, 1);
  const plain = await linesOf(await fetchFeed());
  const reply = await fetchFeed('', { 'accept-encoding': 'gzip' });
  expect(reply.headers.get('content-encoding')).toBe('gzip');
  // The runtime unpacks what it is told is packed, once.
  const lines = await linesOf(reply);
  expect(lines.map(({ sku }) => sku)).toEqual(plain.map(({ sku }) => sku));
  expect(lines).toHaveLength(SKUS.length + 2);
});

test('[R74] nothing is read of a feed that nobody needs: 304 costs no item', async () => {
  await project(SKUS, 1, 1);
  const full = await fetchFeed();
  await full.body?.cancel();
  const again = await fetchFeed('', { 'if-none-match': full.headers.get('etag') ?? '' });
  expect([again.status, await again.text(), again.headers.get('holdfast-next-since')]).toEqual([
    304,
    '',
    full.headers.get('holdfast-next-since'),
  ]);
});
