import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { replayOptions } from '../../tools/replay/options.ts';
import { PATIENCE } from '../../tools/replay/patience.ts';
import type { Progress, Screen } from '../../tools/replay/progress.ts';
import { replay } from '../../tools/replay/replay.ts';
import { ReplayStopped } from '../../tools/replay/replay-stopped.ts';
import { sampleOrders } from '../../tools/replay/sample.ts';
import { startAgain, startHoldfast, type Holdfast } from './holdfast.ts';

// What was in a queue is gone with the process, and is sent again half a minute later.
const RECOVERED_MS_MAX = 300_000;
const ROWS_BEFORE_THE_CUT = 120;

let holdfast: Holdfast;
afterEach(() => holdfast.stop());

test.each(['commit', 'fulfil'])(
  '[I20] [I12] cut off in the middle of selling, posted at %s, it starts again and all books are equal',
  async (issueAt) => {
    const flags = ['--seed', 'none', '--issue-at', issueAt];
    holdfast = await startHoldfast(...flags);
    const { state } = holdfast;
    const orders = path.join(state, 'orders.csv');
    await writeFile(orders, sampleOrders(40, 3));
    const goOn = (more: readonly string[], screen: Screen = BLANK, askingMsMax = PATIENCE.askingMsMax) => {
      const at = ['--state', state, '--url', holdfast.url, '--erp-url', holdfast.erpUrl, '--run', 'cut'];
      return replay(replayOptions([...more, ...at]), screen, { ...PATIENCE, askingMsMax });
    };

    let cut: Promise<void> | undefined;
    const cutting = screenThatSees('rows', (done) => {
      if (done >= ROWS_BEFORE_THE_CUT) cut ??= holdfast.kill();
    });
    await expect(goOn([orders, '--issue-at', issueAt], cutting, 1_000)).rejects.toThrow(ReplayStopped);
    await cut;
    holdfast = await startAgain(state, ...flags);
    const { text, agrees } = await goOn(['--resume']);

    expect(text).toContain('Everything agrees.');
    expect(text).toMatch(/^oversold units +0$/m);
    expect(agrees).toBe(true);
  },
  RECOVERED_MS_MAX,
);

const SILENT: Progress = { at: () => {}, end: () => {} };
const BLANK: Screen = { say: () => {}, progress: () => SILENT };

function screenThatSees(wanted: string, at: (done: number) => void): Screen {
  return { ...BLANK, progress: (label) => (label === wanted ? { ...SILENT, at } : SILENT) };
}
