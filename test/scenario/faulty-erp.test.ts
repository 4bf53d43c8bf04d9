import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type * as z from 'zod';
import { afterEach, expect, test } from 'vitest';
import { ERP_PAGE_MAX, ERP_PATHS, erpChangesReply, type erpFaults } from '../../contracts/generic-erp.ts';
import type { Sku } from '../../domain/ids.ts';
import { postingOf, type PostingLine } from '../../domain/posting.ts';
import { replayOptions } from '../../tools/replay/options.ts';
import type { Progress, Screen } from '../../tools/replay/progress.ts';
import { replay } from '../../tools/replay/replay.ts';
import { sampleOrders } from '../../tools/replay/sample.ts';
import type { Ask } from '../buyers/ask.ts';
import { askerAt } from './ask-over-http.ts';
import { startHoldfast, type Holdfast } from './holdfast.ts';
import { journalsOnDisk } from './on-disk.ts';

// It takes most of a minute: what was in a queue is gone with the process, and is sent again half a minute later. A day of a
// busy shop takes three, and more on a machine that does much else.
const TIMEOUT_MS = 420_000;
/** Longer than any limit that it is told to have. */
const PATIENCE_MS_MAX = 20_000;

let holdfast: Holdfast;
afterEach(() => holdfast.stop());

type Faults = z.input<typeof erpFaults>;

// CI names an export of real orders where it has one, of which a day is sold.
const realOrders = process.env['REPLAY_FILE'];

/** What befalls us once so many of 160 rows were sold. Counters of "next" are used up; a limit ends with its seconds. */
const TROUBLE: readonly (readonly [row: number, what: Faults | 'kill' | 'check'])[] = [
  [10, { rate_limit: { remaining: 2, retry_after_seconds: 2 } }],
  [15, 'check'],
  [20, { fail_next: 6, fail_status: 503 }],
  [25, 'kill'],
  [40, { apply_then_time_out_next: 2, latency_ms: 150 }],
  [50, 'check'],
  [55, { down: true }],
  [70, 'kill'],
  [125, { apply_then_time_out_next: 1, fail_next: 3 }],
  [135, {}],
  [140, 'check'],
  [150, 'check'],
];
const ROWS_OF_TROUBLE = 160;

test.each(
  realOrders === undefined
    ? [{ input: 'generated orders', file: undefined, rows: ROWS_OF_TROUBLE }]
    : [{ input: `the first day of ${path.basename(realOrders)}`, file: realOrders, rows: 3_099 }],
)(
  '[I11] [I12] [I13] selling $input, whatever the ERP answers and whenever we die, each movement is in its books once and all balances are equal',
  async ({ file, rows }) => {
    holdfast = await startHoldfast('--seed', 'none', '--erp-faults');
    const { state, url, erpUrl } = holdfast;
    const keys = JSON.parse(await readFile(path.join(state, 'dev-keys.json'), 'utf8')) as { readonly admin: string };
    const { ERP_TOKEN } = JSON.parse(await readFile(path.join(state, 'secrets.json'), 'utf8')) as { readonly ERP_TOKEN: string };
    const admin = askerAt(url, keys.admin);
    const erp = askerAt(erpUrl, ERP_TOKEN);
    const orders = file === undefined ? await generated(state) : [file, '--limit-days', '1'];

    const found: string[] = [];
    const left = TROUBLE.map(([row, what]) => [Math.floor((row * rows) / ROWS_OF_TROUBLE), what] as const);
    let befalling: Promise<void> = Promise.resolve();
    const befall = async (what: (typeof TROUBLE)[number][1]): Promise<void> => {
      if (what === 'kill') await holdfast.killRuntime(() => undefined);
      else if (what === 'check') found.push(...(await unexplained(erp, state)));
      else expect((await erp('PUT', ERP_PATHS.faults, what)).status).toBe(200);
    };
    const screen = screenThatSees('rows', (done) => {
      for (let [next] = left; next !== undefined && next[0] <= done; [next] = left) {
        left.shift();
        const [, what] = next;
        befalling = befalling.then(() => befall(what));
        // Who waits for it below hears of it; until then nobody does.
        befalling.catch(() => undefined);
      }
    });
    const at = ['--state', state, '--url', url, '--erp-url', erpUrl];
    const { text, agrees } = await replay(replayOptions([...orders, ...at]), screen);
    await befalling;

    console.info(text);
    expect(left).toEqual([]);
    expect(found).toEqual([]);
    expect(text).toContain('Everything agrees.');
    expect(text).toMatch(/^oversold units +0$/m);
    expect(agrees).toBe(true);
    expect(await unexplained(erp, state)).toEqual([]);
    // That goods are written off which were promised is the orders' own doing.
    const { body: cases } = await admin('GET', '/v1/cases?state=open');
    expect(cases.items.filter(({ kind }: { kind: string }) => kind !== 'over_reservation')).toEqual([]);

    const booked = new Set((await documentsOf(erp)).map(({ key }) => key));
    expect([...postingsCalledFor(state).keys()].filter((key) => !booked.has(key))).toEqual([]);
    expect(booked.size).toBeGreaterThan(150);
  },
  TIMEOUT_MS,
);

