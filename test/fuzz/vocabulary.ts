import fc from 'fast-check';
import type { Operation } from './document.ts';

/** What a field may be filled with so that a request means something in the shop; the rest comes from the schema alone. */
export class Vocabulary {
  readonly #words = new Map<string, string[]>();
  readonly #nowMs: () => number;

  constructor(known: Readonly<Record<string, readonly string[]>>, nowMs: () => number) {
    for (const [field, words] of Object.entries(known)) this.#words.set(field, [...words]);
    this.#nowMs = nowMs;
  }

  /** Words of a field, drawn when they are needed: what answers have told by then is among them. */
  wordsFor(field: string): fc.Arbitrary<string> | null {
    const known = NAMED_LIKE[field] ?? field;
    if (!this.#words.has(known)) return null;
    return fc.nat(1_000).map((n) => {
      const all = this.#words.get(known) ?? [];
      // Of the newest there is most to ask: an old reservation has ended long ago.
      const words = LEARNED.includes(known) && n % 2 === 0 ? all.slice(-RECENT) : all;
      return words[(n >> 1) % words.length] ?? 'none-yet';
    });
  }

  moments(): fc.Arbitrary<string> {
    const zones = fc.constantFrom('Z', '+02:00', '-11:30');
    return fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), zones).map(([offsetMs, zone]) => {
      const instant = new Date(this.#nowMs() + offsetMs).toISOString();
      return instant.replace('Z', zone);
    });
  }

  /** Ids and cursors that an answer has told. */
  learn(operation: Operation, body: unknown): void {
    for (const [field, at] of TOLD_BY[operation.operationId] ?? []) for (const word of textsAt(body, at)) this.#add(field, word);
  }

  #add(field: string, word: string): void {
    const words = this.#words.get(field) ?? [];
    if (words.includes(word)) return;
    this.#words.set(field, [...words, word].slice(-WORDS_MAX));
  }
}

const WORDS_MAX = 40;
const RECENT = 4;
const LEARNED = ['reservation_id', 'case_id', 'run_id', 'import_id', 'webhook_id'];

/** Other fields that name the same kind of thing. */
const NAMED_LIKE: Readonly<Record<string, string>> = {
  to_location: 'location',
  against: 'source',
  sources: 'source',
  locations: 'location',
  skus: 'sku',
  reservation: 'reservation_id',
  as_reservation: 'reservation_id',
  until: 'after',
};

/** What the `{id}` of a path names. */
export function fieldInPath({ path }: Operation, name: string): string {
  if (name !== 'id') return name;
  const kind = /^\/v1\/([\w-]+)\//.exec(path)?.[1] ?? '';
  return ID_OF[kind] ?? `${kind}_id`;
}
const ID_OF: Readonly<Record<string, string>> = {
  reservations: 'reservation_id',
  locations: 'location',
  channels: 'channel',
  sources: 'source',
  cases: 'case_id',
  keys: 'key_id',
  imports: 'import_id',
  reconciliations: 'run_id',
  webhooks: 'webhook_id',
};

/** A key of our own must not be learned: whoever revokes it hears nothing any more. */
const TOLD_BY: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  reserve: [
    ['reservation_id', 'id'],
    ['correlation_id', 'correlation_id'],
  ],
  stateOrders: [['reservation_id', 'items.reservation_id']],
  listReservations: [['cursor', 'next_cursor']],
  commitReservation: [['order_ref', 'order_ref']],
  createKey: [['key_id', 'id']],
  createWebhook: [['webhook_id', 'id']],
  listWebhooks: [['cursor', 'next_cursor']],
  listKeys: [['cursor', 'next_cursor']],
  listCases: [
    ['case_id', 'items.id'],
    ['cursor', 'next_cursor'],
  ],
  listPostings: [
    ['cursor', 'next_cursor'],
    ['correlation_id', 'items.correlation_id'],
  ],
  listEvents: [['after', 'next_cursor']],
  beginReconciliation: [['run_id', 'id']],
  beginImport: [['import_id', 'id']],
  listImports: [
    ['import_id', 'items.id'],
    ['cursor', 'next_cursor'],
  ],
  listImportRows: [['cursor', 'next_cursor']],
  listReconciliations: [
    ['run_id', 'items.id'],
    ['cursor', 'next_cursor'],
  ],
  listReconciliationLines: [['cursor', 'next_cursor']],
  explainAvailability: [['cursor', 'next_cursor']],
};

function textsAt(body: unknown, at: string): readonly string[] {
  let found: readonly unknown[] = [body];
  for (const name of at.split('.')) {
    found = found.flatMap((one) => {
      const inner = typeof one === 'object' && one !== null ? (one as Record<string, unknown>)[name] : undefined;
      return Array.isArray(inner) ? (inner as unknown[]) : [inner];
    });
  }
  return found.filter((one): one is string => typeof one === 'string' && one !== '');
}
