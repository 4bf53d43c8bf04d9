import { shortened } from '../../exchange/reply-text.ts';
import { outcomeOf } from '../answer.ts';
import type { SetOutcome } from '../port.ts';
import type { ShopifyClient } from './client.ts';
import { SHOPIFY_AGAIN_MS, SHOPIFY_KEY_MS, SHOPIFY_ROUNDS_MAX } from './limits.ts';
import type { Entry } from './quantities.ts';
import { quantityOf, setReply, type UserError } from './replies.ts';

const SET = `mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { code field message } }
}`;

// Each is told of one quantity; whoever sends the same again is told the same.
const STALE: ReadonlySet<string> = new Set(['CHANGE_FROM_QUANTITY_STALE', 'COMPARE_QUANTITY_STALE']);

// These are about the call, whoever is in it.
const OF_THE_CALL: ReadonlySet<string> = new Set([
  'IDEMPOTENCY_CONCURRENT_REQUEST',
  'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
  'INVALID_NAME',
  'INVALID_REASON',
  'INVALID_REFERENCE_DOCUMENT',
]);

export interface SetContext {
  readonly client: ShopifyClient;
  readonly reason: string;
  readonly nowMs: () => number;
}

/**
 * What became of these levels, by their index. Shopify sets all quantities of a call or none, and names those that hinder it; the
 * others go again without them. Where it names nobody, they are found by halving.
 */
export async function setQuantities(
  context: SetContext,
  entries: readonly Entry[],
  signal: AbortSignal,
  budget = { calls: SHOPIFY_ROUNDS_MAX },
): Promise<ReadonlyMap<number, SetOutcome>> {
  const outcomes = new Map<number, SetOutcome>();
  const settle = (settled: readonly Entry[], outcome: SetOutcome): void => {
    for (const { index } of settled) outcomes.set(index, outcome);
  };
  let open = entries;
  let failedBefore = false;
  while (open.length > 0 && budget.calls > 0) {
    budget.calls -= 1;
    const answer = await context.client.ask(SET, await variablesOf(context, open, failedBefore), setReply, signal);
    if (answer.kind !== 'answered') {
      settle(open, outcomeOf(answer));
      return outcomes;
    }
    const userErrors: readonly UserError[] = answer.body.inventorySetQuantities.userErrors;
    if (userErrors.length === 0) {
      settle(open, { outcome: 'applied' });
      return outcomes;
    }
    failedBefore = userErrors.some(({ code }) => code === 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED');
    if (failedBefore) continue;
    const guilty = guiltyOf(open, userErrors);
    if (guilty === null && open.length > 1 && !userErrors.every(({ code }) => code !== null && OF_THE_CALL.has(code))) {
      const middle = Math.ceil(open.length / 2);
      for (const half of [open.slice(0, middle), open.slice(middle)])
        for (const [index, outcome] of await setQuantities(context, half, signal, budget)) outcomes.set(index, outcome);
      return outcomes;
    }
    if (guilty === null) {
      settle(open, outcomeOfWhole(userErrors));
      return outcomes;
    }
    for (const [entry, error] of guilty) settle([entry], outcomeOfOne(error));
    open = open.filter((entry) => !guilty.has(entry));
  }
  settle(open, { outcome: 'throttled', retryAfterMs: SHOPIFY_AGAIN_MS });
  return outcomes;
}

async function variablesOf({ reason, nowMs }: SetContext, entries: readonly Entry[], failedBefore: boolean) {
  const quantities = entries.flatMap((entry) => entry.quantities);
  const atMs = nowMs();
  // Of a call that failed the key is used up, though it would do something now.
  const salt = failedBefore ? `again ${atMs} ${crypto.randomUUID()}` : String(Math.floor(atMs / SHOPIFY_KEY_MS));
  const key = await digestOf(JSON.stringify([salt, reason, quantities, entries.map(({ level }) => level.key)]));
  const referenceDocumentUri = `gid://holdfast/Level/${key.slice(0, 32)}`;
  return { key, input: { name: 'available', reason, referenceDocumentUri, quantities } };
}

async function digestOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Which levels are complained of, and the first complaint of each; null: it is about the call, or about nothing that we sent. */
function guiltyOf(entries: readonly Entry[], errors: readonly UserError[]): ReadonlyMap<Entry, UserError> | null {
  const owners = entries.flatMap((entry) => entry.quantities.map(() => entry));
  const guilty = new Map<Entry, UserError>();
  for (const error of errors) {
    const at = quantityOf(error);
    const owner = at === null ? undefined : owners[at];
    if (owner === undefined) return null;
    // Refused for one place is refused, whatever else is wrong.
    const known = guilty.get(owner);
    if (known === undefined || (isStale(known) && !isStale(error))) guilty.set(owner, error);
  }
  return guilty;
}

function isStale({ code }: UserError): boolean {
  return code !== null && STALE.has(code);
}

function outcomeOfOne(error: UserError): SetOutcome {
  if (isStale(error)) return { outcome: 'stale', shown: null };
  return { outcome: 'refused', code: (error.code ?? 'no_code').toLowerCase(), detail: shortened(error.message) };
}

function outcomeOfWhole(errors: readonly UserError[]): SetOutcome {
  // Somebody sends the same at this moment: what becomes of theirs is what becomes of ours.
  const concurrent = errors.find(({ code }) => code === 'IDEMPOTENCY_CONCURRENT_REQUEST');
  if (concurrent !== undefined) return { outcome: 'unknown', detail: shortened(concurrent.message) };
  const [first] = errors.toSorted((one, other) => Number(isStale(one)) - Number(isStale(other)));
  return outcomeOfOne(first ?? { code: null, field: null, message: '' });
}
