import { expect, test } from 'vitest';
import { paceOf } from '../../domain/channel-lane/pace.ts';
import { vendorOf } from './push-lane.ts';
import { readBackWaitMs } from './read-back.ts';

test.each([0.01, 0.5, 2, 100])(
  '[R83] questions about what was sent and reading back together keep to the %f calls per second that a vendor allows',
  (callsPerSecond) => {
    const { questions } = vendorOf({ ways: [WAY], questions: { callsPerSecond, burst: 1 } }, {});
    const asked = paceOf(questions, null).callsPerSecond ?? Infinity;
    expect(asked + 1_000 / readBackWaitMs(callsPerSecond)).toBeLessThan(callsPerSecond);
  },
);

const WAY = { name: 'one', levelsMax: 1, callsPerSecond: 1, burst: 1, worthFrom: 1 };
