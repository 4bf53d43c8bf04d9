import { admit, windowOf } from '../../domain/lane/admit.ts';
import { FULL_WAIT_MS } from '../../domain/lane/limits.ts';
import { keptOf, laneFrom, type KeptLane } from '../../domain/lane/kept.ts';
import type { Lane, LaneSettings } from '../../domain/lane/lane.ts';
import { report, type CallResult } from '../../domain/lane/report.ts';
import { giveTurns } from '../../domain/lane/turns.ts';
import { LINE_MAX } from './limits.ts';
import type { Admitted, LaneSeen, Reported, Wanted } from './protocol.ts';

export interface LaneStore {
  read(): KeptLane | null;
  write(kept: KeptLane): void;
}

export interface GateDeps {
  readonly store: LaneStore;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly newId: () => string;
  /** Calls once, after so long; answers how to call it off. */
  readonly after: (ms: number, call: () => void) => () => void;
}

interface Waiting {
  readonly wanted: Wanted;
  readonly untilMs: number;
  readonly answer: (answer: Admitted) => void;
}

/** Who wants onto the lane stands in line before it, first come first served, for as long as their patience lasts. */
export class Gate {
  readonly #deps: GateDeps;
  #lane: Lane | null = null;
  #kept: string | null = null;
  #line: Waiting[] = [];
  #callOff = (): void => undefined;

  constructor(deps: GateDeps) {
    this.#deps = deps;
  }

  admit(wanted: Wanted): Promise<Admitted> {
    const untilMs = this.#deps.nowMs() + wanted.patienceMs;
    return new Promise((answer) => {
      this.#line.push({ wanted, untilMs, answer });
      this.#serve();
    });
  }

  report(lease: string, result: CallResult, settings: LaneSettings): Reported {
    const moment = { nowMs: this.#deps.nowMs(), random: this.#deps.random() };
    const before = this.#current(settings);
    const after = report(before, settings, lease, result, moment);
    this.#keep(after, settings);
    this.#serve();
    return { closed: before.breaker.state !== 'closed' && after.breaker.state === 'closed' };
  }

  seen(settings: LaneSettings): LaneSeen {
    const nowMs = this.#deps.nowMs();
    const lane = this.#current(settings);
    return {
      state: lane.breaker.state,
      window: windowOf(lane, settings),
      inFlight: lane.leases.filter(({ untilMs }) => untilMs > nowMs).length,
      throttledForMs: lane.throttledUntilMs > nowMs ? lane.throttledUntilMs - nowMs : null,
      openedTotal: lane.openedTotal,
    };
  }

  /** Where the disk fails nobody may be left in line without a clock: all are turned away, and come back. */
  #serve(): void {
    try {
      this.#serveInOrder();
    } catch (error) {
      console.error(JSON.stringify({ erpLane: String(error) }));
      const line = this.#line;
      this.#line = [];
      for (const { answer } of line) answer({ admitted: false, retryAfterMs: FULL_WAIT_MS });
    }
  }

  #serveInOrder(): void {
    this.#callOff();
    for (let [first] = this.#line; first !== undefined; [first] = this.#line) {
      const nowMs = this.#deps.nowMs();
      const { settings } = first.wanted;
      const id = this.#deps.newId();
      const admission = admit(this.#current(settings), settings, id, nowMs);
      this.#keep(admission.lane, settings);
      if (!admission.admitted) {
        const rings = this.#turnAway(admission, nowMs);
        if (rings !== null) this.#callOff = this.#deps.after(rings - nowMs, () => this.#serve());
        return;
      }
      this.#line.shift();
      first.answer({ admitted: true, lease: id, forMs: admission.untilMs - nowMs });
    }
  }

  /** Whoever would wait in vain need not wait. When to look again, or null where nobody is left. */
  #turnAway(wait: { readonly waitMs: number; readonly sooner: boolean }, nowMs: number): number | null {
    const readyMs = nowMs + wait.waitMs;
    const stays = ({ untilMs }: Waiting, place: number): boolean =>
      place < LINE_MAX && untilMs > nowMs && (wait.sooner || untilMs >= readyMs);
    const staying = this.#line.filter(stays);
    const leaving = this.#line.filter((waiting, place) => !stays(waiting, place));
    this.#line = staying;
    for (const { wanted, answer } of leaving) {
      const { lane, retryAfterMs } = giveTurns(this.#current(wanted.settings), wanted.skus, wait, nowMs);
      this.#lane = lane;
      answer({ admitted: false, retryAfterMs });
    }
    return staying.length === 0 ? null : Math.min(readyMs, ...staying.map(({ untilMs }) => untilMs));
  }

  #current(settings: LaneSettings): Lane {
    if (this.#lane === null) {
      const kept = this.#deps.store.read();
      this.#lane = laneFrom(kept, settings, this.#deps.nowMs());
      this.#kept = JSON.stringify(keptOf(this.#lane, settings));
    }
    return this.#lane;
  }

  /** Written only where what a restart must know has changed: a call that goes well writes nothing. */
  #keep(lane: Lane, settings: LaneSettings): void {
    const kept = keptOf(lane, settings);
    const text = JSON.stringify(kept);
    if (text !== this.#kept) this.#deps.store.write(kept);
    this.#kept = text;
    this.#lane = lane;
  }
}
