import { expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import { postingKey, sequenceOf, type Posting } from '../../domain/posting.ts';
import { location, sku } from '../story/ids.ts';
import { ErpUnavailable, type ErpChange, type ErpPort, type PostOutcome } from '../../erp/port.ts';

/** An ERP that may already hold other books, and the levers that a test needs on it. */
export interface ErpHarness {
  readonly erp: ErpPort;
  /** Puts an item into an ERP that books nothing on items it does not know; absent: this one takes any. */
  readonly addItem?: (sku: Sku) => Promise<void>;
  /** A person books a receipt in the ERP itself, under a key of their own, or under the one that the ERP gave it, which is returned. */
  readonly bookReceipt: (receipt: {
    readonly key: string;
    readonly sku: Sku;
    readonly quantity: number;
  }) => Promise<string | void>;
  readonly refuse: (sku: Sku) => Promise<void>;
  readonly throttle: (retryAfterMs: number) => Promise<void>;
  readonly timeOutAfterApplying: () => Promise<void>;
  /** How long it takes to book one posting, so that a time-out comes after that. */
  readonly bookingMs?: number;
  /** What the ERP gave us to be let in is worth nothing from now on; absent: it gives nothing. */
  readonly loseSession?: () => Promise<void>;
  /** What this ERP has no room for. */
  readonly forgets?: readonly ('orderRef' | 'occurredAtMs')[];
  readonly goDown: () => Promise<void>;
  readonly heal: () => Promise<void>;
}

/** What every adapter promises. The pages of the ERP that `open` gives hold few entries, so that paging is seen. */
export function erpPortContract(name: string, open: () => Promise<ErpHarness>): void {
  const ready = async () => withItems(await open());

  test(`${name} [I12] counts a repeated posting once, and says where it is`, async () => {
    const { erp, newItem } = await ready();
    const sku = await newItem();
    const sale = posting(sku, 1, -2);
    const [first] = await erp.post([sale], soon());
    const [second] = await postAgain(erp, sale);
    expect(first).toMatchObject({ key: sale.key, outcome: 'posted' });
    expect(second).toMatchObject({ key: sale.key, ...receiptOf(first) });
    expect(await onHand(erp, sku)).toBe(-2);
  });

  test(`${name} [R31] after a time-out the posting is unknown, and asking by key tells that it is booked`, async () => {
    const { erp, newItem, timeOutAfterApplying, bookingMs = 300, heal } = await ready();
    const sku = await newItem();
    const sale = posting(sku, 1, -2);
    await timeOutAfterApplying();
    const [outcome] = await erp.post([sale], AbortSignal.timeout(bookingMs));
    await heal();
    expect(outcome).toMatchObject({ key: sale.key, outcome: 'unknown' });
    expect((await erp.find([sale.key], soon())).has(sale.key)).toBe(true);
    await postAgain(erp, sale);
    expect(await onHand(erp, sku)).toBe(-2);
  });

  test(`${name} [R33] refuses one posting for good and books the others, each with its own outcome in order`, async () => {
    const { erp, newItem, refuse, heal } = await ready();
    const [good, bad, fine] = [await newItem(), await newItem(), await newItem()];
    await refuse(bad);
    const outcomes = await erp.post([posting(good, 1, -1), posting(bad, 1, -1), posting(fine, 1, -1)], soon());
    const again = await erp.post([posting(bad, 1, -1)], soon());
    await heal();
    expect(outcomes.map(({ key, outcome }) => [key, outcome])).toEqual([
      [`${good}#1`, 'posted'],
      [`${bad}#1`, 'refused'],
      [`${fine}#1`, 'posted'],
    ]);
    expect(again).toMatchObject([{ outcome: 'refused', code: expect.any(String), detail: expect.any(String) }]);
    expect(await onHand(erp, bad)).toBe(0);
  });

  test(`${name} [R33] a throttled posting is surely not booked, and says how long to wait`, async () => {
    const { erp, newItem, throttle, heal } = await ready();
    const sku = await newItem();
    await throttle(2_000);
    const outcomes = await erp.post([posting(sku, 1, -1), posting(sku, 2, -1)], soon());
    await heal();
    expect(outcomes.map(({ key, outcome }) => [key, outcome])).toEqual([
      [`${sku}#1`, 'throttled'],
      [`${sku}#2`, 'throttled'],
    ]);
    for (const outcome of outcomes) if (outcome.outcome === 'throttled') expect(outcome.retryAfterMs).toBeGreaterThan(1_000);
    expect(await onHand(erp, sku)).toBe(0);
  });

  test(`${name} [R9] an ERP that is down makes postings unknown and questions impossible, never "no"`, async () => {
    const { erp, newItem, goDown, heal } = await ready();
    const sku = await newItem();
    const [booked, sale] = [posting(sku, 1, -1), posting(sku, 2, -1)];
    await erp.post([booked], soon());
    await goDown();
    const [outcome] = await erp.post([sale], soon());
    const questions = [() => erp.find([booked.key], soon()), () => erp.balances(null, soon()), () => erp.changes(null, soon())];
    for (const question of questions) await expect(question()).rejects.toBeInstanceOf(ErpUnavailable);
    await heal();
    expect(outcome?.outcome).toBe('unknown');
  });

  test(`${name} nobody waits for an ERP beyond the signal`, async () => {
    const { erp, newItem } = await ready();
    const sale = posting(await newItem(), 1, -1);
    const [outcome] = await erp.post([sale], AbortSignal.abort());
    expect(outcome?.outcome).toBe('unknown');
    await expect(erp.find([sale.key], AbortSignal.abort())).rejects.toBeInstanceOf(ErpUnavailable);
  });

  test(`${name} [R31] a key that the ERP does not have is absent, the others are there`, async () => {
    const { erp, newItem } = await ready();
    const sale = posting(await newItem(), 1, -1);
    const [posted] = await erp.post([sale], soon());
    const found = await erp.find([sale.key, 'NOBODY#1'], soon());
    expect([...found.keys()]).toEqual([sale.key]);
    expect(found.get(sale.key)).toEqual(receiptOf(posted));
  });

  test(`${name} [R34] balances come page by page, each inclusive of everything up to its mark`, async () => {
    const { erp, newItems } = await ready();
    const skus = await newItems(7);
    const outcomes = await erp.post(
      skus.map((sku, index) => posting(sku, 1, index + 1)),
      soon(),
    );
    const { items, pages } = await allBalances(erp);
    expect(pages).toBeGreaterThan(1);
    expect(items.filter(({ sku, onHand }) => skus.includes(sku) && onHand !== 0).map(({ sku, onHand }) => [sku, onHand])).toEqual(
      skus.map((sku, index) => [sku, index + 1]),
    );
    const newest = receiptOf(outcomes.at(-1)).mark;
    for (const { mark } of items) if (mark !== null && newest !== null) expect(mark).toBeGreaterThanOrEqual(newest);
    expect(new Set(items.map(({ sku, location, status }) => `${sku} ${location} ${status}`)).size).toBe(items.length);
  });

  test(`${name} [R34] the balances of some items are asked for by name; one that it does not know has none`, async () => {
    const { erp, newItem, bookReceipt } = await ready();
    const [one, other] = [await newItem(), await newItem()];
    await bookReceipt({ key: `RECEIPT-${one}`, sku: one, quantity: 9 });
    await bookReceipt({ key: `RECEIPT-${other}`, sku: other, quantity: 4 });
    const found = await erp.balancesOf([one, sku('NOBODY-HAS-IT')], soon());
    expect(found.every((balance) => balance.sku === one)).toBe(true);
    // An ERP may speak of the places that have none, or not.
    expect(found.filter((balance) => balance.onHand !== 0)).toMatchObject([{ location: 'dc', status: 'sellable', onHand: 9 }]);
  });

  test(`${name} [R34] changes after a cursor are our postings and what people booked, oldest first`, async () => {
    const { erp, newItem, bookReceipt, forgets = [] } = await ready();
    const sku = await newItem();
    const cursor = await lastCursor(erp);
    const sale = posting(sku, 1, -2);
    const [posted] = await erp.post([sale], soon());
    const key = (await bookReceipt({ key: `RECEIPT-${sku}`, sku, quantity: 5 })) ?? `RECEIPT-${sku}`;
    const { items, nextCursor } = await erp.changes(cursor, soon());
    expect(items).toMatchObject([
      {
        key: sale.key,
        sku,
        kind: 'sold',
        lines: sale.lines,
        orderRef: forgets.includes('orderRef') ? null : 'ORDER-1',
        occurredAtMs: forgets.includes('occurredAtMs') ? expect.any(Number) : sale.occurredAtMs,
        ...receiptOf(posted),
      },
      { key, sku, kind: 'received', lines: [{ location: 'dc', status: 'sellable', onHand: 5, committed: 0 }] },
    ]);
    expect(sequenceOf(sku, key)).toBeNull();
    const marks = items.flatMap(({ mark }) => (mark === null ? [] : [mark]));
    expect(marks).toEqual(marks.toSorted((a, b) => a - b));
    expect(await erp.changes(nextCursor, soon())).toEqual({ items: [], nextCursor });
  });

  test(`${name} [R34] the feed and the balances tell the same story`, async () => {
    const { erp, newItem, bookReceipt } = await ready();
    const sku = await newItem();
    await bookReceipt({ key: `RECEIPT-${sku}`, sku, quantity: 9 });
    await erp.post([posting(sku, 1, -2), posting(sku, 2, -3)], soon());
    const told = (await allChanges(erp)).filter((change) => change.sku === sku).flatMap(({ lines }) => lines);
    expect(told.reduce((total, line) => total + line.onHand, 0)).toBe(4);
    expect(await onHand(erp, sku)).toBe(4);
  });

  test(`${name} [R33] a code that the ERP does not know costs only its own posting`, async ({ skip }) => {
    const { erp, addItem, newItem } = await ready();
    if (addItem === undefined) return skip('This ERP books on any code.');
    const known = await newItem();
    const outcomes = await erp.post([posting(newSku(), 1, -1), posting(known, 1, -1)], soon());
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['refused', 'posted']);
  });

  test(`${name} a session that the ERP forgot is renewed without anybody noticing`, async ({ skip }) => {
    const { erp, loseSession, newItem } = await ready();
    if (loseSession === undefined) return skip('This ERP has no sessions.');
    const [before, after] = [await newItem(), await newItem()];
    await erp.post([posting(before, 1, -1)], soon());
    await loseSession();
    expect(await erp.post([posting(after, 1, -1)], soon())).toMatchObject([{ outcome: 'posted' }]);
    await loseSession();
    expect((await erp.find([`${before}#1`, `${after}#1`], soon())).size).toBe(2);
  });

  test(`${name} an empty call asks nobody`, async () => {
    const { erp, goDown, heal } = await ready();
    await goDown();
    expect(await erp.post([], soon())).toEqual([]);
    await heal();
  });
}

