import { parseArgs } from 'node:util';
import type { Pace } from './interleave.ts';
import type { Part } from './part.ts';

const WHOLE: Pace = { rounds: 5, seconds: 1 };
const QUICK: Pace = { rounds: 3, seconds: 1 };

export interface BenchOptions {
  readonly parts: readonly Part[];
  readonly quick: boolean;
  readonly pace: Pace;
}

/** What was asked for, or what there is to ask for. */
export function benchOptions(args: readonly string[], parts: readonly Part[]): BenchOptions | string {
  const usage = usageOf(parts);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    });
    const unknown = positionals.find((name) => !parts.some((part) => part.name === name));
    if (values.help) return usage;
    if (unknown !== undefined) return `There is no part "${unknown}".\n\n${usage}`;
    const chosen = positionals.length === 0 ? parts : parts.filter(({ name }) => positionals.includes(name));
    return { parts: chosen, quick: values.quick, pace: values.quick ? QUICK : WHOLE };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${usage}`;
  }
}

function usageOf(parts: readonly Part[]): string {
  return `npm run bench -- [parts] [flags]
${parts.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join('\n')}
  --quick        fewer and shorter rounds`;
}
