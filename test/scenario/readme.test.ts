import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../source-files.ts';
import { startHoldfast, UP_MS_MAX, type Holdfast } from './holdfast.ts';

// The README says "a few seconds"; a busy machine gets more.
const SETTLED_MS_MAX = 20_000;

const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const walk = readme.slice(readme.indexOf('\n## Five minutes'), readme.indexOf('\n## Real orders'));
const blocks = [...walk.matchAll(/^```(sh|json)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));
const setUp = blocks[0]?.text ?? '';
const steps = blocks.flatMap(({ language, text }, index) => {
  const answer = blocks[index + 1];
  return language === 'sh' && answer?.language === 'json' ? [{ command: text, shown: answer.text }] : [];
});

let holdfast: Holdfast;

beforeAll(async () => {
  holdfast = await startHoldfast();
  // Whoever reads the greeting first leaves the ERP the time to book the nine receipts of the demo catalogue.
  await eventually('curl -s http://127.0.0.1:8788/erp/v1/audit -H "Authorization: Bearer $ERP"', { head: 9 });
}, UP_MS_MAX + SETTLED_MS_MAX);
afterAll(() => holdfast.stop());

test('every command of the walk through the README is followed by its answer', () => {
  expect(steps.length).toBeGreaterThan(9);
  expect(blocks.length).toBe(1 + 2 * steps.length);
  expect(readme.slice(0, readme.indexOf('\n## '))).toContain('\nnpm ci && npm start\nnpm ci && npm test\n');
});

test(
  'pasted one after the other, the commands of the README are answered as it shows',
  async () => {
    for (const { command, shown } of steps) await eventually(command, JSON.parse(shown));
  },
  UP_MS_MAX + SETTLED_MS_MAX,
);

/** What only reads is asked again until it says so: the ERP takes its time. What changes something is asked once. */
async function eventually(command: string, shown: unknown): Promise<void> {
  const deadlineMs = performance.now() + SETTLED_MS_MAX;
  const reads = !command.includes(' -d ');
  for (;;) {
    const answer: unknown = JSON.parse(await pasted(command));
    try {
      expect(answer, command).toEqual(likeShown(shown));
      return;
    } catch (error) {
      if (!reads || performance.now() > deadlineMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Run by a shell as they stand, but for where this server has its ports and its state. */
async function pasted(command: string): Promise<string> {
  const here = `${setUp}\n${command}`
    .replaceAll('./.holdfast', holdfast.state)
    .replaceAll('http://127.0.0.1:8787', holdfast.url)
    .replaceAll('http://127.0.0.1:8788', holdfast.erpUrl);
  const { stdout } = await promisify(execFile)('bash', ['-c', here], { cwd: ROOT });
  return stdout;
}

/** Only a part may be shown; times and durations differ, and so does the order of what happens side by side. */
function likeShown(shown: unknown, name = ''): unknown {
  if (typeof shown === 'string' && TIME.test(shown)) return expect.stringMatching(TIME);
  if (typeof shown === 'number' && name.endsWith('_ms')) return expect.any(Number);
  if (Array.isArray(shown)) return expect.arrayContaining(shown.map((item) => likeShown(item)));
  if (typeof shown !== 'object' || shown === null) return shown;
  return expect.objectContaining(Object.fromEntries(Object.entries(shown).map(([key, part]) => [key, likeShown(part, key)])));
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
