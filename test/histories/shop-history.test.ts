import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Dice } from '../model/dice.ts';
import { Shop } from '../shop.ts';
import { Buying, type Shelf } from './buying.ts';
import { checkHistory } from './check-histories.ts';
import { historiesOf } from './histories-of.ts';
import { readRecords, Recorder } from './record.ts';

// Another one for whoever looks for something: HISTORY_SEED=7.
const SEED = Number(process.env['HISTORY_SEED'] ?? 20_261_121);
/** So few that the search is never undecided, however their calls meet. */
const CONNECTIONS = 5;
const LIVES_EACH = 48;
const SHELF: Shelf = { hot: 'HOT', others: ['COLD-1', 'COLD-2'], plenty: ['PLENTY-1', 'PLENTY-2'] };
const OPENING: Readonly<Record<string, number>> = { HOT: 12, 'COLD-1': 12, 'COLD-2': 12, 'PLENTY-1': 9_999, 'PLENTY-2': 9_999 };

test(`[I18] [I19] what clients of the API saw has an order that the rules allow, seed ${SEED}`, async () => {
  const shop = await Shop.open();
  for (const [sku, units] of Object.entries(OPENING)) {
    await shop.put(`/v1/items/${sku}`, { status: 'active' });
    await shop.receive(sku, units);
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-history-'));
  const file = path.join(folder, 'clients.ndjson');
  const recorder = new Recorder(file);
  const network = {
    ask: async (method: string, at: string, body: unknown, headers: Readonly<Record<string, string>>) => {
      await new Promise(setImmediate);
      return shop.ask(at === '/v1/movements' ? 'stock' : 'web', method, at, body, headers);
    },
    pause: async () => {},
    nowMs: () => shop.nowMs,
    thrownAway: 10,
    left: 3,
  };
  const wait = async (ms: number): Promise<void> => void (shop.nowMs += Math.max(0, ms));
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, n) => {
      const buying = new Buying({ name: `c${n}`, dice: new Dice(SEED + n), network, recorder, wait });
      for (let lives = 0; lives < LIVES_EACH; lives += 1) await buying.once(SHELF);
    }),
  );

  const histories = historiesOf(readRecords([file]));
  rmSync(folder, { recursive: true });
  const checked = [...histories].map(([sku, history]) => checkHistory(sku, history, OPENING[sku] ?? 0));
  expect(checked.flatMap(({ broken }) => broken)).toEqual([]);
  const operations = checked.reduce((total, one) => total + one.operations, 0);
  console.info(`${operations} operations on ${histories.size} items`);
  expect(operations).toBeGreaterThan(1_000);
});
