import { describe, expect, test } from 'vitest';
import { MemoryNotes } from '../../erp/memory/memory-notes.ts';
import type { ErpNotes } from '../../erp/notes.ts';
import { d1OnNode } from '../../test/d1-on-node.ts';
import { d1Notes } from './d1-notes.ts';

const STORES: readonly (readonly [string, () => ErpNotes])[] = [
  ['in memory', () => new MemoryNotes()],
  ['in D1', () => d1Notes(d1OnNode(), 'erp')],
];

describe.each(STORES)('[R31] notes %s', (_, open) => {
  test('whoever notes a key first is right, and who comes second hears of it', async () => {
    const notes = open();
    expect(await notes.claim([claim('TEA#1', [5])], NOW)).toEqual(new Map([['TEA#1', note('TEA#1', [5])]]));
    expect(await notes.claim([claim('TEA#1', [9]), claim('TEA#2', [10, 11])], NOW)).toEqual(
      new Map([
        ['TEA#1', note('TEA#1', [5])],
        ['TEA#2', note('TEA#2', [10, 11])],
      ]),
    );
    expect(await notes.find(['TEA#2', 'TEA#3'])).toEqual(new Map([['TEA#2', note('TEA#2', [10, 11])]]));
  });

  test('a note whose documents are gone is replaced by whoever knows which those were, once', async () => {
    const notes = open();
    await notes.claim([claim('TEA#1', [5, 6])], NOW);
    expect(await notes.claim([{ ...claim('TEA#1', [7, 8]), instead: [5, 6] }], NOW)).toEqual(
      new Map([['TEA#1', note('TEA#1', [7, 8])]]),
    );
    expect(await notes.claim([{ ...claim('TEA#1', [9]), instead: [5, 6] }], NOW)).toEqual(
      new Map([['TEA#1', note('TEA#1', [7, 8])]]),
    );
  });

  test('documents know their note, unless another took its place', async () => {
    const notes = open();
    await notes.claim([claim('TEA#1', [5]), claim('POT#1', [6, 7])], NOW);
    await notes.claim([{ ...claim('TEA#1', [8]), instead: [5] }], NOW);
    expect(await notes.ofDocuments([5, 7, 8, 99])).toEqual(
      new Map([
        [7, note('POT#1', [6, 7])],
        [8, note('TEA#1', [8])],
      ]),
    );
  });

  test('a number that the ERP gave away twice, after a backup, belongs to whom it was given last', async () => {
    const notes = open();
    await notes.claim([claim('TEA#1', [5])], NOW);
    await notes.claim([claim('POT#1', [5])], NOW);
    expect(await notes.ofDocuments([5])).toEqual(new Map([[5, note('POT#1', [5])]]));
  });

  test('a posting that moves nothing is noted too', async () => {
    const notes = open();
    expect(await notes.claim([claim('TEA#1', [])], NOW)).toEqual(new Map([['TEA#1', note('TEA#1', [])]]));
  });
});

test('[R31] two connections keep their notes apart', async () => {
  const db = d1OnNode();
  const [one, other] = [d1Notes(db, 'one'), d1Notes(db, 'other')];
  await one.claim([claim('TEA#1', [5])], NOW);
  expect(await other.find(['TEA#1'])).toEqual(new Map());
  expect(await other.ofDocuments([5])).toEqual(new Map());
});

const NOW = Date.UTC(2026, 10, 20);

function claim(key: string, documents: readonly number[]) {
  return { ...note(key, documents), instead: null };
}

function note(key: string, documents: readonly number[]) {
  return { key, documents, stamp: `stamp of ${documents.join()}` };
}
