import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { PAGE_ITEMS_MAX } from '../../contracts/limits.ts';
import { postingsReply, type PostingReply } from '../../contracts/postings.ts';
import type { Sku } from '../../domain/ids.ts';
import { yes } from './ask.ts';
import { explainedBooks, type ExplainedBooks } from './balances.ts';
import { erpAgainstFront, frontAgainstLog, type Disagreement, type ErpBalance } from './compare.ts';
import type { Front } from './front.ts';
import type { ErpSide } from './erp-side.ts';
import { inFlight } from './in-flight.ts';
import type { Patience } from './patience.ts';
import type { RunStarted } from './run-log.ts';
import { ALL_SEEING } from './sales-network.ts';
import type { ItemTally } from './tally.ts';

/** What the front has just posted may be visible in the ERP a moment later. */
const COMPARISONS_MAX = 10;
/** The list of postings follows the objects with a small delay, so one empty list proves nothing. */
const EMPTY_LISTS = 2;

export interface Books {
  readonly front: Front;
  readonly erp: ErpSide;
  readonly items: ReadonlyMap<Sku, ItemTally>;
  readonly issueAt: RunStarted['issueAt'];
  readonly concurrency: number;
  readonly patience: Patience;
}

/** Waits until the ERP knows everything about our items; says how many postings were left when patience ended. */
export async function waitForPostings(books: Books, pending: (count: number, more: boolean) => void): Promise<number> {
  const endMs = performance.now() + books.patience.drainingMsMax;
  for (let empty = 0; ;) {
    const { ours, more } = await listPostings(books, 'pending');
    empty = ours.length === 0 ? empty + 1 : 0;
    if (empty === EMPTY_LISTS) return 0;

    pending(ours.length, more);
    if (performance.now() > endMs) return ours.length;
    await sleep(books.patience.pollMs);
  }
}

/** Postings of our items that the ERP refused for good. */
export async function failedPostings(books: Books): Promise<PostingReply[]> {
  return (await listPostings(books, 'failed')).ours;
}

/**
 * Reads both sides and compares; where only the ERP differs, it is asked again for a while. An item whose object still
 * waits for the ERP is not compared in earnest: after a crash the list of postings learns of it later than we look.
 */
export async function compareBooks(books: Books, progress: (compared: number) => void): Promise<Disagreement[]> {
  const endMs = performance.now() + books.patience.drainingMsMax;
  let suspects = [...books.items.values()];
  let found: Disagreement[] = [];
  let report = progress;
  for (let comparison = 1; ;) {
    const explained = await explain(books, suspects, report);
    report = () => {};
    const balances = await books.erp.balances();
    found = suspects.flatMap((tally) =>
      disagreementsOf(books, tally, explained.get(tally.item.sku), balances.get(tally.item.sku) ?? []),
    );
    if (found.length === 0 || comparison === COMPARISONS_MAX) return found;

    const doubted = new Set(found.map(({ sku }) => sku));
    suspects = suspects.filter(({ item }) => doubted.has(item.sku));
    const waits = suspects.some(({ item }) => (explained.get(item.sku)?.postings_in_flight ?? 0) > 0);
    if (!waits || performance.now() > endMs) comparison += 1;
    await sleep(books.patience.pollMs);
  }
}

function disagreementsOf(
  { issueAt }: Books,
  tally: ItemTally,
  explained: ExplainedBooks | undefined,
  balances: readonly ErpBalance[],
): Disagreement[] {
  const known = explained ?? { locations: [] };
  return [...frontAgainstLog(tally, known), ...erpAgainstFront(tally.item.sku, issueAt, known, balances)];
}

/** The first page on which there is one of ours, so that a stranger's stuck posting does not hold us up. */
async function listPostings(
  { front, items }: Books,
  state: 'pending' | 'failed',
): Promise<{ ours: PostingReply[]; more: boolean }> {
  const names = new Set<string>(items.keys());
  for (let cursor: string | null = null; ;) {
    const path: string = `/v1/postings?state=${state}&limit=${PAGE_ITEMS_MAX}${after('cursor', cursor)}`;
    const page: z.output<typeof postingsReply> = yes(
      `GET ${path}`,
      await front.ask({ kind: 'list', method: 'GET', path, token: front.keys.admin }),
      postingsReply,
    );
    const ours = page.items.filter(({ sku }) => names.has(sku));
    cursor = page.next_cursor;
    if (ours.length > 0 || cursor === null) return { ours, more: cursor !== null };
  }
}

async function explain(
  books: Books,
  tallies: readonly ItemTally[],
  progress: (count: number) => void,
): Promise<Map<Sku, ExplainedBooks>> {
  const explained = new Map<Sku, ExplainedBooks>();
  await inFlight(tallies, books.concurrency, async ({ item }) => {
    const path = `/v1/availability/${encodeURIComponent(item.sku)}/explain?channel=${ALL_SEEING}&limit=1`;
    const answer = await books.front.ask({ kind: 'look', method: 'GET', path, token: books.front.keys.admin });
    explained.set(item.sku, yes(`GET ${path}`, answer, explainedBooks));
    progress(explained.size);
  });
  return explained;
}

function after(parameter: string, cursor: string | null): string {
  return cursor === null ? '' : `&${parameter}=${encodeURIComponent(cursor)}`;
}
