import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { replayOptions } from '../../tools/replay/options.ts';
import { replay } from '../../tools/replay/replay.ts';
import { sampleOrders } from '../../tools/replay/sample.ts';
import { startHoldfast, type Holdfast } from './holdfast.ts';

// A day of a busy shop takes a minute and a half, and more than twice that on a machine that does much else.
const REPLAYED_MS_MAX = 300_000;
const BLANK = { say: () => {}, progress: () => ({ at: () => {}, end: () => {} }) };
// CI names an export of real orders where it has one.
const realOrders = process.env['REPLAY_FILE'];

let holdfast: Holdfast | undefined;
afterEach(() => holdfast?.stop());

test.each([
  {
    input: realOrders === undefined ? 'generated orders' : `the first day of ${path.basename(realOrders)}`,
    file: realOrders,
    issueAt: 'commit',
  },
  { input: 'generated orders', file: undefined, issueAt: 'fulfil' },
])(
  'selling $input, posted at $issueAt, oversells nothing and leaves equal books',
  async ({ file, issueAt }) => {
    holdfast = await startHoldfast('--seed', 'none', '--issue-at', issueAt);
    const { url, erpUrl, state } = holdfast;
    const orders = file === undefined ? await generated(state) : [file, '--limit-days', '1'];
    const flags = ['--state', state, '--url', url, '--erp-url', erpUrl, '--issue-at', issueAt];

    const { text, agrees } = await replay(replayOptions([...orders, ...flags]), BLANK);

    console.info(text);
    expect(text).toContain('Everything agrees.');
    expect(text).toMatch(/^oversold units +0$/m);
    for (const granted of ['whole', 'in part']) expect(text).toMatch(new RegExp(`^  accepted ${granted} +[1-9]`, 'm'));
    for (const channel of ['web', 'marketplace', 'store']) expect(text).toMatch(new RegExp(`^  on ${channel} +[1-9]`, 'm'));
    expect(text).toMatch(/^protected units .* 0 taken by others$/m);
    expect(text).toMatch(/^lines accepted +[1-9]\d* /m);
    expect(text).toMatch(/^lines refused +[1-9]\d* /m);
    expect(agrees).toBe(true);
  },
  REPLAYED_MS_MAX,
);

async function generated(state: string): Promise<string[]> {
  const file = path.join(state, 'orders.csv');
  await writeFile(file, sampleOrders(40, 1));
  return [file];
}
