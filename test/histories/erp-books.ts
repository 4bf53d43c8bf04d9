import { ERP_PAGE_MAX, ERP_PATHS } from '../../contracts/generic-erp.ts';
import type { LocationId } from '../../domain/ids.ts';
import type { Ask } from '../buyers/ask.ts';
import type { Journals } from '../buyers/journals.ts';

/** What was in a queue is gone with the process, and is sent again two thirds of a minute later, then after more. */
const BOOKS_MS_MAX = 150_000;

/** What still differs when it has been long enough. */
export async function booksBecomeEqual(journals: Journals, erp: Ask): Promise<readonly string[]> {
  const startedMs = performance.now();
  for (;;) {
    const found = await unequalBooks(journals, erp);
    const waitedMs = performance.now() - startedMs;
    if (found.length === 0) console.log(`all books agree after ${Math.round(waitedMs / 1_000)} s`);
    if (found.length === 0 || waitedMs > BOOKS_MS_MAX) return found;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** [I11] [I12] What the ERP should hold where it hears of commitments, less what it does. */
async function unequalBooks({ papers }: Journals, erp: Ask): Promise<readonly string[]> {
  const { body } = await erp('GET', `${ERP_PATHS.balances}?limit=${ERP_PAGE_MAX}`);
  const held = new Map<string, number>(body.items.map((one: { sku: string; on_hand: number }) => [one.sku, one.on_hand]));
  return [...papers].flatMap(([sku, paper]) => {
    const ours = (paper.onHand.get('sellable dc') ?? 0) - paper.promised('owed', 'dc' as LocationId);
    const theirs = held.get(sku) ?? 0;
    return ours === theirs ? [] : [`[I11] ${sku}: ${ours} here, ${theirs} in the ERP`];
  });
}

/** [I12] Keys under which the ERP booked more than once, and how much it booked at all. */
export async function documentsOf(erp: Ask): Promise<{ readonly count: number; readonly twice: readonly string[] }> {
  const keys = new Set<string>();
  const twice: string[] = [];
  let count = 0;
  for (let after = '0'; ;) {
    const { body } = await erp('GET', `${ERP_PATHS.changes}?limit=${ERP_PAGE_MAX}&after=${after}`);
    if (body.items.length === 0) return { count, twice };
    for (const { key } of body.items as readonly { key: string }[]) {
      if (keys.has(key)) twice.push(`[I12] the ERP booked ${key} twice`);
      keys.add(key);
      count += 1;
    }
    after = body.next_cursor;
  }
}
