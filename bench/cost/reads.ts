import * as z from 'zod';
import { atOnce } from './at-once.ts';
import type { Measured } from './bill.ts';
import type { CountedShop, Reply } from './counted-shop.ts';
import { minus, plus, type Counts } from './counts.ts';

const read = z.object({ source: z.enum(['isolate', 'colo', 'object', 'projection']) });
/** A little longer than a snapshot may be served (FRESH_FOR_MS_MAX). */
const STALE_AFTER_MS = 5_100;

export interface HowMuch {
  readonly reads: number;
  readonly coloRounds: number;
  readonly batches: number;
}

/** Reads of availability, by what answers them. Each tier is the front's own word for it, so a read of another tier is not counted in. */
export async function countReads(shop: CountedShop, skus: readonly string[], howMuch: HowMuch): Promise<readonly Measured[]> {
  const all = [
    await fromIsolate(shop, skus, howMuch.reads),
    await fromColo(shop, skus.slice(0, 20), howMuch.coloRounds),
    await fromObject(shop, skus, howMuch.reads / 4),
    await inBatches(shop, skus, howMuch.batches),
  ];
  return all.map((measured) => ({ ...measured, counts: withoutAlarms(measured.counts) }));
}

/** A read sets no alarm; those of the items that were stocked a while ago ring beside it, and each writes a line. */
export function withoutAlarms(counts: Counts): Counts {
  const rung = counts[RUNG] ?? 0;
  return minus(counts, { [RUNG]: rung, 'log line|all': rung });
}

const RUNG = 'object request|sku-stock.alarm';

/** One item that is asked for over and over, which is what a cache is for; its object is asked as often as it says (R90). */
async function fromIsolate(shop: CountedShop, [sku = '']: readonly string[], reads: number): Promise<Measured> {
  const sources = new Map<string, number>();
  const during = await shop.while(() => atOnce(reads, async () => note(sources, await readOf(shop, sku))));
  const cached = sources.get('isolate') ?? 0;
  const share = `${((100 * cached) / reads).toFixed(1)} % answered from memory, the rest by the data centre's cache or the object`;
  return { name: 'read, isolate memory', unit: 'read', units: reads, ...during, notes: [share] };
}

/** What one isolate learned of the objects, five others of the same data centre find in its cache. */
async function fromColo(shop: CountedShop, skus: readonly string[], rounds: number): Promise<Measured> {
  const others = ['b', 'c', 'd', 'e', 'f'];
  const sources = new Map<string, number>();
  let [counts, cpuMs]: [Counts, number | null] = [{}, 0];
  // What an isolate asks when it is new, its API key and the catalogue, is not what a read costs.
  for (const isolate of others) await Promise.all(skus.map((sku) => readOf(shop, sku, isolate)));
  for (let round = 0; round < rounds; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, STALE_AFTER_MS));
    await Promise.all(skus.map((sku) => readOf(shop, sku)));
    const during = await shop.while(async () => {
      for (const isolate of others) await Promise.all(skus.map(async (sku) => note(sources, await readOf(shop, sku, isolate))));
    });
    counts = plus(counts, during.counts);
    cpuMs = cpuMs === null || during.cpuMs === null ? null : cpuMs + during.cpuMs;
  }
  const units = rounds * others.length * skus.length;
  return { name: 'read, colo cache', unit: 'read', units, counts, cpuMs, notes: [shares(sources, units)] };
}

async function fromObject(shop: CountedShop, skus: readonly string[], reads: number): Promise<Measured> {
  const during = await shop.while(() =>
    atOnce(reads, async (n) => {
      await ok(shop.ask('GET', `/v1/availability/${skus[n % skus.length]}?consistency=strong`));
    }),
  );
  return { name: 'read, object (strong)', unit: 'read', units: reads, ...during, notes: [] };
}

async function inBatches(shop: CountedShop, skus: readonly string[], batches: number): Promise<Measured> {
  const asked = { skus: skus.slice(0, 50) };
  const during = await shop.while(() =>
    atOnce(batches, async () => {
      await ok(shop.ask('POST', '/v1/availability/query', asked));
    }),
  );
  return { name: 'read of 50 items, projection', unit: 'read of 50', units: batches, ...during, notes: [] };
}

async function readOf(shop: CountedShop, sku: string, isolate = ''): Promise<string> {
  const { text } = await ok(shop.ask('GET', `/v1/availability/${sku}`, undefined, isolate));
  return read.parse(JSON.parse(text)).source;
}

function note(sources: Map<string, number>, source: string): void {
  sources.set(source, (sources.get(source) ?? 0) + 1);
}

function shares(sources: ReadonlyMap<string, number>, reads: number): string {
  return [...sources].map(([source, count]) => `${((100 * count) / reads).toFixed(0)} % from ${source}`).join(', ');
}

async function ok(asking: Promise<Reply>): Promise<Reply> {
  const reply = await asking;
  if (reply.status !== 200) throw new Error(`a read was answered ${reply.status}: ${reply.text.slice(0, 300)}`);
  return reply;
}
