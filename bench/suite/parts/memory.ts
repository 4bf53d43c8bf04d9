import { readFile } from 'node:fs/promises';
import { Heap } from '../heap.ts';
import type { Bench, Part } from '../part.ts';
import type { Row } from '../row.ts';
import { hasTmpfs } from '../servers.ts';
import { SideDoor } from '../side-door.ts';
import { figure } from '../table.ts';

/** So many are there before anybody measures: code is compiled and first buffers stand. */
const BEFORE = 100;
const WARMING_UP = 2_000;
const OBJECTS = { quick: 300, whole: 1_000 };
const LIVE = { quick: 30_000, whole: 50_000 };

const MISSED = {
  reached: 410,
  why: `Of these, 247 kB are what the runtime needs for the least object that keeps a row, some 9 kB are ours in the isolate, and some 40 kB are the messages of
all objects in the local queues and database, which run in the same process. The rest are statements: the runtime keeps each that an object ever asked, at 2 kB and
more, those that made its tables too (README.md).`.replaceAll('\n', ' '),
};

/** P10: what an object and a live reservation keep in memory. */
export const memory: Part = { name: 'memory', about: 'P10: memory of objects and of live reservations', needsWrk: false, run };

async function run({ servers, quick, say }: Bench): Promise<readonly Row[]> {
  const medium = hasTmpfs && !quick ? 'tmpfs' : 'disk';
  // What other parts leave behind is let go of some time, and would be taken for what is measured here.
  const [server, floor] = await Promise.all([
    servers.serve('objects', medium, memory.name),
    servers.serve('floor', 'disk', memory.name),
  ]);
  if (server.inspectorPort === null) throw new Error('the runtime’s memory cannot be looked into');
  const door = new SideDoor(server);
  const heap = await Heap.of(server.inspectorPort);
  const [objects, live] = quick ? [OBJECTS.quick, LIVE.quick] : [OBJECTS.whole, LIVE.whole];
  say(`${objects} objects with one row each`);
  const least = new SideDoor(floor);
  await least.open('LEAST-', 0, BEFORE);
  const beforeLeast = await residentOf(floor.pid);
  await least.open('LEAST-', BEFORE, objects);
  const perLeast = ((await residentOf(floor.pid)) - beforeLeast) / objects;

  const kept = async () => ({ inHeap: await heap.keptBytes(), resident: await residentOf(server.pid) });

  say(`${live.toLocaleString('en')} live reservations of one object`);
  await door.open('LIVE-', 0, 2);
  await door.fill('LIVE-0', 'live', WARMING_UP);
  const none = await heap.keptBytes();
  await door.fill('LIVE-1', 'live', live);
  const perReservation = ((await heap.keptBytes()) - none) / live;

  say(`${objects} objects`);
  await door.open('MANY-', 0, BEFORE);
  const before = await kept();
  await door.open('MANY-', BEFORE, objects);
  const after = await kept();
  const perObject = (after.resident - before.resident) / objects;
  const inHeap = (after.inHeap - before.inHeap) / objects;

  heap.close();
  const said = { target: 'P10', durability: '', connections: null, range: null };
  return [
    {
      ...said,
      work: `memory of an object, over ${objects}`,
      against: 'an object with one table of one row',
      base: `${figure(perLeast / 1_000)} kB`,
      measured: `${figure(perObject / 1_000)} kB`,
      ratio: perObject / 1_000,
      wanted: { kind: 'at most', figure: 300, unit: 'kB', missed: MISSED },
      note: `resident memory of the runtime, which grew by that while they were opened; ${figure(inHeap / 1_000)} kB of it are the isolate’s own`,
    },
    {
      ...said,
      work: `memory of a live reservation, over ${live.toLocaleString('en')} of one object`,
      against: '',
      base: '',
      measured: `${figure(perReservation)} B`,
      ratio: perReservation,
      wanted: { kind: 'at most', figure: 400, unit: 'B' },
      note: 'what the isolate keeps after a collection',
    },
  ];
}

async function residentOf(pid: number): Promise<number> {
  const [, kilobytes = 'NaN'] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}
