import { parseArgs } from 'node:util';
import type { Pace } from './interleave.ts';
import type { Part } from './part.ts';

const WHOLE: Pace = { rounds: 5, seconds: 1 };
const QUICK: Pace = { rounds: 3, seconds: 1 };

export interface BenchOptions {
  readonly parts: readonly Part[];
  readonly quick: boolean;
  readonly pace: Pace;
  /** Where to write everything as JSON; null: nowhere. */
  readonly report: string | null;
  /** Whether bench/RESULTS.md is written anew. */
  readonly results: boolean;
}

/** What was asked for, or what there is to ask for. */
export function benchOptions(args: readonly string[], parts: readonly Part[]): BenchOptions | string {
  const usage = usageOf(parts);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        report: { type: 'string' },
        results: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const unknown = positionals.find((name) => !parts.some((part) => part.name === name));
    if (values.help) return usage;
    if (unknown !== undefined) return `There is no part "${unknown}".\n\n${usage}`;
    const { quick, results, report = null } = values;
    return { parts: chosen(positionals, parts, quick), quick, pace: quick ? QUICK : WHOLE, report, results };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${usage}`;
  }
}

/** What is named, also if it takes long; else all that there is time for. */
function chosen(names: readonly string[], parts: readonly Part[], quick: boolean): readonly Part[] {
  if (names.length > 0) return parts.filter(({ name }) => names.includes(name));
  return quick ? parts.filter(({ isSlow }) => isSlow !== true) : parts;
}

function usageOf(parts: readonly Part[]): string {
  return `npm run bench -- [parts] [flags]
${parts.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join('\n')}
  --quick        two minutes: fewer rounds, smaller histories, and without the parts that take longer unless they are named
  --report FILE  writes everything down as JSON
  --results      writes bench/RESULTS.md anew
It ends with 1 if a figure is not half as good as it should be.`;
}
