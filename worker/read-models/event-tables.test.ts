import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { d1OnNode } from '../../test/d1-on-node.ts';
import { cursorBefore, eventPage, nearestKept } from './event-pages.ts';
import { EVENT_TABLES } from './event-tables.ts';
import { turn } from './past-table.ts';

let db: D1Database;
beforeEach(() => {
  db = d1OnNode();
});

const DAY_MS = 86_400_000;
const WEEK = 7;
const STEP_DAYS_MAX = 5;

const turnOn = (day: number): Promise<boolean> => turn(db, EVENT_TABLES, day * DAY_MS);

/** One event on each of these days. */
async function tell(...days: readonly number[]): Promise<void> {
  const insert = db.prepare(
    "INSERT INTO event (sku, sequence, type, channel, at_ms, recorded_at_ms, data) VALUES ('TEA', 1, 'case.opened', NULL, ?1, ?1, '{}')",
  );
  await db.batch(days.map((day) => insert.bind(day * DAY_MS)));
}

async function read(after = 0, limit = 500): Promise<readonly number[] | null> {
  const page = await eventPage(db, { after, types: null, reader: { who: 'everybody' }, limit });
  return page?.items.map(({ cursor }) => cursor) ?? null;
}

describe('[R49] where the tables turn', () => {
  test('a reader goes on in one order, whichever table holds what comes next', async () => {
    await tell(1, 2, 3);
    expect(await turnOn(3)).toBe(true);
    await tell(4, 5);
    expect(await read()).toEqual([1, 2, 3, 4, 5]);
    expect(await read(1, 2)).toEqual([2, 3]);
    expect(await read(2, 2)).toEqual([3, 4]);
    expect(await read(5)).toEqual([]);
  });

  test('who stands in what is dropped hears so, and is told where to go on', async () => {
    await tell(1, 2, 3);
    await turnOn(3);
    await tell(4, 5);
    expect(await turnOn(11)).toBe(true);
    expect(await read(1)).toBeNull();
    expect(await nearestKept(db, 1)).toBe(2);
    expect(await read(2)).toEqual([3, 4, 5]);
  });

  test('who looks for a moment finds it on both sides', async () => {
    await tell(10, 20, 30);
    await turnOn(30);
    await tell(40, 50);
    const found = await Promise.all([5, 10, 11, 30, 31, 40, 51].map((day) => cursorBefore(db, day * DAY_MS)));
    expect(found).toEqual([0, 0, 1, 2, 3, 3, 5]);
  });

  test('they turn when all that is past is old enough, also where nothing is told', async () => {
    expect(await turnOn(0)).toBe(true);
    expect(await turnOn(WEEK)).toBe(false);
    expect(await turnOn(WEEK + 1 / DAY_MS)).toBe(true);
    expect(await turnOn(2 * WEEK)).toBe(false);
    await tell(2 * WEEK);
    expect(await read()).toEqual([1]);
  });

  test('two that turn them at one moment let go of one table', async () => {
    await tell(1, 2, 3);
    await turnOn(3);
    await tell(4, 5);
    expect(await Promise.all([turnOn(11), turnOn(11)])).toEqual([true, false]);
    expect(await read()).toEqual([3, 4, 5]);
  });

  test('the new table is as the migrations made it', async () => {
    const made = async () =>
      (await db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'event'").first<string>('sql'))?.replaceAll(/["`]/g, '');
    const before = await made();
    await turnOn(1);
    expect(await made()).toBe(before);
    const broken = db.prepare(`INSERT INTO event (sequence, type, at_ms, recorded_at_ms, data) VALUES (1, 'x', 1, 1, 'no JSON')`);
    await expect(broken.run()).rejects.toThrow('event_data');
  });

  const step = fc.oneof(
    fc.record({ does: fc.constant('tell' as const), events: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ does: fc.constant('wait' as const), days: fc.integer({ min: 1, max: STEP_DAYS_MAX }) }),
    fc.record({ does: fc.constant('read' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  );
  test('whoever reads often enough meets each event once, and none is let go of within its week', async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      db = d1OnNode();
      const toldOn: number[] = [];
      let [day, after] = [100, 0];
      for (const one of steps) {
        if (one.does === 'wait') day += one.days;
        if (one.does === 'tell') {
          await tell(...Array.from({ length: one.events }, () => day));
          toldOn.push(...Array.from({ length: one.events }, () => day));
        }
        if (one.does === 'read') {
          const cursors = await read(after, one.limit);
          const next = after === 0 ? await nearestKept(db, 0) : after;
          // What comes next is kept for a week; who comes later may find it gone.
          if ((toldOn[next] ?? day) >= day - WEEK) expect(cursors).not.toBeNull();
          if (cursors === null) after = await nearestKept(db, after);
          else {
            const expected = Array.from({ length: Math.min(one.limit, toldOn.length - next) }, (_, n) => next + n + 1);
            expect(cursors).toEqual(expected);
            after = cursors.at(-1) ?? after;
          }
        }
        await turnOn(day);
      }
      const kept = (await read()) ?? [];
      const young = toldOn.flatMap((on, index) => (on >= day - WEEK ? [index + 1] : []));
      expect(kept.slice(kept.length - young.length)).toEqual(young);
      // The newest aside, nothing is kept for more than two weeks; the tables turn at these steps only.
      expect(kept.slice(0, -1).every((cursor) => (toldOn[cursor - 1] ?? 0) >= day - 2 * (WEEK + STEP_DAYS_MAX))).toBe(true);
    });
    await fc.assert(property, { numRuns: 40 });
  });
});
