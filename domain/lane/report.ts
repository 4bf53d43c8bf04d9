import { nextAttemptMs, RETRY_AFTER_MAX_MS } from '../retry.ts';
import { windowOf } from './admit.ts';
import type { Lane, LaneSettings } from './lane.ts';
import { PROBES_COUNTED_MAX } from './limits.ts';

/** What became of a call. */
export type CallResult =
  /** The ERP answered, be it with a refusal. */
  | { readonly result: 'answered' }
  /** No answer, or none that we understand. */
  | { readonly result: 'failed' }
  /** It asked us to stay away. */
  | { readonly result: 'throttled'; readonly retryAfterMs: number }
  /** It was not called after all. */
  | { readonly result: 'not_called' };

/** The lane after a call. One whose place is not known any more (it took too long, or the lane restarted) is heard all the same. */
export function report(
  before: Lane,
  settings: LaneSettings,
  id: string,
  said: CallResult,
  { nowMs, random }: { readonly nowMs: number; readonly random: number },
): Lane {
  const lane = { ...before, leases: before.leases.filter((lease) => lease.id !== id) };
  const { breaker } = lane;
  // Calls that were under way when the lane opened decide nothing: the probe does.
  const decides = breaker.state === 'closed' || (breaker.state === 'half_open' && breaker.probe === id);
  switch (said.result) {
    case 'not_called':
      return lane;
    case 'throttled': {
      const untilMs = nowMs + Math.min(Math.max(0, said.retryAfterMs), RETRY_AFTER_MAX_MS);
      const kept = { ...smaller(lane, settings), throttledUntilMs: Math.max(lane.throttledUntilMs, untilMs) };
      // Who asks for patience is there.
      return decides ? { ...kept, breaker: CLOSED } : kept;
    }
    case 'answered':
      return decides ? grown({ ...lane, breaker: CLOSED }, settings) : lane;
    case 'failed':
      if (!decides) return lane;
      return breaker.state === 'closed'
        ? failedWhileClosed(smaller(lane, settings), breaker.failuresInRow + 1, settings, { nowMs, random })
        : opened(lane, breaker.times + 1, { nowMs, random });
  }
}

const CLOSED = { state: 'closed', failuresInRow: 0 } as const;

interface Moment {
  readonly nowMs: number;
  readonly random: number;
}

function failedWhileClosed(lane: Lane, failuresInRow: number, { openAfter }: LaneSettings, moment: Moment): Lane {
  return failuresInRow < openAfter
    ? { ...lane, breaker: { state: 'closed', failuresInRow } }
    : opened({ ...lane, openedTotal: lane.openedTotal + 1 }, 1, moment);
}

function opened(lane: Lane, times: number, { nowMs, random }: Moment): Lane {
  const untilMs = nextAttemptMs({ attempt: Math.min(times, PROBES_COUNTED_MAX), nowMs, random, retryAfterMs: null });
  return { ...lane, breaker: { state: 'open', untilMs, times } };
}

function smaller(lane: Lane, settings: LaneSettings): Lane {
  return { ...lane, window: Math.max(1, Math.floor(windowOf(lane, settings) / 2)), answersInRow: 0 };
}

function grown(lane: Lane, settings: LaneSettings): Lane {
  const answersInRow = lane.answersInRow + 1;
  return answersInRow < settings.growAfter
    ? { ...lane, answersInRow }
    : { ...lane, window: windowOf({ ...lane, window: lane.window + 1 }, settings), answersInRow: 0 };
}
