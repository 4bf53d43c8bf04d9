// `npm run bench`: what the service does in a second, against the least that the runtime could do and against what others build,
// measured in the same run. `npm run bench -- --help` says the rest.
import { performance } from 'node:perf_hooks';
import { canMeasure } from './suite/machine.ts';
import { benchOptions } from './suite/options.ts';
import { closed } from './suite/parts/closed.ts';
import { cold } from './suite/parts/cold.ts';
import { cost } from './suite/parts/cost.ts';
import { drain } from './suite/parts/drain.ts';
import { hotSku } from './suite/parts/hot-sku.ts';
import { loneCaller } from './suite/parts/lone-caller.ts';
import { memory } from './suite/parts/memory.ts';
import { reads } from './suite/parts/reads.ts';
import { rivals } from './suite/parts/rivals.ts';
import type { Part } from './suite/part.ts';
import { isGrosslyMissed, type Row } from './suite/row.ts';
import { ServersUp } from './suite/servers.ts';
import { asTable } from './suite/table.ts';
import { wrkIsThere } from './suite/wrk.ts';

const PARTS: readonly Part[] = [reads, hotSku, rivals, loneCaller, closed, cold, memory, drain, cost];

const options = benchOptions(process.argv.slice(2), PARTS);
if (typeof options === 'string') {
  console.error(options);
  process.exit(2);
}
if (!canMeasure || !wrkIsThere) {
  console.error('The load comes from wrk, and the figures from what Linux tells in /proc: on Debian, `apt install wrk`.');
  process.exit(2);
}

const servers = new ServersUp();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void servers.stop().then(() => process.exit(1)));
const rows: Row[] = [];
try {
  for (const part of options.parts) {
    say(part.about);
    rows.push(...(await part.run({ ...options, servers, say })));
  }
} finally {
  await servers.stop();
}
console.log(asTable(rows));
for (const row of rows) console.log(`${row.target}  ${row.work}: ${row.note}`);
const gross = rows.filter(isGrosslyMissed);
for (const { target, work } of gross) console.error(`${target}, ${work}: not half of what is wanted`);
process.exitCode = gross.length === 0 ? 0 : 1;

function say(what: string): void {
  console.error(`${(performance.now() / 1_000).toFixed(0).padStart(4)} s  ${what}`);
}
