import { EMPTY_PAGES_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { compareText } from '../../domain/network.ts';
import type { WaitingPosting } from '../../durable-objects/sku-stock/protocol.ts';
import { deliveryOf, type Delivery, type Position } from './posting-log.ts';

/** Where postings are found: the log knows what was answered, the objects what is under way. */
export interface PostingSources {
  readonly logged: (asked: PostingsAsked & { readonly state: 'posted' | 'failed' | null }) => Promise<readonly Delivery[]>;
  readonly loggedAt: (positions: readonly Position[]) => Promise<readonly Delivery[]>;
  readonly skusThatWait: (from: Sku | null, limit: number) => Promise<readonly Sku[]>;
  /** What the objects of these SKUs wait for, each list in sequence. */
  readonly waiting: (asked: readonly WaitingAsked[]) => Promise<readonly (readonly WaitingPosting[])[]>;
}

export interface WaitingAsked {
  readonly sku: Sku;
  readonly after: number;
  readonly limit: number;
}

export interface PostingsAsked {
  readonly state: Delivery['state'] | null;
  readonly sku: Sku | null;
  readonly after: Position | null;
  readonly limit: number;
}

export interface PostingPage {
  readonly items: readonly Delivery[];
  readonly next: Position | null;
}

/** One page in order of (sku, sequence). Asked for one SKU it shows what its object recorded a moment ago. */
export async function postingPage(sources: PostingSources, asked: PostingsAsked): Promise<PostingPage> {
  let page = await onePage(sources, asked);
  // Objects that have nothing left may fill a page with nothing, which is easily taken for the end.
  for (let empty = 1; page.items.length === 0 && page.next !== null && empty < EMPTY_PAGES_MAX; empty += 1) {
    page = await onePage(sources, { ...asked, after: page.next });
  }
  return page;
}

async function onePage(sources: PostingSources, asked: PostingsAsked): Promise<PostingPage> {
  const { state, limit } = asked;
  // The objects first: what is answered meanwhile is then met in the log, and lost in neither.
  const pending = state === null || state === 'pending' ? await pendingStretch(sources, asked) : NOTHING;
  const logged = state === 'pending' ? NOTHING : await loggedStretch(sources, { ...asked, state });
  return joined(pending, logged, limit);
}

/** Complete up to `until`; null: to the end. */
interface Stretch {
  readonly items: readonly Delivery[];
  readonly until: Position | null;
}

const NOTHING: Stretch = { items: [], until: null };

async function loggedStretch({ logged }: PostingSources, asked: Parameters<PostingSources['logged']>[0]): Promise<Stretch> {
  const items = await logged({ ...asked, limit: asked.limit + 1 });
  return { items, until: items.length > asked.limit ? (items.at(-1) ?? null) : null };
}

async function pendingStretch(sources: PostingSources, { sku, after, limit }: PostingsAsked): Promise<Stretch> {
  // Each of them has a posting as a rule, so a page needs no more than it has places, beside the one where it goes on.
  const skusMax = limit + 1;
  const skus = sku === null ? await sources.skusThatWait(after?.sku ?? null, skusMax) : [sku];
  const asked = skus.map((one) => ({ sku: one, after: after?.sku === one ? after.sequence : 0, limit: limit + 1 }));
  const answers = await sources.waiting(asked);

  const found: WaitingPosting[] = [];
  let until: Position | null = sku === null && skus.length === skusMax ? endOf(skus.at(-1)) : null;
  for (const answer of answers) {
    found.push(...answer);
    if (answer.length <= limit) continue;
    until = answer.at(-1)?.posting ?? null;
    break;
  }
  const pending = found.filter(({ state }) => state !== 'failed');
  const known = new Map(
    (await sources.loggedAt(pending.map(({ posting }) => posting))).map((delivery) => [delivery.key, delivery]),
  );
  return { items: pending.flatMap((one) => asPending(one, known.get(one.posting.key))), until };
}

/** The object hears of an answer a moment after the log: what is posted there is posted. */
function asPending({ posting, attempts, sentAtMs }: WaitingPosting, logged: Delivery | undefined): readonly Delivery[] {
  if (logged?.state === 'posted') return [];
  const open = { erpReference: null, mark: null, postedAtMs: null, acknowledgedAtMs: null };
  return [{ ...deliveryOf(posting), ...open, state: 'pending', attempts, error: logged?.error ?? null, sentAtMs }];
}

function joined(pending: Stretch, logged: Stretch, limit: number): PostingPage {
  // A posting that failed and is tried again is pending: its object knows more than the log.
  const again = new Set(pending.items.map(({ key }) => key));
  const all = [...pending.items, ...logged.items.filter(({ key }) => !again.has(key))].sort(byPosition);
  const until = [pending.until, logged.until].flatMap((end) => end ?? []).sort(byPosition)[0] ?? null;
  const complete = until === null ? all : all.filter((item) => byPosition(item, until) <= 0);
  const items = complete.slice(0, limit);
  const last = items.at(-1);
  return { items, next: complete.length > limit && last !== undefined ? { sku: last.sku, sequence: last.sequence } : until };
}

function byPosition(a: Position, b: Position): number {
  return compareText(a.sku, b.sku) || a.sequence - b.sequence;
}

function endOf(sku: Sku | undefined): Position | null {
  return sku === undefined ? null : { sku, sequence: Number.MAX_SAFE_INTEGER };
}
