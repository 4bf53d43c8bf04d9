import { readFile } from 'node:fs/promises';
import type { Bench, Part } from '../part.ts';
import type { Row } from '../row.ts';
import { hasTmpfs } from '../servers.ts';
import { SideDoor } from '../side-door.ts';
import { figure } from '../table.ts';

/** So many are there before anybody measures: code is compiled and first buffers stand. */
const BEFORE = 100;
const OBJECTS = { quick: 300, whole: 1_000 };
const LIVE = { quick: 20_000, whole: 50_000 };
/** The runtime gives back what it no longer needs some time after a burst. */
const SETTLE_MS = 3_000;

/** P10: what an object and a live reservation keep in memory. */
export const memory: Part = { name: 'memory', about: 'P10: memory of objects and of live reservations', needsWrk: false, run };

async function run({ servers, quick, say }: Bench): Promise<readonly Row[]> {
  const server = await servers.serve('objects', hasTmpfs && !quick ? 'tmpfs' : 'disk');
  const door = new SideDoor(server);
  const [objects, live] = quick ? [OBJECTS.quick, LIVE.quick] : [OBJECTS.whole, LIVE.whole];

  say(`${objects} objects`);
  await door.open('MANY-', 0, BEFORE);
  const before = await bytesOf(server.pid);
  await door.open('MANY-', BEFORE, objects);
  const opened = await bytesOf(server.pid);

  say(`${live.toLocaleString('en')} live reservations of one object`);
  await door.fill('MANY-0', 'live', LIVE.quick);
  await settle();
  const few = await bytesOf(server.pid);
  await door.fill('MANY-0', 'live', live, LIVE.quick);
  await settle();
  const many = await bytesOf(server.pid);
  const said = { target: 'P10', against: '', durability: '', connections: null, base: '', range: null };
  const [perObject, perReservation] = [(opened - before) / objects, (many - few) / live];
  return [
    {
      ...said,
      work: `memory of an object, over ${objects}`,
      measured: `${figure(perObject / 1_000)} kB`,
      ratio: perObject / 1_000,
      wanted: { kind: 'at most', figure: 300, unit: 'kB' },
      note: 'growth of the runtime’s resident memory while they were opened',
    },
    {
      ...said,
      work: `memory of a live reservation, over ${live.toLocaleString('en')} of one object`,
      measured: `${figure(perReservation)} B`,
      ratio: perReservation,
      wanted: { kind: 'at most', figure: 400, unit: 'B' },
      note: 'growth of the runtime’s resident memory, what waits to be collected included',
    },
  ];
}

async function bytesOf(pid: number): Promise<number> {
  const [, kilobytes = 'NaN'] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}
