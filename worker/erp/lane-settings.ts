import * as z from 'zod';
import type { LaneSettings } from '../../domain/lane/lane.ts';
import type { ErpAdapter } from './erp-options.ts';

/** What an operator may say of an ERP (`ERP_LANE`); what is not said is the adapter's. */
export const givenLane = z
  .strictObject({
    calls_per_second: z.number().min(0.01).max(10_000).nullable().optional(),
    burst: z.int().min(1).max(10_000).optional(),
    calls_at_once_max: z.int().min(1).max(100).optional(),
    grow_after: z.int().min(1).max(1_000).optional(),
    open_after: z.int().min(1).max(1_000).optional(),
  })
  .transform(({ calls_per_second, burst, calls_at_once_max, grow_after, open_after }) => ({
    ...(calls_per_second === undefined ? {} : { callsPerSecond: calls_per_second }),
    ...(burst === undefined ? {} : { burst }),
    ...(calls_at_once_max === undefined ? {} : { callsAtOnceMax: calls_at_once_max }),
    ...(grow_after === undefined ? {} : { growAfter: grow_after }),
    ...(open_after === undefined ? {} : { openAfter: open_after }),
  }));

export type GivenLane = z.output<typeof givenLane>;

type OfAdapter = Pick<LaneSettings, 'callsPerSecond' | 'burst'>;

// A call is one of the port, and carries up to 500 postings or a page: no ERP is helped by more of them in a second.
const LANES: Readonly<Record<ErpAdapter, OfAdapter>> = {
  http: { callsPerSecond: 100, burst: 100 },
  // One process, one call at a time: it is its own brake.
  tryton: { callsPerSecond: 100, burst: 100 },
  // Each is some six of Odoo's own, and people work with the same processes.
  odoo: { callsPerSecond: 10, burst: 10 },
};

// Two rounds of the widest window that an adapter allows; so after an outage it is wide again within a hundred calls.
const GROW_AFTER = 10;
// One failure is chance. An ERP that is gone is left alone after as many calls as halve the widest window to one.
const OPEN_AFTER = 5;
// Longer than any call is waited for (ERP_CALL_MS_MAX), so that a place is free only when its call is surely over.
const LEASE_MS = 30_000;

export function laneSettings(
  adapter: ErpAdapter,
  given: GivenLane,
  { callsAtOnceMax }: { readonly callsAtOnceMax: number },
): LaneSettings {
  return { ...LANES[adapter], callsAtOnceMax, growAfter: GROW_AFTER, openAfter: OPEN_AFTER, leaseMs: LEASE_MS, ...given };
}
