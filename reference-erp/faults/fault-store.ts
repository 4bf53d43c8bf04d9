import * as z from 'zod';
import { erpFaults, type ErpFaults } from '../../contracts/generic-erp.ts';
import { NO_FAULTS, takeFault, type Fault, type FaultState } from './take-fault.ts';

const row = z.object({ version: z.int(), state: z.string() });
const stored = z.union([
  z.object({ faults: erpFaults, throttledUntilMs: z.number().nullable() }),
  z.strictObject({}).transform((): FaultState => NO_FAULTS),
]);

// Isolates share nothing, so faults live in the database.
export async function readFaults(database: D1Database): Promise<FaultState> {
  return (await readRow(database)).state;
}

export async function replaceFaults(database: D1Database, faults: ErpFaults): Promise<void> {
  const state: FaultState = { faults, throttledUntilMs: null };
  await database.prepare('UPDATE fault SET version = version + 1, state = ?').bind(JSON.stringify(state)).run();
}

/** Takes the fault of one call; when another call was quicker, looks again. */
export async function nextFault(
  database: D1Database,
  call: 'posting' | 'other',
  nowMs: number,
): Promise<{ fault: Fault; faults: ErpFaults }> {
  for (;;) {
    const { version, state } = await readRow(database);
    const { fault, left } = takeFault(state, call, nowMs);
    if (left === state || (await replaceRow(database, version, left))) return { fault, faults: state.faults };
  }
}

async function readRow(database: D1Database): Promise<{ version: number; state: FaultState }> {
  const { version, state } = row.parse(await database.prepare('SELECT version, state FROM fault').first());
  return { version, state: stored.parse(JSON.parse(state)) };
}

async function replaceRow(database: D1Database, version: number, state: FaultState): Promise<boolean> {
  const update = database.prepare('UPDATE fault SET version = version + 1, state = ? WHERE version = ?');
  return (await update.bind(JSON.stringify(state), version).run()).meta.changes === 1;
}
