import type { LaneSettings } from '../../domain/lane/lane.ts';
import type { CallResult } from '../../domain/lane/report.ts';

/**
 * What a Worker and an ERP's lane say to each other. Times are durations, since both have clocks of their own. The settings
 * travel with every call, so the newest deployment's hold. Add fields, never change one (R40).
 */
export interface ErpLaneStub {
  /** Answers when the caller may call the ERP, or that it may not, within its patience. */
  admit(wanted: Wanted): Promise<Admitted>;
  /** What became of the call; gives the place back. */
  report(lease: string, result: CallResult, settings: LaneSettings): Promise<Reported>;
  seen(settings: LaneSettings): Promise<LaneSeen>;
}

export interface Wanted {
  readonly settings: LaneSettings;
  readonly patienceMs: number;
  /** How many objects come back if it is turned away. */
  readonly skus: number;
}

export type Admitted =
  | { readonly admitted: true; readonly lease: string; readonly forMs: number }
  /** The first of its objects may come back after this, each of the others `TURN_MS` later. */
  | { readonly admitted: false; readonly retryAfterMs: number };

export interface Reported {
  /** The lane was open until this call came back. */
  readonly closed: boolean;
}

export interface LaneSeen {
  readonly state: 'closed' | 'half_open' | 'open';
  readonly window: number;
  readonly inFlight: number;
  /** null: the ERP did not ask us to stay away, or that is over. */
  readonly throttledForMs: number | null;
  readonly openedTotal: number;
}
