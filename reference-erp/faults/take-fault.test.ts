import { expect, test } from 'vitest';
import { erpFaults } from '../../contracts/generic-erp.ts';
import { NO_FAULTS, takeFault, type FaultState } from './take-fault.ts';

test('a healthy ERP lets every call through and changes nothing', () => {
  expect(takeFault(NO_FAULTS, 'posting', 0)).toEqual({ fault: { kind: 'none' }, left: NO_FAULTS });
});

test('a rate limit lets its calls through, then refuses for its time, then is gone', () => {
  const limit = asked({ rate_limit: { remaining: 1, retry_after_seconds: 2 } });
  expect(suffered(limit, [0, 100, 1_100, 2_099, 2_100, 2_101])).toEqual([
    'none',
    'throttled',
    'throttled',
    'throttled',
    'none',
    'none',
  ]);
});

test('failures hit the next postings and no other call', () => {
  const failing = asked({ fail_next: 1, fail_status: 502 });
  expect(takeFault(failing, 'other', 0).fault).toEqual({ kind: 'none' });
  expect(takeFault(failing, 'posting', 0).fault).toEqual({ kind: 'failing', status: 502 });
  expect(suffered(failing, [0, 0])).toEqual(['failing', 'none']);
});

test('silence follows when the failures are used up', () => {
  expect(suffered(asked({ fail_next: 1, apply_then_time_out_next: 1 }), [0, 0, 0])).toEqual(['failing', 'silent', 'none']);
});

test('an ERP that is down uses up no other fault', () => {
  const down = asked({ down: true, fail_next: 1 });
  expect(takeFault(down, 'posting', 0)).toEqual({ fault: { kind: 'down' }, left: down });
});

function asked(faults: Parameters<typeof erpFaults.parse>[0]): FaultState {
  return { faults: erpFaults.parse(faults), throttledUntilMs: null };
}

function suffered(first: FaultState, timesMs: readonly number[]): readonly string[] {
  let state = first;
  return timesMs.map((nowMs) => {
    const { fault, left } = takeFault(state, 'posting', nowMs);
    state = left;
    return fault.kind;
  });
}
