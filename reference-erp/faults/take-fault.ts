import { erpFaults, type ErpFaults } from '../../contracts/generic-erp.ts';

/** Faults that somebody asked for, and how far they have got. */
export interface FaultState {
  readonly faults: ErpFaults;
  /** Set when the rate limit has run out. */
  readonly throttledUntilMs: number | null;
}

export const NO_FAULTS: FaultState = { faults: erpFaults.parse({}), throttledUntilMs: null };

export type Fault =
  | { readonly kind: 'none' | 'down' | 'silent' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  | { readonly kind: 'failing'; readonly status: number };

/** What this call has to suffer, and what is left for the next. */
export function takeFault(state: FaultState, call: 'posting' | 'other', nowMs: number): { fault: Fault; left: FaultState } {
  const { faults } = state;
  if (faults.down) return { fault: { kind: 'down' }, left: state };

  const { limited, left } = throttle(state, nowMs);
  if (limited) return { fault: limited, left };
  if (call === 'posting' && faults.fail_next > 0) {
    return {
      fault: { kind: 'failing', status: faults.fail_status },
      left: withFaults(left, { fail_next: faults.fail_next - 1 }),
    };
  }
  if (call === 'posting' && faults.apply_then_time_out_next > 0) {
    return {
      fault: { kind: 'silent' },
      left: withFaults(left, { apply_then_time_out_next: faults.apply_then_time_out_next - 1 }),
    };
  }
  return { fault: { kind: 'none' }, left };
}

function throttle(state: FaultState, nowMs: number): { limited: Fault | null; left: FaultState } {
  const limit = state.faults.rate_limit;
  if (limit === null) return { limited: null, left: state };
  if (limit.remaining > 0) {
    return { limited: null, left: withFaults(state, { rate_limit: { ...limit, remaining: limit.remaining - 1 } }) };
  }
  const untilMs = state.throttledUntilMs ?? nowMs + limit.retry_after_seconds * 1_000;
  if (nowMs >= untilMs) return { limited: null, left: { ...withFaults(state, { rate_limit: null }), throttledUntilMs: null } };
  const retryAfterSeconds = Math.ceil((untilMs - nowMs) / 1_000);
  return { limited: { kind: 'throttled', retryAfterSeconds }, left: { ...state, throttledUntilMs: untilMs } };
}

function withFaults(state: FaultState, changed: Partial<ErpFaults>): FaultState {
  return { ...state, faults: { ...state.faults, ...changed } };
}
