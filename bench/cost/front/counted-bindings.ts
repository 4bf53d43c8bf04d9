import { statementOf } from './statement.ts';
import type { Tally } from './tally.ts';

/** A message is billed by these: one operation each to write it, to read it and to delete it. */
const OPERATION_BYTES = 64_000;

/** The bindings that the code under measure is given, each counting what is asked of it. */
export function countedEnv<Bindings>(env: Bindings, tally: Tally): Bindings {
  const counted = Object.entries(env as object).map(([name, binding]: [string, unknown]) => [
    name,
    countedBinding(name, binding, tally),
  ]);
  return Object.fromEntries(counted) as Bindings;
}

function countedBinding(name: string, binding: unknown, tally: Tally): unknown {
  if (isQueue(binding)) return countedQueue(name, binding, tally);
  if (isBucket(binding)) return countedBucket(name, binding, tally);
  if (isDatabase(binding)) countDatabase(binding, tally);
  return binding;
}

export function operationsOf(body: unknown): number {
  return Math.max(1, Math.ceil(new TextEncoder().encode(JSON.stringify(body)).length / OPERATION_BYTES));
}

/** What is written is also deleted at last, once; how often it is read is counted where it arrives. */
function countedQueue(name: string, queue: Queue, tally: Tally): Pick<Queue, 'send'> {
  return {
    send: (body, options) => {
      tally.add('queue message', name);
      if (has(body, 'postings')) tally.add('posting', name, (body as { readonly postings: readonly unknown[] }).postings.length);
      tally.add('queue operation', `${name} write`, operationsOf(body));
      tally.add('queue operation', `${name} delete`, operationsOf(body));
      return queue.send(body, options);
    },
  };
}

function countedBucket(name: string, bucket: R2Bucket, tally: Tally): R2Bucket {
  return new Proxy(bucket, {
    get(target, method) {
      const found: unknown = Reflect.get(target, method);
      if (typeof found !== 'function') return found;
      return (...args: unknown[]): unknown => {
        tally.add('r2 operation', `${name}.${String(method)}`);
        return Reflect.apply(found, target, args) as unknown;
      };
    },
  });
}

interface Wire {
  readonly fetch: (url: string, init: { readonly body: string }) => Promise<Response>;
}
interface WiredDatabase {
  fetcher: Wire;
  readonly alwaysPrimarySession: { fetcher: Wire };
}

interface Asked {
  readonly sql: string;
}
interface Answered {
  readonly meta?: { readonly rows_read?: number; readonly rows_written?: number; readonly size_after?: number };
}

const counting = new WeakSet<object>();

/**
 * D1 tells with every answer what it read and wrote, but hands that on for some kinds of question only. So it is read from the
 * wire, which the runtime keeps in two places; a runtime that keeps it elsewhere would count nothing, so that is an error.
 */
export function countDatabase(database: object, tally: Tally): void {
  if (counting.has(database)) return;
  counting.add(database);
  const wired = database as WiredDatabase;
  const plain = wired.alwaysPrimarySession.fetcher;
  if (typeof plain.fetch !== 'function') throw new Error('this runtime keeps the wire to D1 somewhere else');
  const wire: Wire = {
    fetch: async (url, init) => {
      const reply = await plain.fetch(url, init);
      const text = await reply.text();
      if (reply.ok) countAnswers(JSON.parse(init.body) as Asked | Asked[], JSON.parse(text) as Answered | Answered[], tally);
      return new Response(text, { status: reply.status, headers: reply.headers });
    },
  };
  wired.fetcher = wire;
  wired.alwaysPrimarySession.fetcher = wire;
}

function countAnswers(asked: Asked | readonly Asked[], answered: Answered | readonly Answered[], tally: Tally): void {
  const questions = [asked].flat();
  for (const [index, { meta }] of [answered].flat().entries()) {
    const detail = statementOf(questions[index]?.sql ?? '');
    tally.add('d1 statement', detail);
    tally.add('d1 row read', detail, meta?.rows_read ?? 0);
    tally.add('d1 row written', detail, meta?.rows_written ?? 0);
    if (meta?.size_after !== undefined) tally.set('d1 byte', 'all', meta.size_after);
  }
}

function has(binding: unknown, ...methods: readonly string[]): boolean {
  return typeof binding === 'object' && binding !== null && methods.every((method) => method in binding);
}

const isQueue = (binding: unknown): binding is Queue => has(binding, 'send', 'sendBatch');
const isBucket = (binding: unknown): binding is R2Bucket => has(binding, 'put', 'head', 'createMultipartUpload');
const isDatabase = (binding: unknown): binding is D1Database => has(binding, 'prepare', 'withSession');
