// `npm run bench:feeds`: how long a feed of 100,000 items takes in the real runtime, how much memory, and what its delta holds after
// 1,000 changes. Everything is started on this machine, asked over the loopback, and stopped and forgotten at the end.
import { createGunzip } from 'node:zlib';
import { get } from 'node:http';
import { asked, whole } from '../tools/command-line.ts';
import { readRun } from '../tools/start/state.ts';
import { startServer, type Server } from './drain/server.ts';
import { catalogueOf } from './feeds/catalogue.ts';
import { forgetPeak, peakMb } from './feeds/memory.ts';

/** So many really have an object that sells; the others are rows as theirs are. */
const LIVING = 1_000;
const USAGE = `npm run bench:feeds -- [--items 100000]
  fetches feeds of a catalogue in each format, and a delta after 1,000 changes: how long, how large, in how much memory. It ends with
  1 if the delta holds anything else than what changed.
    --items 100000  so many items`;
const items = asked(USAGE, { items: { type: 'string', default: '100000' } }, (values) => whole('items', values.items, LIVING));

interface Fetched {
  readonly lines: number;
  readonly bytes: number;
  readonly firstMs: number;
  readonly totalMs: number;
  readonly nextSince: string;
  readonly kind: string;
  readonly skus: ReadonlySet<string>;
}

const server = await startServer();
try {
  const run = await readRun(server.state);
  if (run === undefined) throw new Error('The server has no record of its run.');
  const living = await catalogueOf(server, LIVING, items);

  let cursor = '';
  for (const [format, gzip] of [
    ['ndjson', false],
    ['ndjson', true],
    ['csv', false],
    ['google_rss', true],
    ['amazon_json', false],
  ] as const) {
    await forgetPeak(run.runtimePid);
    const before = await peakMb(run.runtimePid);
    const said = await fetched(server, `format=${format}${format === 'amazon_json' ? '&seller_id=A1' : ''}`, gzip);
    const after = await peakMb(run.runtimePid);
    if (format === 'ndjson') cursor = said.nextSince;
    report(`${format}${gzip ? ', gzip' : ''}`, said, `${before.toFixed(0)} → ${after.toFixed(0)} MB at most`);
  }

  await forgetPeak(run.runtimePid);
  const before = await peakMb(run.runtimePid);
  await fetched(server, 'format=ndjson', false, 300);
  console.log(
    `a reader that takes 300 KB at a time with pauses: ${before.toFixed(0)} → ${(await peakMb(run.runtimePid)).toFixed(0)} MB at most`,
  );

  const etag = await headersOf(server, 'ndjson');
  const began = performance.now();
  for (let n = 0; n < 20; n += 1) await headersOf(server, 'ndjson', etag);
  console.log(`304: ${((performance.now() - began) / 20).toFixed(1)} ms each`);

  await living.change();
  const delta = await fetched(server, `format=ndjson&since=${cursor}`);
  const wrong =
    [...delta.skus].filter((sku) => !living.skus.includes(sku)).length + living.skus.filter((sku) => !delta.skus.has(sku)).length;
  report(
    `delta (${delta.kind}) after ${living.skus.length} changes`,
    delta,
    `${delta.skus.size} items, ${wrong} of them wrong or missing`,
  );
  if (wrong > 0 || delta.kind !== 'delta') process.exitCode = 1;
} finally {
  await server.stop();
}

function report(what: string, { lines, bytes, firstMs, totalMs }: Fetched, more: string): void {
  const mb = (bytes / 1_000_000).toFixed(1);
  console.log(
    `${what}: ${lines} lines, ${mb} MB, first byte ${firstMs.toFixed(0)} ms, whole ${(totalMs / 1_000).toFixed(1)} s; ${more}`,
  );
}

async function headersOf({ url, keys }: Server, format: string, known = ''): Promise<string> {
  const headers = { authorization: `Bearer ${keys.admin}`, ...(known === '' ? {} : { 'if-none-match': known }) };
  const reply = await fetch(`${url}/v1/feeds/web?format=${format}`, { headers });
  if (known !== '' && reply.status !== 304) throw new Error(`answered ${reply.status}, though nothing changed`);
  await reply.body?.cancel();
  return reply.headers.get('etag') ?? '';
}

/** By Node's own client, so that what comes is not unpacked unseen. */
function fetched({ url, keys }: Server, query: string, gzip = false, pauseAfterKb = Infinity): Promise<Fetched> {
  const { promise, resolve, reject } = Promise.withResolvers<Fetched>();
  const began = performance.now();
  const headers = { authorization: `Bearer ${keys.admin}`, ...(gzip ? { 'accept-encoding': 'gzip' } : {}) };
  get(`${url}/v1/feeds/web?${query}`, { headers }, (reply) => {
    let bytes = 0;
    let taken = 0;
    let lines = 0;
    let firstMs = 0;
    const skus = new Set<string>();
    let rest = '';
    reply.on('data', (chunk: Buffer) => {
      firstMs ||= performance.now() - began;
      bytes += chunk.length;
      taken += chunk.length;
      if (taken < pauseAfterKb * 1_000) return;
      taken = 0;
      reply.pause();
      setTimeout(() => reply.resume(), 20);
    });
    const text = gzip ? reply.pipe(createGunzip()) : reply;
    text.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString('latin1')).split('\n');
      rest = parts.pop() ?? '';
      lines += parts.length;
      for (const line of parts) {
        const sku = /^\{"type":"item","sku":"([^"]+)"/.exec(line)?.[1];
        if (sku !== undefined) skus.add(sku);
      }
    });
    text.on('error', reject);
    text.on('end', () => {
      const nextSince = String(reply.headers['holdfast-next-since']);
      const kind = String(reply.headers['holdfast-feed']);
      if (reply.statusCode !== 200) return reject(new Error(`answered ${reply.statusCode}: ${rest}`));
      resolve({ lines, bytes, firstMs, totalMs: performance.now() - began, nextSince, kind, skus });
    });
  }).on('error', reject);
  return promise;
}