function withItems(harness: ErpHarness) {
  async function newItem(): Promise<Sku> {
    const code = newSku();
    await harness.addItem?.(code);
    return code;
  }
  async function newItems(count: number): Promise<readonly Sku[]> {
    const codes: Sku[] = [];
    while (codes.length < count) codes.push(await newItem());
    return codes;
  }
  return { ...harness, newItem, newItems };
}

const RUN = Date.now().toString(36).toUpperCase();
let skus = 0;

/** Never used before, so that tests and runs may share an ERP. Rises as text, too. */
function newSku(): Sku {
  skus += 1;
  return sku(`TEA-${RUN}-${String(skus).padStart(4, '0')}`);
}

export function posting(sku: Sku, sequence: number, onHand: number): Posting {
  return {
    key: postingKey(sku, sequence),
    sku,
    sequence,
    kind: 'sold',
    quantity: Math.abs(onHand),
    lines: [{ location: location('dc'), status: 'sellable', onHand, committed: 0 }],
    orderRef: `ORDER-${sequence}`,
    document: null,
    reason: null,
    occurredAtMs: Date.UTC(2026, 10, 20, 8, 30),
    recordedAtMs: Date.UTC(2026, 10, 20, 8, 30),
    correlationId: '4bf92f3577b34da6a3ce929d0e0e4736',
  };
}

