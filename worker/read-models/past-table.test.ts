import { expect, test } from 'vitest';
import { d1OnNode } from '../../test/d1-on-node.ts';
import { EVENT_TABLES } from './event-tables.ts';
import { ORDER_TABLES } from './orders.ts';
import { turn } from './past-table.ts';
import { POSTING_TABLES } from './posting-tables.ts';

test.each([EVENT_TABLES, POSTING_TABLES, ORDER_TABLES])(
  'what is past of $table has the columns of what is present, in their order, or one would not become the other',
  async (tables) => {
    const db = d1OnNode();
    const columns = async (table: string) => (await db.prepare(`PRAGMA table_info(${table})`).all()).results;
    const present = await columns(tables.table);
    expect(present.length).toBeGreaterThan(1);
    expect(await columns(`${tables.table}_past`)).toEqual(present);
    await turn(db, tables, 0);
    expect(await columns(tables.table)).toEqual(present);
  },
);
