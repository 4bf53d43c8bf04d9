import { describe, expect, test } from 'vitest';
import { sku } from '../../test/story/ids.ts';
import type { Rejection } from '../command.ts';
import type { CartLine } from './cart.ts';
import { refusalBy, type Heard, type ObjectRejection } from './rejection.ts';

const plain = (line: number, name: string): CartLine => ({
  line,
  sku: sku(name),
  quantity: 5,
  at: null,
  parts: [{ sku: sku(name), units: 1 }],
});
const kit = (line: number, tea: number, mug: number): CartLine => ({
  ...plain(line, 'KIT'),
  parts: [
    { sku: sku('TEA'), units: tea },
    { sku: sku('MUG'), units: mug },
  ],
});

const agreed: Heard = { accepted: true, reservation: null, promisedAtMs: null, sequence: 1, asOfMs: 1 };
const no = (rejection: ObjectRejection, sequence = 7, asOfMs = 100): Heard => ({ accepted: false, rejection, sequence, asOfMs });
const short = (
  line: number,
  requested: number,
  available: number,
  code: 'insufficient_stock' | 'buyer_cap_exceeded' = 'insufficient_stock',
) => ({ code, lines: [{ line, requested, available }] }) satisfies Rejection;
const refusal = (lines: readonly CartLine[], heard: Readonly<Record<string, Heard>>) =>
  refusalBy({ lines }, new Map(Object.entries(heard).map(([name, one]) => [sku(name), one])));

const TWO = [plain(1, 'TEA'), plain(2, 'MUG')];

describe('[R22] what a cart hears when its items refuse', () => {
  test('nothing while all agree', () => {
    expect(refusal(TWO, { TEA: agreed, MUG: agreed })).toBeNull();
    expect(refusal(TWO, {})).toBeNull();
  });

  test('every short line, with what there is, and as of the oldest of the refusals', () => {
    expect(refusal(TWO, { TEA: no(short(1, 5, 2), 7, 200), MUG: no(short(2, 5, 0), 9, 100) })).toEqual({
      code: 'insufficient_stock',
      asOfMs: 100,
      lines: [
        { line: 1, sku: 'TEA', requested: 5, available: 2, sequence: 7 },
        { line: 2, sku: 'MUG', requested: 5, available: 0, sequence: 9 },
      ],
    });
  });

  test('no line that is not short', () => {
    const lines = [...TWO, plain(3, 'TEA')];
    expect(refusal(lines, { TEA: no(short(3, 5, 2)), MUG: agreed })).toMatchObject({ lines: [{ line: 3 }] });
  });

  test('[R27c] that the buyer has enough, where nothing else is short', () => {
    const capped = no(short(1, 5, 2, 'buyer_cap_exceeded'));
    expect(refusal(TWO, { TEA: capped, MUG: agreed })).toMatchObject({ code: 'buyer_cap_exceeded', lines: [{ line: 1 }] });
    expect(refusal(TWO, { TEA: capped, MUG: no(short(2, 5, 1)) })).toMatchObject({ code: 'insufficient_stock' });
  });

  test('a rule that forbids it rather than what is short', () => {
    expect(refusal(TWO, { TEA: no(short(1, 5, 2)), MUG: no({ code: 'reservation_expired' }) })).toEqual({
      code: 'reservation_expired',
    });
  });

  test('[R40] which item its object does not know', () => {
    expect(refusal(TWO, { TEA: no(short(1, 5, 2)), MUG: no({ code: 'sku_unknown' }) })).toEqual({
      code: 'sku_unknown',
      sku: 'MUG',
    });
  });

  test('[R20] that it was released, where its id was used before', () => {
    expect(refusal(TWO, { TEA: no({ code: 'id_used' }) })).toEqual({ code: 'reservation_released' });
  });
});

describe('[R22c] what is short of a kit is told in kits', () => {
  test.each([
    ['by the part that makes fewest', short(1, 10, 9), short(1, 5, 3), { requested: 5, available: 3, sequence: 9 }],
    ['of which parts alone make none', short(1, 10, 1), short(1, 5, 3), { requested: 5, available: 0, sequence: 7 }],
    ['by the first of parts that make as many', short(1, 10, 7), short(1, 5, 3), { requested: 5, available: 3, sequence: 7 }],
  ])('%s', (_, tea, mug, said) => {
    expect(refusal([kit(1, 2, 1)], { TEA: no(tea, 7), MUG: no(mug, 9) })).toMatchObject({
      lines: [{ line: 1, sku: 'KIT', ...said }],
    });
  });

  test('also where only what it grows by was asked for, and that is part of a kit', () => {
    expect(refusal([kit(1, 2, 1)], { TEA: no(short(1, 9, 4)), MUG: agreed })).toMatchObject({
      lines: [{ requested: 5, available: 2 }],
    });
  });
});
