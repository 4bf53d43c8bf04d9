import { beforeEach, expect, test } from 'vitest';
import { PAGES_KNOWN_BYTES_MAX } from '../../contracts/limits.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import { EMPTY_NETWORK } from '../../domain/network.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { itemNumber, snapshotOfItem } from '../../test/wide-items.ts';
import { manySnapshots } from '../cache/many-snapshots.ts';
import { bytesOf, MemoryCache } from '../cache/memory-cache.ts';
import type { Directory } from '../catalogue/directory.ts';
import type { Principal } from '../middleware/principal.ts';
import { KnownPages, type Meant } from './known-pages.ts';
import { readyReplies } from './ready-reply.ts';

const [ONE, TWO] = [itemNumber(1), itemNumber(2)];
const START_MS = 1_000_000;
const CALLER: Principal = { keyId: 'web', scopes: ['admin'], channel: null, sources: null, locations: null, rateLimit: null };
const DIRECTORY: Directory = { network: EMPTY_NETWORK, sources: new Map(), soldOutHints: new Set(), kitsVersion: 1 };

let memory: MemoryCache;
let pages: KnownPages;
let understood: number;

beforeEach(() => {
  memory = new MemoryCache();
  understood = 0;
  const nobody = (): Promise<never> => Promise.reject(new Error('nobody is asked here'));
  const parts = { projected: nobody, snapshots: { strong: nobody }, rowsCachedMs: 1_000, now: () => START_MS };
  pages = new KnownPages(manySnapshots({ memory, ...parts }), readyReplies());
});

test('the same body of the same key means what it meant, while network and kits are the same', () => {
  const page = known();
  expect([known(), understood]).toEqual([page, 1]);
  expect(known({ directory: { ...DIRECTORY } })).toBe(page);
});

test.each([
  ['other kits', { directory: { ...DIRECTORY, kitsVersion: 2 } }],
  ['another network', { directory: { ...DIRECTORY, network: { ...EMPTY_NETWORK } } }],
  ['a key that may be another by now', { caller: { ...CALLER } }],
  ['another key', { caller: { ...CALLER, keyId: 'app' } }],
  ['another body', { text: 'another' }],
])('[I22] with %s it is understood anew', (_, change) => {
  known();
  known(change);
  expect(understood).toBe(2);
});

test('what could not be understood is not remembered', () => {
  expect(pages.of('nonsense', CALLER, DIRECTORY, () => null)).toBeNull();
  known({ text: 'nonsense' });
  expect(understood).toBe(1);
});

test('[R39] what was shown is shown again while each number is what is known here, with the ages of the moment', () => {
  see(snapshotOfItem(1, 1), snapshotOfItem(2, 1));
  const first = shown();
  expect(shown(START_MS + 999)).toBe(first);
  expect([first?.textAt(START_MS), first?.textAt(START_MS + 7)].map(agesIn)).toEqual([
    [0, 0],
    [7, 7],
  ]);
  see({ ...snapshotOfItem(2, 1), sequence: 2 });
  const second = shown();
  expect(sequencesIn(second?.textAt(START_MS))).toEqual([1, 2]);
});

test('[R90] beyond the end of one number nothing is shown, nor where the clock was set back', () => {
  see(snapshotOfItem(1, 1), { ...snapshotOfItem(2, 1), freshForMs: 300 });
  expect(shown(START_MS + 299)).not.toBeNull();
  expect(shown(START_MS + 300)).toBeNull();
  expect(shown(START_MS - 1)).toBeNull();
});

test('[R39] what is not at hand is not shown', () => {
  see(snapshotOfItem(1, 1));
  expect(shown()).toBeNull();
});

test('pages are let go of when their items take too much memory, the one that was not used first', () => {
  const wide = snapshotOfItem(1, 1_000);
  see(wide);
  const ofOne = (text: string) => known({ text, meant: { channel: 'web' as ChannelId, skus: [ONE] } });
  for (let nth = 0; nth * bytesOf(wide) < PAGES_KNOWN_BYTES_MAX; nth += 1) pages.shownNow(ofOne(`page ${nth}`), START_MS);
  understood = 0;
  ofOne('page 0');
  expect(understood).toBe(1);
});

function see(...snapshots: readonly Snapshot[]): void {
  for (const snapshot of snapshots) memory.put({ snapshot, askedAtMs: START_MS });
}

interface Changed {
  readonly text?: string;
  readonly caller?: Principal;
  readonly directory?: Directory;
  readonly meant?: Meant;
}

function known({ text = 'one and two', caller = CALLER, directory = DIRECTORY, meant }: Changed = {}) {
  const page = pages.of(text, caller, directory, () => {
    understood += 1;
    return meant ?? { channel: 'web' as ChannelId, skus: [ONE, TWO] };
  });
  if (page === null) throw new Error('it was understood');
  return page;
}

function shown(atMs = START_MS) {
  return pages.shownNow(known(), atMs);
}

interface Said {
  readonly items: readonly { readonly sku: Sku; readonly age_ms: number; readonly sequence: number }[];
}

function agesIn(text: string | undefined): readonly number[] {
  return (JSON.parse(text ?? '') as Said).items.map(({ age_ms }) => age_ms);
}

function sequencesIn(text: string | undefined): readonly number[] {
  return (JSON.parse(text ?? '') as Said).items.map(({ sequence }) => sequence);
}
