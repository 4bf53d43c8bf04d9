// `npm run bench:drain`: how fast what waits for the ERP drains, at what cost in messages, and whether buyers notice its absence.
// Everything is started on this machine, asked over the loopback, and stopped and forgotten at the end.
import { asked, whole, WrongOption } from '../tools/command-line.ts';
import { percentile } from '../tools/replay/percentile.ts';
import { drain, paceOf, type DrainFigures, type DrainRun } from './drain/drain.ts';

const RUNS: readonly DrainRun[] = [
  { movements: 10_000, skus: 20 },
  { movements: 10_000, skus: 2_000 },
];

const USAGE = `npm run bench:drain -- [--skus N [--movements 10000]]
  books sales while the reference ERP is away, lets it come back, and says how fast what waited drains. Without flags it does so
  twice, on 20 and on 2,000 SKUs.
    --skus N           once, on so many
    --movements 10000  so many sales`;
const runs = asked(
  USAGE,
  { skus: { type: 'string' }, movements: { type: 'string' } },
  ({ skus, movements }): readonly DrainRun[] => {
    if (skus !== undefined) return [{ movements: whole('movements', movements ?? '10000'), skus: whole('skus', skus) }];
    if (movements !== undefined) throw new WrongOption('--movements goes with --skus');
    return RUNS;
  },
);
for (const run of runs) {
  console.log(`\n${run.movements} movements on ${run.skus} SKUs`);
  report(await drain(run));
}

function report({ run: { movements }, drained, messages, waiting, withErp, withoutErp, agrees }: DrainFigures): void {
  const { posted, waitedMs, tookMs, perSecond, perSecondSinceBack } = paceOf(drained);
  console.log(
    `in /metrics: ${waiting.count} waiting, the oldest for ${waiting.oldestSeconds.toFixed(1)} s, lane ${waiting.lane}`,
  );
  const perThousand = (count: number): string => ((count * 1_000) / movements).toFixed(1);
  console.log(`drained ${posted}: the first ${seconds(waitedMs)} after the ERP was back, the last ${seconds(tookMs)}`);
  console.log(`  ${Math.round(perSecondSinceBack)} per second since it was back,`);
  console.log(`  ${Math.round(perSecond)} per second since the first arrived`);
  console.log(
    `  messages per 1,000 movements: ${perThousand(messages.movements)} to the ERP, ${perThousand(messages.changes)} to the read models`,
  );
  console.log(`  age of the oldest, second by second: ${drained.ages.map((age) => age.toFixed(0)).join(' ')}`);
  compare(withErp, withoutErp);
  console.log(`balances in the ERP as in the front: ${agrees}`);
}

function compare(withErp: readonly number[], withoutErp: readonly number[]): void {
  for (const share of [0.5, 0.99]) {
    const [before, during] = [percentile(withErp, share) ?? 0, percentile(withoutErp, share) ?? 0];
    console.log(
      `reserve p${share * 100}: ${before.toFixed(1)} ms with the ERP, ${during.toFixed(1)} ms without, ratio ${(during / before).toFixed(2)}`,
    );
  }
  console.log(`reserved: ${withErp.length} and ${withoutErp.length}, all granted`);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
