/**
 * Plays a shop on Adobe Commerce (or Magento Open Source) with an inventory of several sources, for the adapter's tests: saving
 * and reading source items, bulks of them and what became of their messages. It was written from Adobe's published schemas of
 * 2.4.8 and 2.4.9 and from the public sources of `magento/inventory` (`SourceItemsSaveHandler`, its validators) and
 * `magento/magento2` (`AsynchronousOperations`). What it is sent and what it says is checked by those schemas where they
 * are at hand.
 *
 * It is narrower than the real one: passing against it is necessary, not sufficient. It limits its input to 20 source items in
 * a call and 5,000 messages in a bulk, as a shop may be told to, and takes no more than so many calls a minute.
 */
import { CallWindow, json, NO_FAULTS, passing, type StubClock, type StubFaults } from '../vendor-stub.ts';
import { wrongIn, type Part } from './checks.ts';
import { StubQueue, type Message } from './stub-queue.ts';

export const ADOBE_CREDENTIALS = { token: 'stub-token-adobe-0001' } as const;

const ITEMS_PER_CALL = 20;
const MESSAGES_PER_BULK = 5_000;
const PAGE_MAX = 300;

export interface StubAdobeOptions {
  readonly clock: StubClock;
  readonly sources?: readonly string[];
  readonly callsPerMinute?: number;
  /** How long a message waits in the queue; null: until `settle`. */
  readonly queueMs?: number | null;
}

interface Saved {
  readonly quantity: number;
  readonly status: number;
}

export interface SentItem extends Saved {
  readonly sku: string;
  readonly source_code: string;
}

export class StubAdobe {
  readonly faults: StubFaults = { ...NO_FAULTS };
  /** Calls beyond the limits and bodies that the vendor's schemas refuse; a test wants none. */
  readonly violations: string[] = [];
  /** By SKU and source. */
  readonly items = new Map<string, Map<string, Saved>>();
  /** Not to be saved. */
  readonly refused = new Set<string>();
  /** Their messages meet a deadlock, and are not tried again by themselves. */
  readonly ailing = new Set<string>();
  readonly calls = { now: 0, bulk: 0, read: 0 };
  readonly sources: readonly string[];
  readonly #clock: StubClock;
  readonly #window: CallWindow;
  readonly #queue: StubQueue;

  constructor({ clock, sources = ['hall', 'shop_2'], callsPerMinute = 600, queueMs = null }: StubAdobeOptions) {
    this.#clock = clock;
    this.sources = sources;
    this.#window = new CallWindow(callsPerMinute, 60_000);
    this.#queue = new StubQueue(queueMs, (message) => this.#consume(message));
  }

  addItem(sku: string): void {
    this.items.set(sku, new Map());
  }

  /** The consumers run. */
  settle(): void {
    this.#queue.settle();
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    this.#queue.run(this.#clock.nowMs);
    const url = new URL(request.url);
    const path = url.pathname.replace(/^\/rest\/all\//, '');
    const kind = request.method === 'GET' ? 'read' : path.startsWith('async/bulk/') ? 'bulk' : 'now';
    return passing(this.faults, {
      request,
      sets: kind !== 'read',
      allowed: () => this.#allows(kind),
      serve: () => this.#serve(kind, path, url, request),
      throttle: (retryAfterMs) =>
        json(429, { message: 'Too Many Requests' }, { 'Retry-After': String(Math.ceil(retryAfterMs / 1_000)) }),
    });
  };

  #allows(kind: keyof StubAdobe['calls']): boolean {
    this.calls[kind] += 1;
    if (this.#window.takes(this.#clock.nowMs)) return true;
    this.violations.push('too many calls');
    return false;
  }

  async #serve(kind: keyof StubAdobe['calls'], path: string, url: URL, request: Request): Promise<Response> {
    const token = request.headers.get('Authorization') ?? '';
    if (this.faults.lockedOut || token !== `Bearer ${ADOBE_CREDENTIALS.token}`)
      return this.#error(401, `The consumer isn't authorized to access %resources. ${token}`);
    if (kind === 'now' && path === 'V1/inventory/source-items') return this.#saveNow(await request.json());
    if (kind === 'bulk' && path === 'async/bulk/V1/inventory/source-items') return this.#takeBulk(await request.json());
    if (kind === 'read' && path === 'V1/inventory/source-items') return this.#tellItems(url.searchParams);
    const [, uuid = '', part] = /^V1\/bulk\/([^/]+)\/(status|detailed-status)$/.exec(path) ?? [];
    if (kind === 'read' && part !== undefined) return this.#tellBulk(decodeURIComponent(uuid), part);
    return this.#error(404, 'Request does not match any route.');
  }

