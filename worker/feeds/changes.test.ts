import { expect, test } from 'vitest';
import { d1OnNode } from '../../test/d1-on-node.ts';
import { channel } from '../../test/story/ids.ts';
import type { Sku } from '../../domain/ids.ts';
import { EVENT_TABLES } from '../read-models/event-tables.ts';
import { turn } from '../read-models/past-table.ts';
import { changedBetween, endsOf, isReadable, namesChanged } from './changes.ts';

const web = channel('web');
const DAY_MS = 86_400_000;

test('[R71] a delta whose events are let go of while it is made tells everything, and one that was begun breaks off', async () => {
  const db = d1OnNode();
  const insert = db.prepare(
    `INSERT INTO event (sku, sequence, type, at_ms, recorded_at_ms, data) VALUES (?, 1, 'availability.changed', 0, 0, '{"channels":null}')`,
  );
  await db.batch(['A', 'B', 'C'].map((sku) => insert.bind(sku)));
  await turn(db, EVENT_TABLES, 0);
  await db.batch(['D', 'E'].map((sku) => insert.bind(sku)));
  expect(isReadable(1, await endsOf(db, web))).toBe(true);
  expect(await changedBetween(db, web, 1, 5)).toEqual(['B', 'C', 'D', 'E']);

  await turn(db, EVENT_TABLES, 8 * DAY_MS);
  expect(await changedBetween(db, web, 1, 5)).toBeNull();
  await expect(namesChanged(db, { system: 'web', ownNames: true }, ['B' as Sku], 1)).rejects.toThrow('let go of');
  expect(await changedBetween(db, web, 2, 5)).toEqual(['C', 'D', 'E']);
  expect((await namesChanged(db, { system: 'web', ownNames: true }, ['C' as Sku], 2)).gone.size).toBe(0);
});
