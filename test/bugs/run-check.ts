import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { startChild, type Started } from '../prove/child.ts';
import { readReport } from '../prove/run-job.ts';
import type { Check } from './bug.ts';
import type { ScratchTree } from './scratch-tree.ts';

export interface Verdict {
  /** `broken`: it ended in some other way than by finding something, so it says nothing. */
  readonly outcome: 'passed' | 'caught' | 'broken';
  /** The test or the invariant that noticed it; of what is broken, how it ended. */
  readonly by: string;
  readonly seconds: number;
}

/** Nothing takes a third of this by itself. */
const LIMIT_MS = 180_000;
const BY_MAX = 110;

/** Runs one check in a tree. `onStart` gets what may have to be stopped. */
export async function runCheck(
  { command, env }: Check,
  { folder }: Pick<ScratchTree, 'folder'>,
  onStart: (started: Started) => void = () => undefined,
): Promise<Verdict> {
  const [tool = '', ...args] = command;
  const reportFile = path.join(folder, 'report-of-check.json');
  const tests = tool === 'vitest';
  const asked = tests
    ? ['node_modules/vitest/vitest.mjs', ...args, '--reporter=json', `--outputFile=${reportFile}`]
    : [tool, ...args, '--report', reportFile];
  const started = startChild(asked, { cwd: folder, limitMs: LIMIT_MS, ...(env === undefined ? {} : { env }) });
  onStart(started);
  const { how, well, hung, seconds, said } = await started.ended;
  const found = tests ? await failedTest(reportFile) : await failureIn(reportFile);
  await rm(reportFile, { force: true });
  if (hung || found === undefined) return { outcome: 'broken', by: `${how}: ${said.slice(-1_000)}`, seconds };
  if (found !== null) return { outcome: 'caught', by: found.slice(0, BY_MAX), seconds };
  return well ? { outcome: 'passed', by: '', seconds } : { outcome: 'broken', by: `${how}: ${said.slice(-1_000)}`, seconds };
}

const testReport = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()) })),
    }),
  ),
});

/** null: none failed; undefined: nothing is known, as of a file that cannot even be loaded. */
async function failedTest(file: string): Promise<string | null | undefined> {
  try {
    const { testResults, numPassedTests } = testReport.parse(JSON.parse(await readFile(file, 'utf8')));
    const failed = testResults.flatMap(({ assertionResults }) => assertionResults).find(({ status }) => status === 'failed');
    if (failed !== undefined) return nameOf(failed);
    return numPassedTests === 0 ? undefined : null;
  } catch {
    return undefined;
  }
}

async function failureIn(file: string): Promise<string | null | undefined> {
  const report = await readReport(file);
  if (report === null) return undefined;
  const [failure] = report.failures;
  return failure === undefined ? null : tellingLine(failure.what);
}

/** Rules and invariants stand in the column beside it. What was thrown says more than the name of a test that tries much. */
function nameOf({ fullName, failureMessages }: z.infer<typeof testReport>['testResults'][0]['assertionResults'][0]): string {
  const [message = ''] = failureMessages[0]?.split('\n') ?? [];
  const name = fullName.replaceAll(/\[[A-Z]+\d+[a-z]?\] /g, '');
  return message.startsWith('Error: ') ? `${message.slice('Error: '.length)} (${name})` : name;
}

/** A failure may begin with all that had happened before it. */
function tellingLine(what: string): string {
  const lines = what.split('\n').map((line) => line.trim());
  const telling = lines.findIndex((line) => /\bI\d+\b|^the core says/.test(line));
  return lines.slice(Math.max(0, telling), Math.max(0, telling) + 4).join(' ');
}
