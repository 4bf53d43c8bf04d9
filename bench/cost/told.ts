import { createServer, type Server } from 'node:http';
import { atOnce } from './at-once.ts';
import type { Measured } from './bill.ts';
import type { CountedShop } from './counted-shop.ts';
import { about, plus, type Counts } from './counts.ts';

/** So long a change is gathered before it is told. */
const TOLD_MS = 1_000;
const FEEDS = 10;
const CPU = 'CPU is not told apart from that of the change';

/**
 * What comes of a change for those who are told of it, beside what the change itself costs: so only what bears their names is
 * counted. Comes last, since from then on all that changes is told.
 */
export async function countTold(shop: CountedShop, skus: readonly string[], quick: boolean): Promise<readonly Measured[]> {
  const sink = await startSink();
  try {
    await shop.asAdmin('POST', '/v1/webhooks', { url: sink.url, types: ['availability.changed'] });
    await shop.asAdmin('PUT', '/v1/channels/web', { listings: { unmapped: 'own_sku' } });
    await shop.asAdmin('PUT', '/v1/channels/web/outlet', { adapter: 'memory' });
    await shop.untilQuiet(TOLD_MS);

    const many = skus.slice(0, 40);
    const atOnceCounted = await ofChanges(shop, [many], sink);
    const alone = quick
      ? []
      : await ofChanges(
          shop,
          skus.slice(40, 42).map((sku) => [sku]),
          sink,
        );
    return [...atOnceCounted, ...alone, await ofFeeds(shop)];
  } finally {
    sink.stop();
  }
}

/** Each group of items changes at one moment, and is told before the next does. */
async function ofChanges(shop: CountedShop, groups: readonly (readonly string[])[], sink: Sink): Promise<readonly Measured[]> {
  const before = sink.heard();
  let counts: Counts = {};
  for (const group of groups) {
    const during = await shop.while(async () => {
      await Promise.all(group.map((sku) => reserveOne(shop, sku)));
      await shop.untilQuiet(TOLD_MS);
    });
    counts = plus(counts, during.counts);
  }
  const changes = groups.flat().length;
  const how = groups.length > 1 ? 'alone' : `${changes} at once`;
  const heard = sink.heard() - before;
  if (heard < changes) throw new Error(`a webhook heard ${heard} of ${changes} changes`);
  const common = { cpuMs: null, notes: [CPU] };
  return [
    { name: `webhook, ${how}`, unit: 'delivery', units: heard, counts: about(counts, /webhook/i), ...common },
    { name: `channel push, ${how}`, unit: 'change', units: changes, counts: about(counts, /channel|outlet/i), ...common },
  ];
}

async function reserveOne(shop: CountedShop, sku: string): Promise<void> {
  const { status, text } = await shop.ask('POST', '/v1/reservations', { lines: [{ sku, quantity: 1 }], ttl_seconds: 900 });
  if (status !== 201) throw new Error(`a reservation was answered ${status}: ${text.slice(0, 300)}`);
}

async function ofFeeds(shop: CountedShop): Promise<Measured> {
  let items = 0;
  const during = await shop.while(() =>
    atOnce(FEEDS, async () => {
      const { status, text } = await shop.feed('/v1/feeds/web?format=csv');
      if (status !== 200) throw new Error(`a feed was answered ${status}: ${text.slice(0, 300)}`);
      items = text.trimEnd().split('\n').length - 1;
    }),
  );
  return { name: `feed of ${items} items`, unit: 'feed', units: FEEDS, ...during, notes: [] };
}

interface Sink {
  readonly url: string;
  heard(): number;
  stop(): void;
}

/** Hears what webhooks tell. */
async function startSink(): Promise<Sink> {
  let heard = 0;
  const server: Server = createServer((request, reply) => {
    request.resume().once('end', () => {
      heard += 1;
      reply.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server on a port has an address with a port');
  return { url: `http://127.0.0.1:${address.port}/`, heard: () => heard, stop: () => void server.close() };
}
