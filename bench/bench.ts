// `npm run bench`: what the service does in a second, against the least that the runtime could do and against what others build,
// measured in the same run. `npm run bench -- --help` says the rest.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { canMeasure } from './suite/machine.ts';
import { benchOptions, type BenchOptions } from './suite/options.ts';
import { closed } from './suite/parts/closed.ts';
import { cold } from './suite/parts/cold.ts';
import { cost } from './suite/parts/cost.ts';
import { drain } from './suite/parts/drain.ts';
import { hotSku } from './suite/parts/hot-sku.ts';
import { loneCaller } from './suite/parts/lone-caller.ts';
import { memory } from './suite/parts/memory.ts';
import { reads } from './suite/parts/reads.ts';
import { rivals } from './suite/parts/rivals.ts';
import { script } from './suite/parts/script.ts';
import { soldOut } from './suite/parts/sold-out.ts';
import type { Part } from './suite/part.ts';
import { asMarkdown, asText, settingOf } from './suite/results.ts';
import { isGrosslyMissed, type Row } from './suite/row.ts';
import { screen } from './suite/screen.ts';
import { ServersUp } from './suite/servers.ts';
import { wrkIsThere } from './suite/wrk.ts';

const PARTS: readonly Part[] = [reads, hotSku, soldOut, rivals, loneCaller, closed, cold, memory, script, cost, drain];
const RESULTS = path.join(import.meta.dirname, 'RESULTS.md');

const args = process.argv.slice(2);
const options = benchOptions(args, PARTS);
if (typeof options === 'string') {
  const isHelp = args.includes('--help');
  (isHelp ? console.log : console.error)(options);
  process.exit(isHelp ? 0 : 2);
}
if (!canMeasure) {
  console.error('Its figures come from what Linux tells in /proc, and there is none.');
  process.exit(2);
}
// Nobody waits a quarter of an hour for what cannot be written down in the end.
if (options.report !== null) await writeFile(options.report, '', { flag: 'a' }).catch(cannotBeWritten);
const { rows, leftOut, brokeOff } = await measured(options);
const report = { ...settingOf(args, options.pace.rounds), rows, leftOut };
// First of all to whoever waited for it: a disk may be full by now.
console.log(asText(report));
if (options.report !== null) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
if (options.results) await writeFile(RESULTS, asMarkdown(report));
const gross = rows.filter(isGrosslyMissed);
for (const { target, work } of gross) console.error(`${target}, ${work}: not half of what is wanted`);
process.exitCode = gross.length === 0 && !brokeOff ? 0 : 1;

function cannotBeWritten(error: unknown): never {
  console.error(`--report: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(2);
}

interface Measurement {
  readonly rows: readonly Row[];
  readonly leftOut: readonly string[];
  /** A part that could not be measured to its end is an error, but none that the other parts' figures are lost for. */
  readonly brokeOff: boolean;
}

async function measured({ parts, quick, pace }: BenchOptions): Promise<Measurement> {
  const servers = new ServersUp();
  let stopping = false;
  let brokeOff = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      stopping = true;
      void servers.stop().then(() => process.exit(1));
    });
  const rows: Row[] = [];
  const leftOut = new Set<string>();
  const shown = screen(parts.length);
  try {
    for (const [done, part] of parts.entries()) {
      const say = (what: string): void => shown.at(done, what);
      say(part.about);
      const missing = part.needsWrk && !wrkIsThere ? 'it needs wrk; on Debian, `apt install wrk postgresql redis-server`' : null;
      try {
        if (missing !== null) leftOut.add(`${part.name} (${part.about}): ${missing}`);
        else rows.push(...(await part.run({ quick, pace, servers, say, leaveOut: (what) => void leftOut.add(what) })));
      } catch (error) {
        if (stopping) throw error;
        brokeOff = true;
        leftOut.add(`${part.name} (${part.about}) BROKE OFF: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    shown.end();
    await servers.stop();
  }
  return { rows, leftOut: [...leftOut], brokeOff };
}
