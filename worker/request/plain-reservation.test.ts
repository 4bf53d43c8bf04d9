import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NAME_CHARACTERS_MAX, RESERVATION_LINES_MAX, TEXT_CHARACTERS_MAX } from '../../contracts/limits.ts';
import { newReservation } from '../../contracts/selling.ts';
import { plainReservation } from './plain-reservation.ts';

/** Values near what is right, and values that somebody sends one day. */
const odd = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    ' ',
    '.',
    '..',
    'a b',
    ' TEA',
    'TEA ',
    'e\u0301',
    '\u00e9',
    '\ud800',
    'a\u0000b',
    'a\n',
    'x'.repeat(65),
  ),
  fc.constantFrom(0, -0, 1, -1, 1.5, 3600, 3601, 1e9, 1e9 + 1, 2 ** 53, '1', [], {}, { system: 'gtin', external_id: '4' }),
  fc.string(),
  fc.double(),
);
const name = fc.oneof(
  { weight: 12, arbitrary: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,66}$/) },
  { weight: 1, arbitrary: odd },
);
const either = (right: fc.Arbitrary<unknown>) => fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: odd });
const line = fc.record(
  { sku: name, quantity: either(fc.integer({ min: 1, max: 1e9 })), unit: name, location: name },
  { requiredKeys: ['sku', 'quantity'] },
);
const body = fc.record(
  {
    lines: either(fc.array(either(line), { maxLength: 4 })),
    channel: name,
    ttl_seconds: either(fc.integer({ min: 1, max: 3600 })),
    buyer: either(fc.string({ unit: 'grapheme-ascii', maxLength: 80 })),
    mode: either(fc.constantFrom('all_or_nothing', 'partial')),
    split: either(fc.constantFrom('never', 'allowed')),
  },
  { requiredKeys: ['lines'] },
);

test('[R14] what is taken for plain is what the schema makes of it, and nothing that the schema refuses', () => {
  let plain = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        { weight: 4, arbitrary: body },
        { weight: 1, arbitrary: fc.tuple(body, odd).map(([sent, more]) => ({ ...sent, more })) },
        odd,
        fc.jsonValue(),
      ),
      (sent) => {
        const found = plainReservation(sent);
        if (found === null) return;
        plain += 1;
        expect(newReservation.safeParse(sent).data).toEqual(found);
      },
    ),
    { numRuns: 3_000 },
  );
  expect(plain).toBeGreaterThan(300);
});

test('[R14] an ordinary reservation is plain, with every field and with none', () => {
  expect(plainReservation({ lines: [{ sku: 'TEA-1', quantity: 1 }] })).toEqual({
    lines: [{ sku: 'TEA-1', quantity: 1 }],
    ttl_seconds: 900,
    mode: 'all_or_nothing',
    split: 'allowed',
  });
  const whole = {
    channel: 'web',
    lines: [{ sku: 'TEA-1', quantity: 1_000_000_000, unit: 'box', location: 'dc' }],
    ttl_seconds: 3_600,
    buyer: 'somebody@example.com',
    mode: 'partial',
    split: 'never',
  };
  expect(plainReservation(whole)).toEqual(whole);
});

test('[R14] at the edges of what is allowed the schema agrees', () => {
  const line = { sku: 'A', quantity: 1 };
  const lines = (count: number) => ({ lines: Array.from({ length: count }, () => line) });
  for (const sent of [
    lines(RESERVATION_LINES_MAX),
    { lines: [{ sku: 'A'.repeat(NAME_CHARACTERS_MAX), quantity: 1 }] },
    { lines: [line], buyer: 'b'.repeat(Math.min(64, TEXT_CHARACTERS_MAX)) },
  ]) {
    expect(plainReservation(sent)).not.toBeNull();
    expect(newReservation.safeParse(sent).data).toEqual(plainReservation(sent));
  }
  expect(plainReservation(lines(RESERVATION_LINES_MAX + 1))).toBeNull();
  expect(plainReservation(lines(0))).toBeNull();
});
