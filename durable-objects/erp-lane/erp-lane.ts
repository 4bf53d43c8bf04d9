import { DurableObject } from 'cloudflare:workers';
import type { LaneSettings } from '../../domain/lane/lane.ts';
import type { CallResult } from '../../domain/lane/report.ts';
import { Gate } from './gate.ts';
import { SqlLaneStore } from './lane-store.ts';
import type { Admitted, ErpLaneStub, LaneSeen, Reported, Wanted } from './protocol.ts';

/** The way to one ERP, named by its connection: whoever calls it asks here first, and says afterwards how it went (R33). */
export class ErpLane extends DurableObject<unknown> implements ErpLaneStub {
  readonly #gate: Gate;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env);
    this.#gate = new Gate({
      store: new SqlLaneStore(ctx.storage),
      nowMs: () => Date.now(),
      random: () => Math.random(),
      newId: () => crypto.randomUUID(),
      after: (ms, call) => {
        const timer = setTimeout(call, ms);
        return () => clearTimeout(timer);
      },
    });
  }

  admit(wanted: Wanted): Promise<Admitted> {
    return this.#gate.admit(wanted);
  }

  async report(lease: string, result: CallResult, settings: LaneSettings): Promise<Reported> {
    return this.#gate.report(lease, result, settings);
  }

  async seen(settings: LaneSettings): Promise<LaneSeen> {
    return this.#gate.seen(settings);
  }
}