  #saveNow(body: unknown): Response {
    const wrong = wrongIn('POST source items', body);
    if (wrong !== null) return this.#violated(wrong);
    const { sourceItems } = body as { sourceItems: readonly SentItem[] };
    if (sourceItems.length > ITEMS_PER_CALL)
      return this.#violated(`Maximum items of type "SourceItemInterface" is ${ITEMS_PER_CALL}`);
    const hindrance = this.#save(sourceItems);
    return hindrance === null ? json(200, []) : this.#error(400, hindrance);
  }

  /** All of them, or none. */
  #save(sourceItems: readonly SentItem[]): string | null {
    if (sourceItems.length === 0) return 'Input data is empty';
    const unknown = sourceItems.find(({ sku }) => !this.items.has(sku));
    if (unknown !== undefined) return `Validation Failed: Product with SKU ${unknown.sku} does not exist.`;
    if (sourceItems.some(({ sku, source_code }) => this.refused.has(sku) || !this.sources.includes(source_code)))
      return 'Could not save Source Item';
    for (const { sku, source_code, quantity, status } of sourceItems) this.items.get(sku)?.set(source_code, { quantity, status });
    return null;
  }

  #takeBulk(body: unknown): Response {
    if (!Array.isArray(body)) return this.#violated('a bulk is a list of bodies');
    if (body.length > MESSAGES_PER_BULK) return this.#violated('too many messages');
    const wrong = body.map((one) => wrongIn('POST source items', one)).find((said) => said !== null);
    if (wrong !== undefined) return this.#violated(wrong ?? '');
    const messages = body as readonly { sourceItems: readonly SentItem[] }[];
    const uuid = this.#queue.take(messages, this.#clock.nowMs);
    const request_items = messages.map((_, id) => ({ id, data_hash: 'ab'.repeat(32), status: 'accepted' }));
    return json(202, { bulk_uuid: uuid, request_items, errors: false });
  }

  #consume({ sourceItems }: Message): readonly [status: number, said: string] {
    if (sourceItems.some(({ sku }) => this.ailing.has(sku))) return [2, 'SQLSTATE[40001]: Serialization failure: 1213 Deadlock'];
    const hindrance = this.#save(sourceItems);
    return hindrance === null ? [1, 'Service execution success SourceItemsSaveInterface::execute'] : [3, hindrance];
  }

  #tellBulk(uuid: string, part: string): Response {
    const told = this.#queue.told(uuid, part === 'detailed-status');
    if (told === null) return this.#error(404, 'Requested bulk does not exist.');
    return this.#told(part === 'status' ? 'GET bulk status, answer' : 'GET bulk details, answer', told);
  }

  #tellItems(search: URLSearchParams): Response {
    const asked = new Set<string>();
    for (let index = 0; search.has(`searchCriteria[filterGroups][0][filters][${index}][field]`); index += 1) {
      const filter = `searchCriteria[filterGroups][0][filters][${index}]`;
      const value = search.get(`${filter}[value]`) ?? '';
      const list = search.get(`${filter}[conditionType]`) === 'in' ? value.split(',') : [value];
      for (const sku of list) asked.add(sku);
    }
    const size = Number(search.get('searchCriteria[pageSize]') ?? 20);
    if (size > PAGE_MAX) return this.#violated(`Maximum SearchCriteria pageSize is ${PAGE_MAX}`);
    const page = Number(search.get('searchCriteria[currentPage]') ?? 1);
    const all = [...this.items]
      .filter(([sku]) => asked.has(sku))
      .flatMap(([sku, at]) => [...at].map(([source_code, saved]) => ({ sku, source_code, ...saved })));
    return this.#told('GET source items, answer', {
      items: all.slice((page - 1) * size, page * size),
      search_criteria: { filter_groups: [], page_size: size, current_page: page },
      total_count: all.length,
    });
  }

  #violated(what: string): Response {
    this.violations.push(what);
    return this.#error(400, what);
  }

  #error(status: number, message: string): Response {
    const body = { message, trace: '#0 /var/www/html/vendor/magento/framework/Webapi/ServiceInputProcessor.php(1)' };
    return this.#told('error, answer', body, status);
  }

  #told(part: Part, body: unknown, status = 200): Response {
    const wrong = wrongIn(part, body);
    if (wrong !== null) throw new Error(`the stub says what a shop would not: ${part}: ${wrong}`);
    return json(status, body);
  }
}
