import {
  ERP_MOVEMENTS_MAX,
  ERP_PAGE_MAX,
  ERP_PATHS,
  erpLookupReply,
  erpPostReply,
  type ErpPostReply,
} from '../../contracts/generic-erp.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Posting } from '../../domain/posting.ts';
import {
  ErpUnavailable,
  type ErpBalance,
  type ErpBalancePage,
  type ErpPort,
  type ErpReceipt,
  type PostOutcome,
} from '../port.ts';
import { erpCaller, type Call } from './call.ts';
import { balancePage, changePage, movementOf } from './translate.ts';
import { traceparentOf } from './traceparent.ts';

// Half of what the contract allows: a page must be read before the caller's patience ends.
const PAGE = 500;

export interface HttpErpOptions {
  /** Where the paths of the contract begin. */
  readonly url: string;
  readonly token: string;
  /** Entries per page of balances and changes. */
  readonly pageMax?: number;
  readonly fetch?: (request: Request) => Promise<Response>;
  readonly nowMs?: () => number;
}

/** Any ERP that speaks the generic contract. */
export function httpErp(options: HttpErpOptions): ErpPort {
  const call = erpCaller(options);
  const limit = String(options.pageMax ?? PAGE);
  return {
    enforcesKeys: true,
    batchMax: ERP_MOVEMENTS_MAX,
    callsAtOnceMax: 8,
    catalogue: null,
    post: (postings, signal) => post(call, postings, signal),
    find: (keys, signal) => find(call, keys, signal),
    balances: (after, signal) =>
      call.ask({ method: 'GET', path: ERP_PATHS.balances, query: { after, limit } }, balancePage, signal),
    balancesOf: async (skus, signal) => (await Promise.all(skus.map((sku) => balancesOfOne(call, sku, signal)))).flat(),
    changes: (after, signal) => call.ask({ method: 'GET', path: ERP_PATHS.changes, query: { after, limit } }, changePage, signal),
  };
}

async function post(call: Call, postings: readonly Posting[], signal: AbortSignal): Promise<readonly PostOutcome[]> {
  const [first] = postings;
  if (first === undefined) return [];
  const request = {
    method: 'POST',
    path: ERP_PATHS.movements,
    body: { movements: postings.map(movementOf) },
    traceparent: traceparentOf(first.correlationId),
  } as const;
  const answer = await call.try(request, erpPostReply, signal);
  switch (answer.kind) {
    case 'answered': {
      const items = byKey(answer.body.items);
      return postings.map(({ key }) => outcomeOf(key, items.get(key)));
    }
    case 'throttled':
      return postings.map(({ key }) => ({ key, outcome: 'throttled', retryAfterMs: answer.retryAfterMs }));
    case 'unknown':
      return postings.map(({ key }) => ({ key, outcome: 'unknown', detail: answer.detail }));
    case 'malformed': {
      const { code, detail } = answer;
      if (postings.length === 1) return [{ key: first.key, outcome: 'refused', code, detail }];
      // One posting that an ERP cannot read must not hold up the others, so the call is halved until it stands alone.
      const middle = Math.ceil(postings.length / 2);
      return [...(await post(call, postings.slice(0, middle), signal)), ...(await post(call, postings.slice(middle), signal))];
    }
  }
}

async function find(call: Call, keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ErpReceipt>> {
  if (keys.length === 0) return new Map();
  const { items } = await call.ask({ method: 'POST', path: ERP_PATHS.lookup, body: { keys } }, erpLookupReply, signal);
  // Silence about a key is not "no": whoever took it for that would send the posting twice.
  const answered = byKey(items);
  const unanswered = keys.filter((key) => (answered.get(key) ?? null) === null);
  if (unanswered.length > 0)
    throw new ErpUnavailable(`The ERP did not say whether it has ${unanswered.join(', ')}.`.slice(0, 500));

  const found = items.filter((item) => item.found);
  return new Map(found.map(({ key, mark, reference }) => [key, { mark, reference }]));
}

async function balancesOfOne(call: Call, sku: Sku, signal: AbortSignal): Promise<readonly ErpBalance[]> {
  const query = { sku, limit: String(ERP_PAGE_MAX) };
  const found: ErpBalance[] = [];
  for (let after: string | null = null; ;) {
    const page: ErpBalancePage = await call.ask(
      { method: 'GET', path: ERP_PATHS.balances, query: { ...query, after } },
      balancePage,
      signal,
    );
    found.push(...page.items);
    if (page.nextCursor === null) return found;
    if (page.nextCursor === after) throw new ErpUnavailable('The ERP has another page, and tells the same cursor for it.');
    after = page.nextCursor;
  }
}

/** null: it says two things of this key, of which nobody knows which is so. */
function byKey<Item extends { readonly key: string }>(items: readonly Item[]): ReadonlyMap<string, Item | null> {
  const found = new Map<string, Item | null>();
  for (const item of items) {
    const isNew = !found.has(item.key) || JSON.stringify(found.get(item.key)) === JSON.stringify(item);
    found.set(item.key, isNew ? item : null);
  }
  return found;
}

function outcomeOf(key: string, item: ErpPostReply['items'][number] | null | undefined): PostOutcome {
  if (item === null) return { key, outcome: 'unknown', detail: 'The ERP answered two things about this key.' };
  if (item === undefined) return { key, outcome: 'unknown', detail: 'The ERP answered, but not about this key.' };
  const { outcome, mark, reference, error } = item;
  switch (outcome) {
    case 'posted':
    case 'duplicate':
      return { key, outcome, mark, reference };
    case 'pending':
      return { key, outcome };
    case 'refused':
      return { key, outcome, code: error?.code ?? 'refused', detail: error?.detail ?? 'The ERP did not say why.' };
  }
}
