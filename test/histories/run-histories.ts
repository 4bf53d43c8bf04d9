// The server of `npm start` under load, killed and started again on the same state; what its clients saw is checked, and what is
// on disk and in the ERP is counted up.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Ask } from '../buyers/ask.ts';
import { Dice } from '../model/dice.ts';
import { asked, whole } from '../../tools/command-line.ts';
import { writeReport, type Failure, type PartReport } from '../prove/part.ts';
import { askerAt } from '../scenario/ask-over-http.ts';
import { startHoldfast, type Holdfast } from '../scenario/holdfast.ts';
import { journalsOnDisk } from '../scenario/on-disk.ts';
import { afterwards } from './afterwards.ts';
import { askAndRecord } from './asking.ts';
import { checkHistory } from './check-histories.ts';
import { historiesOf } from './histories-of.ts';
import { httpNetwork, type Door } from './http-network.ts';
import { KILLS_PER_SHELF, Load, type LoadOptions } from './load.ts';
import { eventsOf, faultsIn, reachedIn } from './reached.ts';
import { isAcknowledged, knownOf, readRecords, Recorder, type Recorded } from './record.ts';
import { furnish, openingOf, shelvesFor } from './shelves.ts';

/** One mistake breaks much: the first ones say what it is. */
const FAILURES_MAX = 20;

const USAGE = `npm run histories -- [--kills 25] [--seconds 0] [--seed 1] [--clients 3] [--connections 4] [--no-books] [--report FILE]
  starts a server as \`npm start\` does, loads it with clients and kills it again and again on the same state. Then it looks for an
  order that explains all that they saw, and counts up what is on disk and in the ERP. It ends with 1 if anything is wrong.
    --kills 25       kills it so often, and on until every rare state was met
    --seconds 0      goes on for at least so long
    --seed 1         what the clients do; when it happens is up to the machine
    --clients 3, --connections 4
                     processes that buy, and how much each asks at once
    --no-books       does not wait until the ERP's books are equal
    --report FILE    writes down what was found, as JSON`;

async function main(): Promise<void> {
  const { options, withBooks, report } = asked(
    USAGE,
    {
      kills: { type: 'string', default: '25' },
      seconds: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      clients: { type: 'string', default: '3' },
      connections: { type: 'string', default: '4' },
      'no-books': { type: 'boolean', default: false },
      report: { type: 'string' },
    },
    (values) => {
      const options: LoadOptions = {
        kills: whole('kills', values.kills),
        secondsMin: whole('seconds', values.seconds, 0),
        seed: whole('seed', values.seed),
        clients: whole('clients', values.clients),
        connections: whole('connections', values.connections),
      };
      return { options, withBooks: !values['no-books'], report: values.report };
    },
  );
  const holdfast = await startHoldfast('--seed', 'none');
  // Whoever ends this run ends the server as well, which would serve on without us.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void holdfast.stop().finally(() => process.exit(1)));
  try {
    await writeReport(report, await histories(holdfast, options, withBooks));
  } finally {
    await holdfast.stop();
  }
}

