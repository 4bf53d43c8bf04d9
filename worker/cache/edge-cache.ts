import type { Sku } from '../../domain/ids.ts';
import { isNewer, type SeenSnapshot, type SnapshotCache } from './port.ts';

/** What this file needs of the runtime's Cache. */
export interface ResponseCache {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
}

// A host of its own: no request from outside can ever name it.
const HOST = 'https://availability.holdfast.internal';

/** The data centre's cache, shared by all isolates of it. */
export class EdgeCache implements SnapshotCache {
  readonly #open: () => Promise<ResponseCache>;

  constructor(open: () => Promise<ResponseCache>) {
    this.#open = open;
  }

  async find(sku: Sku): Promise<SeenSnapshot | null> {
    const cache = await this.#open();
    const kept = await cache.match(urlOf(sku));
    // We alone write there, so what comes back has the shape that we wrote.
    return kept === undefined ? null : kept.json<SeenSnapshot>();
  }

  async keep(seen: SeenSnapshot): Promise<void> {
    const { sku, freshForMs } = seen.snapshot;
    const known = await this.find(sku);
    if (known !== null && !isNewer(seen, known)) return;
    const cache = await this.#open();
    const headers = { 'content-type': 'application/json', 'cache-control': `max-age=${Math.ceil(freshForMs / 1_000)}` };
    await cache.put(urlOf(sku), new Response(JSON.stringify(seen), { headers }));
  }
}

function urlOf(sku: Sku): string {
  return `${HOST}/${encodeURIComponent(sku)}`;
}