/**
 * [I13] Our numbers are the sums of our journals, the ERP's those of its documents. So they differ by what is in flight, and by
 * nothing else, as long as each document is one of our entries, once, with the same changes. The ERP is read first: what it
 * has, a journal held before.
 */
async function unexplained(erp: Ask, state: string): Promise<readonly string[]> {
  const documents = await documentsOf(erp);
  const called = postingsCalledFor(state);
  const keys = documents.map(({ key }) => key);
  return [
    ...keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `[I12] ${key} is there twice`),
    ...documents.flatMap(({ key, lines }) => {
      const entry = called.get(key);
      if (entry === undefined) return [`[I13] ${key} is in no journal`];
      return entry === lines ? [] : [`[I13] ${key} is ${lines} there and ${entry} here`];
    }),
  ];
}

/** What the ERP must know of all that some journal holds, by its key. */
function postingsCalledFor(state: string): ReadonlyMap<string, string> {
  const entries = [...journalsOnDisk(state)].flatMap(([sku, ofSku]) =>
    ofSku.flatMap((entry) => postingOf(sku as Sku, entry, 'commit') ?? []),
  );
  return new Map(entries.map(({ key, lines }) => [key, inWords(lines)]));
}

async function documentsOf(erp: Ask): Promise<readonly { readonly key: string; readonly lines: string }[]> {
  const documents: { readonly key: string; readonly lines: string }[] = [];
  for (let after = '0'; ;) {
    const page = await changesAfter(erp, after);
    if (page.items.length === 0) return documents;
    for (const { key, lines } of page.items)
      documents.push({ key, lines: inWords(lines.map(({ on_hand: onHand, ...line }) => ({ onHand, ...line }))) });
    after = page.next_cursor;
  }
}

/** It may be asking us, too, for patience. */
async function changesAfter(erp: Ask, after: string): Promise<z.output<typeof erpChangesReply>> {
  let body: unknown;
  const status = async (): Promise<number> => {
    const said = await erp('GET', `${ERP_PATHS.changes}?limit=${ERP_PAGE_MAX}&after=${after}`);
    ({ body } = said);
    return said.status;
  };
  await expect.poll(status, { timeout: PATIENCE_MS_MAX, interval: 200 }).toBe(200);
  return erpChangesReply.parse(body);
}

type Line = Pick<PostingLine, 'onHand' | 'committed'> & { readonly location: string; readonly status: string };

function inWords(lines: readonly Line[]): string {
  const words = lines.map(({ location, status, onHand, committed }) => `${location} ${status} ${onHand} ${committed}`);
  return words.toSorted().join(', ');
}

async function generated(state: string): Promise<string[]> {
  const file = path.join(state, 'orders.csv');
  await writeFile(file, sampleOrders(40, 7));
  return [file];
}

const SILENT: Progress = { at: () => {}, end: () => {} };

function screenThatSees(wanted: string, at: (done: number) => void): Screen {
  return { say: () => {}, progress: (label) => (label === wanted ? { ...SILENT, at } : SILENT) };
}
