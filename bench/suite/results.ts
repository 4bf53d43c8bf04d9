import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { versionOf } from '../rivals/installed.ts';
import { verdictOf, type Row } from './row.ts';
import { asTable, figure } from './table.ts';

/** What a table of figures means nothing without. */
export interface Setting {
  readonly at: string;
  readonly command: string;
  readonly machine: string;
  readonly versions: readonly string[];
  readonly rounds: number;
  readonly tookSeconds: number;
}

export interface Report extends Setting {
  readonly rows: readonly Row[];
  /** Parts that could not be measured, and why. */
  readonly leftOut: readonly string[];
}

const PACKAGES = ['workerd', 'miniflare', 'wrangler', 'fastify', 'pg', 'ioredis'];

export function settingOf(args: readonly string[], rounds: number): Setting {
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  const programs = ['postgres', 'redis-server'].flatMap((name) => versionOf(name) ?? []);
  return {
    at: new Date().toISOString(),
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    machine: `${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown'}, ${memory}, ${system()}, Linux ${os.release()}`,
    versions: [`Node ${process.versions.node}`, ...PACKAGES.map(packageVersion), ...programs, commit()],
    rounds,
    tookSeconds: Math.round(performance.now() / 1_000),
  };
}

/** What is committed as bench/RESULTS.md. */
export function asMarkdown({ rows, leftOut, ...setting }: Report): string {
  const counts = (['met', 'missed', 'reported'] as const).map(
    (verdict) => `${rows.filter((row) => verdictOf(row) === verdict).length} ${verdict}`,
  );
  return `# What \`npm run bench\` last measured

Written by the suite itself (\`npm run bench -- --results\`); how it measures is in [README.md](README.md). Ratios of one line were measured in the
same minute, by turns; figures of different lines need not have been. **Rounds** is how far the rounds that were kept differ.

- ${setting.at}, \`${setting.command}\`, ${setting.tookSeconds} s, ${setting.rounds} rounds
- ${setting.machine}
- ${setting.versions.join(', ')}
- ${counts.join(', ')}
${leftOut.map((line) => `- left out: ${line}\n`).join('')}
${asTable(rows)}
${whyMissed(rows)}
## What else was going on, row by row

${rows.map(({ target, work, against, note }) => `- ${target} ${work}${against === '' ? '' : ` (${against})`}: ${note}`).join('\n')}
`;
}

/** Each reason once, however many rows have it. */
function whyMissed(rows: readonly Row[]): string {
  const missed = rows.filter((row) => verdictOf(row) === 'missed');
  const reasons = new Map<string, string>();
  for (const { target, work, wanted } of missed)
    if (wanted.kind !== 'report' && wanted.missed !== undefined) reasons.set(wanted.missed.why, `${target} ${work}`);
  if (reasons.size === 0) return '';
  return `\n## Why some are missed\n\n${[...reasons].map(([why, row]) => `- ${row}: ${why}`).join('\n')}\n`;
}

/** What a terminal is shown. */
export function asText({ rows, leftOut }: Pick<Report, 'rows' | 'leftOut'>): string {
  const missed = rows.filter((row) => verdictOf(row) === 'missed');
  return [
    asTable(rows),
    ...missed.map(({ target, work, ratio, wanted, note }) => {
      const goal = wanted.kind === 'report' ? '' : ` for ${wanted.kind} ${figure(wanted.figure)}`;
      return `${target} missed: ${work}, ${figure(ratio)}${goal} (${note})`;
    }),
    ...leftOut.map((line) => `LEFT OUT: ${line}`),
  ].join('\n');
}

function packageVersion(name: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return `${name} ${String((JSON.parse(readFileSync(file, 'utf8')) as { readonly version: unknown }).version)}`;
}

function system(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown system';
  } catch {
    return 'unknown system';
  }
}

function commit(): string {
  try {
    return `commit ${execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()}`;
  } catch {
    return 'no commit';
  }
}