async function histories(holdfast: Holdfast, options: LoadOptions, withBooks: boolean): Promise<PartReport> {
  const again = `npm run histories -- --kills ${options.kills} --seconds ${options.secondsMin} --seed ${options.seed}${withBooks ? '' : ' --no-books'}`;
  const { door, admin, erp } = await opened(holdfast);
  const shelves = shelvesFor(Math.ceil((2 * options.kills) / KILLS_PER_SHELF) + 1);
  await furnish(admin, shelves);
  const load = new Load(holdfast, door, shelves, options);
  const startedMs = performance.now();
  const met = (): boolean => Object.values(reachedBy(load, holdfast)).every((times) => times > 0);
  await load.run(met, (text) => console.log(`${Math.round((performance.now() - startedMs) / 100) / 10} s: ${text}`));

  const network = httpNetwork(door, { thrownAway: 0, left: 0 }, async () => {});
  const heirs = path.join(holdfast.state, 'history-heirs.ndjson');
  const orphans = readRecords(load.files).filter(({ answered }) => answered === null);
  const heir = ({ call }: Recorded) => askAndRecord(call, network, new Recorder(heirs), new Dice(options.seed));
  const failed = (await Promise.allSettled(orphans.map(heir))).filter(({ status }) => status === 'rejected');
  if (failed.length > 0) load.broken.push(`[R9] ${failed.length} calls are never answered, however often they are repeated`);
  const records = readRecords([...load.files, heirs]);
  const known = knownOf(records);
  console.log(`${known.length} operations are answered, ${orphans.length} of them those of clients that died`);

  const checked = [...historiesOf(records)].map(([sku, history]) => checkHistory(sku, history, openingOf(sku)));
  const sum = (of: (one: (typeof checked)[number]) => number): number => checked.reduce((total, one) => total + of(one), 0);
  const [witnessMs, blackBoxMs] = [Math.round(sum((one) => one.witnessMs)), Math.round(sum((one) => one.blackBoxMs))];
  const [most, slowestMs] = [
    Math.max(...checked.map((one) => one.operations)),
    Math.max(...checked.map((one) => one.blackBoxMs)),
  ];
  console.log(
    `${checked.length} histories of ${sum((one) => one.operations)} operations (at most ${most}): ` +
      `witness ${witnessMs} ms, black box ${blackBoxMs} ms (at most ${Math.round(slowestMs)}) and ${sum((one) => one.steps)} steps`,
  );

  const broken = [...load.broken, ...checked.flatMap((one) => one.broken)];
  const { lost, doubled, ...others } = await afterwards(holdfast.state, known, {
    network,
    erp,
    withBooks: withBooks && broken.length === 0,
  });
  broken.push(...lost, ...doubled, ...others.broken);
  const failures: readonly Failure[] = broken.slice(0, FAILURES_MAX).map((what) => ({ what, again }));

  const report: PartReport = {
    part: 'histories',
    counted: {
      crashes: load.killedAt.length,
      clients: load.files.length,
      operations: known.length,
      acknowledged: known.filter(isAcknowledged).length,
      lost: lost.length,
      doubled: doubled.length,
      histories: checked.length,
      histories_operations: sum((one) => one.operations),
      histories_steps: sum((one) => one.steps),
      witness_ms: witnessMs,
      black_box_ms: blackBoxMs,
      erp_documents: others.documents,
    },
    faults: { ...faultsIn(known), 'runtime killed': load.killedAt.length, 'client killed': load.clientsKilled },
    reached: reachedIn(known, load.killedAt, eventsOf(journalsOnDisk(holdfast.state))),
    failures,
  };
  console.log(JSON.stringify({ ...report, failures: broken.length }));
  for (const { what } of failures) console.error(`\n${what}`);
  if (failures.length > 0) console.error(`\nAgain: ${again}`);
  return report;
}

function reachedBy({ files, killedAt }: Load, { state }: Holdfast): PartReport['reached'] {
  return reachedIn(knownOf(readRecords(files)), killedAt, eventsOf(journalsOnDisk(state)));
}

async function opened({
  url,
  erpUrl,
  state,
}: Holdfast): Promise<{ readonly door: Door; readonly admin: Ask; readonly erp: Ask }> {
  const kept = async (name: string): Promise<Readonly<Record<string, string>>> =>
    JSON.parse(await readFile(path.join(state, name), 'utf8')) as Record<string, string>;
  const [keys, secrets] = [await kept('dev-keys.json'), await kept('secrets.json')];
  const admin = askerAt(url, keys['admin'] ?? '');
  await admin('PUT', '/v1/locations/dc', { type: 'dc' });
  await admin('PUT', '/v1/channels/web', {});
  await admin('PUT', '/v1/sources/wms', { books: 'front' });
  const made = async (body: object): Promise<string> => (await admin('POST', '/v1/keys', body)).body.key;
  const sales = await made({ name: 'clients', scopes: ['availability:read', 'reservations:write'], channel: 'web' });
  const stock = await made({ name: 'goods', scopes: ['stock:write'], sources: ['wms'], locations: ['dc'] });
  return { door: { url, keys: { sales, stock } }, admin, erp: askerAt(erpUrl, secrets['ERP_TOKEN'] ?? '') };
}

if (import.meta.main) await main();
