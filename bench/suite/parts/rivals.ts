import type { Rival } from '../../rivals/rival.ts';
import { RIVALS, tunedTransaction } from '../../rivals/rivals.ts';
import { interleave } from '../interleave.ts';
import type { Bench, Part } from '../part.ts';
import { rateRow } from '../rates.ts';
import { RivalsUp } from '../rivals-up.ts';
import type { Row, Wanted } from '../row.ts';
import { Shop } from '../shop.ts';
import type { Variant } from '../slice.ts';
import { figure } from '../table.ts';
import type { Load } from '../wrk.ts';

const HOT = 'HOT';
// As wrk writes them in the place of ITEMXXXX.
const MANY = Array.from({ length: 200 }, (_, index) => String(index + 1).padStart(8, '0'));
const POOLS = [2, 4, 8, 16];
const OURS = 'fsync before the answer';
const WHY =
  'this PostgreSQL is faster than the one that the target was set by (prepared statements, a socket), and the runtime’s one thread is full';
const MISSED = new Map([
  ['pg-tx', { reached: 1.65, why: `${WHY}: five times it would be more than calls that do nothing reach` }],
  ['pg-tx-tuned', { reached: 1.48, why: `${WHY}: five times it would be as fast as a Worker that returns a constant` }],
]);

/** P5 and P6: one hot SKU against what others build, and other loads at which we may well lose. */
export const rivals: Part = {
  name: 'rivals',
  about: 'P5 and P6: reserves against Fastify with PostgreSQL and with Redis',
  needsWrk: true,
  run,
};

interface Work {
  readonly work: string;
  readonly connections: number;
  readonly ours: () => Promise<Load> | Load;
  readonly items?: string;
  readonly against: readonly Rival[];
  readonly wanted: (rival: Rival) => Wanted;
}

async function run(bench: Bench): Promise<readonly Row[]> {
  const up = new RivalsUp([HOT, ...MANY]);
  try {
    const rows: Row[] = [];
    for (const work of await worksOf(bench, up)) rows.push(...(await measure(bench, up, work)));
    return rows;
  } finally {
    await up.stopAll();
  }
}

async function worksOf(bench: Bench, up: RivalsUp): Promise<readonly Work[]> {
  const shop = new Shop(await bench.servers.serve('front'));
  const hot = (connections: number) => ({
    connections,
    ours: async (): Promise<Load> => shop.reserve(await shop.freshItem(), connections),
  });
  if (bench.quick) {
    const against = await started(bench, up, [RIVALS.transaction, RIVALS.tunedTransaction, RIVALS.redisAlways]);
    return [{ work: 'reserve, one hot SKU', ...hot(64), against, wanted: ofHotSku }];
  }
  const { transaction, tunedTransaction: usual, ...others } = RIVALS;
  const tuned = (await bestPool(bench, up)) ?? usual;
  const all = await started(bench, up, [transaction, tuned, ...Object.values(others)]);
  const few = all.filter((rival) => [tuned, RIVALS.flownTransaction, RIVALS.statementOfMany, RIVALS.redisAlways].includes(rival));
  await shop.stock(MANY);
  return [
    {
      work: 'reserve, one hot SKU',
      ...hot(64),
      against: all,
      wanted: ofHotSku,
    },
    { work: 'reserve, one caller at a time', ...hot(1), against: few, wanted: reported },
    {
      work: 'reserve, 200 SKUs in turn',
      connections: 64,
      ours: () => ({ ...shop.reserve('ITEMXXXX', 64), items: MANY.length }),
      items: 'ITEMXXXX',
      against: few,
      wanted: reported,
    },
  ];
}

/** A pool that is too large only queues at the locked row, and one that is too small waits for the network: we look which is best here. */
async function bestPool(bench: Bench, up: RivalsUp): Promise<Rival | undefined> {
  bench.say('how many connections PostgreSQL’s transaction likes best');
  const pools = await started(bench, up, POOLS.map(tunedTransaction));
  const variants: Variant[] = [];
  for (const rival of pools) {
    const server = await up.serve(rival);
    variants.push({ name: rival.about, server, load: () => server.reserve(HOT, 64) });
  }
  const outcomes = await interleave(variants, { rounds: 3, seconds: 1 });
  const rates = outcomes.map(({ perSecond }) => perSecond);
  const best = pools[rates.indexOf(Math.max(...rates))];
  for (const rival of pools) if (rival !== best) await up.stop(rival);
  for (const { name, perSecond } of outcomes) bench.say(`  ${name}: ${figure(perSecond)}/s`);
  return best;
}

/** Those that run; one that cannot is no reason to measure none. */
async function started(bench: Bench, up: RivalsUp, asked: readonly Rival[]): Promise<readonly Rival[]> {
  const there: Rival[] = [];
  for (const rival of asked) {
    const why = rival.missing() ?? (await up.whyNot(rival));
    if (why === null) there.push(rival);
    else bench.leaveOut(`${rival.about}: ${why}`);
  }
  return there;
}

async function measure(bench: Bench, up: RivalsUp, { work, connections, ours, items, against, wanted }: Work): Promise<Row[]> {
  const front: Variant = { name: 'front', server: await bench.servers.serve('front'), load: ours };
  const theirs: Variant[] = [];
  for (const rival of against) {
    const server = await up.serve(rival);
    const load = (): Load => server.reserve(items ?? HOT, connections, items === undefined ? 1 : MANY.length);
    theirs.push({ name: rival.name, server, load });
  }
  bench.say(`${work}, ${connections} connections, against ${against.map(({ name }) => name).join(', ')}`);
  const [own, ...outcomes] = await interleave([front, ...theirs], bench.pace);
  if (own === undefined) return [];
  return outcomes.flatMap((outcome, index) => {
    const rival = against[index];
    if (rival === undefined) return [];
    const durability = rival.durability === OURS ? OURS : `${OURS}; theirs ${rival.durability}`;
    const target = isRedis(rival) ? 'P6' : 'P5';
    return [rateRow(own, outcome, { target, work, against: rival.about, durability, connections, wanted: wanted(rival) })];
  });
}

/** The target is about transactions that are safe when they are answered; all else is told beside it. */
function ofHotSku({ name }: Rival): Wanted {
  const missed = MISSED.get(name);
  return missed === undefined ? reported() : { kind: 'at least', figure: 5, missed };
}

function reported(): Wanted {
  return { kind: 'report' };
}

function isRedis({ name }: Rival): boolean {
  return name.startsWith('redis');
}
