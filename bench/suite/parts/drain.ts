import { drain as drainOnce, paceOf } from '../../drain/drain.ts';
import { loadNow } from '../machine.ts';
import type { Bench, Part } from '../part.ts';
import type { Row } from '../row.ts';
import { figure } from '../table.ts';

const MOVEMENTS = 10_000;
const PER_SECOND = 1_000;
const MESSAGES = 40;

/** P13: what waited for the ERP. */
export const drain: Part = {
  name: 'drain',
  about: 'P13: into the reference ERP, which was away',
  needsWrk: false,
  isSlow: true,
  run,
};

async function run({ quick, say }: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const skus of quick ? [20] : [20, 2_000]) {
    say(`${MOVEMENTS.toLocaleString('en')} movements of ${skus.toLocaleString('en')} SKUs wait for the ERP`);
    const { drained, messages, agrees } = await drainOnce({ movements: MOVEMENTS, skus });
    if (!agrees) throw new Error('the ERP does not have what the front has');
    const { perSecond, perSecondSinceBack, waitedMs } = paceOf(drained);
    const perThousand = (messages.movements * 1_000) / MOVEMENTS;
    const said = { target: 'P13', against: '', durability: '', connections: null, base: '', range: null };
    const isTarget = skus === 20;
    rows.push(
      {
        ...said,
        work: `movements into the ERP in a second, ${skus.toLocaleString('en')} SKUs`,
        measured: `${figure(perSecond)}/s`,
        ratio: perSecond,
        wanted: isTarget ? { kind: 'at least', figure: PER_SECOND, unit: '/s', ofMachine: true } : { kind: 'report' },
        note: `from the first that arrived to the last; load ${figure(await loadNow())}`,
      },
      {
        ...said,
        work: `the same from when the ERP was back, ${skus.toLocaleString('en')} SKUs`,
        measured: `${figure(perSecondSinceBack)}/s`,
        ratio: perSecondSinceBack,
        wanted: { kind: 'report' },
        note: `the first arrived ${figure(waitedMs / 1_000)} s after the ERP was back, which was then tried again`,
      },
      {
        ...said,
        work: `queue messages for 1,000 movements, ${skus.toLocaleString('en')} SKUs`,
        measured: figure(perThousand),
        ratio: perThousand,
        wanted: isTarget ? { kind: 'at most', figure: MESSAGES } : { kind: 'report' },
        note: 'counted in the log of the queue’s consumer',
      },
    );
  }
  return rows;
}