/** As the lane does: an ERP that does not enforce keys is asked first (R31). */
async function postAgain(erp: ErpPort, sale: Posting): Promise<readonly PostOutcome[]> {
  if (erp.enforcesKeys) return erp.post([sale], soon());
  const receipt = (await erp.find([sale.key], soon())).get(sale.key);
  return receipt ? [{ key: sale.key, outcome: 'duplicate', ...receipt }] : erp.post([sale], soon());
}

function receiptOf(outcome: PostOutcome | undefined) {
  if (outcome?.outcome !== 'posted' && outcome?.outcome !== 'duplicate')
    throw new Error(`not booked: ${JSON.stringify(outcome)}`);
  return { mark: outcome.mark, reference: outcome.reference };
}

async function onHand(erp: ErpPort, sku: Sku): Promise<number> {
  const { items } = await allBalances(erp);
  return items.filter((balance) => balance.sku === sku).reduce((total, balance) => total + balance.onHand, 0);
}

async function allBalances(erp: ErpPort) {
  let page = await erp.balances(null, soon());
  const items = [...page.items];
  let pages = 1;
  for (; page.nextCursor !== null; pages += 1) {
    page = await erp.balances(page.nextCursor, soon());
    items.push(...page.items);
  }
  return { items, pages };
}

async function allChanges(erp: ErpPort): Promise<readonly ErpChange[]> {
  const items: ErpChange[] = [];
  for (let page = await erp.changes(null, soon()); page.items.length > 0; page = await erp.changes(page.nextCursor, soon())) {
    items.push(...page.items);
  }
  return items;
}

async function lastCursor(erp: ErpPort): Promise<string | null> {
  let cursor: string | null = null;
  for (;;) {
    const page = await erp.changes(cursor, soon());
    if (page.items.length === 0) return cursor;
    cursor = page.nextCursor;
  }
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
