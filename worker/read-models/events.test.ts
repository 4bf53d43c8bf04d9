import { beforeEach, expect, test } from 'vitest';
import { channel, location } from '../../test/story/ids.ts';
import { d1OnNode } from '../../test/d1-on-node.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { PlaceTerms } from '../../domain/offer.ts';
import type { ChangeMessage } from '../../durable-objects/sku-stock/protocol.ts';
import { putNewer } from './availability.ts';
import { putObjectEvents } from './events.ts';

let db: D1Database;
beforeEach(() => {
  db = d1OnNode();
});

const [dc, store] = [location('dc'), location('store')];
const web = { id: channel('web'), locations: null, buffer: 0, class: 100, stopSell: false };
const app = { ...web, id: channel('app'), locations: [dc] };
const network = (version: number, ...channels: Network['channels']): Network => ({
  version,
  locations: [
    { id: dc, priority: 1, stopSell: false },
    { id: store, priority: 2, stopSell: false },
  ],
  channels,
});

/** Its object, which has heard of no channel yet, tells what is there. */
function change(sequence: number, atDc: number, inStore = 0, more: Partial<ChangeMessage> = {}): ChangeMessage {
  const at = (place: typeof dc, sellable: number): PlaceTerms => {
    return { location: place, sellable, reserved: 0, committed: 0, safetyStock: 0 };
  };
  const places = [at(dc, atDc), at(store, inStore)];
  const terms = { places, backordered: 0, backorderLimit: 0, lowStockAt: 0, buffers: [], quotas: [], stopSell: false };
  const snapshot = { sku: 'TEA' as Sku, status: 'active' as const, terms, sequence, asOfMs: sequence, freshForMs: 0 };
  const counters = { reserved: 0, refused: {}, lapsed: 0, duplicates: 0, replays: 0, posted: 0, retries: 0 };
  const waiting = { count: 0, oldestAtMs: null, failed: 0 };
  return { sku: snapshot.sku, snapshot, waiting, counters, cases: [], orders: [], events: [], through: 0, offers: [], ...more };
}

/** What is told of a change that is projected under this network: channels with their numbers, or `all`. */
async function told(one: ChangeMessage, under: Network, versionInDatabase = under.version): Promise<readonly string[]> {
  await db.prepare('DELETE FROM event').run();
  await db.prepare('UPDATE network_version SET version = ?').bind(versionInDatabase).run();
  await db.batch([...putObjectEvents(db, [one], under, 0), ...putNewer(db, [one], under)]);
  const { results } = await db.prepare('SELECT data FROM event').all<{ data: string }>();
  return results.flatMap(({ data }) => {
    const { channels } = JSON.parse(data) as { channels: readonly { channel: string; available_to_sell: number }[] | null };
    return channels?.map((each) => `${each.channel} ${each.available_to_sell}`) ?? ['all'];
  });
}

test('[R72] a channel is told of what changed for it, also where units only moved from place to place', async () => {
  const now = network(1, web, app);
  expect(await told(change(1, 5, 5), now)).toEqual(['web 10', 'app 5']);
  expect(await told(change(2, 5, 4), now)).toEqual(['web 9']);
  expect(await told(change(3, 4, 5), now)).toEqual(['web 9', 'app 4']);
  expect(await told(change(4, 4, 5), now)).toEqual([]);
});

test('[R72] what was told under another network is told again with the next change, if nothing else moved too', async () => {
  const before = network(1, web, { ...app, stopSell: true });
  const now = network(2, web, app);
  expect(await told(change(1, 5), before)).toEqual(['web 5', 'app 0']);
  // Whoever asked in between was shown 5 of app.
  expect(await told(change(2, 4), now)).toEqual(['web 4', 'app 4']);
  expect(await told(change(3, 4), now)).toEqual([]);
});

test('[R72] whoever projects under a network that is out of date tells everybody, until it is not', async () => {
  const old = network(1, web, { ...app, stopSell: true });
  expect(await told(change(1, 5), old)).toEqual(['web 5', 'app 0']);
  expect(await told(change(2, 4), old, 2)).toEqual(['web 4', 'app 0']);
  expect(await told(change(3, 4), network(2, web, app))).toEqual(['web 4', 'app 4']);
});

test('[R72] a change that comes twice is told once, and one that comes late not at all', async () => {
  const now = network(1, web);
  await told(change(2, 5), now);
  expect(await told(change(2, 5), now)).toEqual([]);
  expect(await told(change(1, 9), now)).toEqual([]);
});

test('[R72] of too many channels to list it is told that something is new: with each entry, and where time alone changed it', async () => {
  const many = { offers: null };
  const now = network(1, web);
  expect(await told(change(1, 5, 0, many), now)).toEqual(['all']);
  expect(await told(change(1, 5, 0, many), now)).toEqual([]);
  const later = change(1, 4, 0, many);
  expect(await told({ ...later, snapshot: { ...later.snapshot, asOfMs: 9 } }, now)).toEqual(['all']);
});
