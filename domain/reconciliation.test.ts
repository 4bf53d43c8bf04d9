import { describe, expect, test } from 'vitest';
import { location } from '../test/story/ids.ts';
import { actionFor, DEFAULT_RULES, type DriftRules } from './reconciliation-rules.ts';
import { classify, DRIFT_CLASSES, type DriftEvidence, type PlaceVariance } from './reconciliation.ts';

const NOTHING: DriftEvidence = { posted: [], facts: [], lost: new Set(), unapplied: [], factors: [] };

function at(place: string, variance: number, booked = 10): PlaceVariance {
  return { location: location(place), status: 'sellable', variance, booked };
}

function did(key: string, ...changes: readonly (readonly [place: string, onHand: number])[]) {
  const lines = changes.map(
    ([place, onHand]) => ({ location: location(place), status: 'sellable', onHand, committed: 0 }) as const,
  );
  return { key, id: key, sequence: 1, lines };
}

function classes(variances: readonly PlaceVariance[], evidence: Partial<DriftEvidence> = {}): readonly string[] {
  return classify(variances, { ...NOTHING, ...evidence }, 'on_hand').map(
    ({ class: found, places }) => `${found} ${places.map(({ location: place }) => place).join('+')}`,
  );
}

describe('[R36b] a difference is', () => {
  test('nothing where there is none', () => {
    expect(classes([at('dc', 0)])).toEqual([]);
  });

  test('unknown where nothing speaks for anything', () => {
    expect(classes([at('dc', -3), at('store', 1)], { posted: [did('A', ['dc', -2])], factors: [12] })).toEqual([
      'unknown dc',
      'unknown store',
    ]);
  });

  test('a missing post where the ERP lacks what it confirmed, whatever else is wrong there', () => {
    const posted = [did('A', ['dc', -3])];
    expect(classes([at('dc', 3)], { posted, lost: new Set(['A']) })).toEqual(['missing_post dc']);
    expect(classes([at('dc', 5), at('store', 1)], { posted, lost: new Set(['A']) })).toEqual([
      'missing_post dc',
      'unknown store',
    ]);
    expect(classes([at('dc', 3)], { posted })).toEqual(['unknown dc']);
  });

  test('a missing post at each place that the lost ones touch, though they make up for each other there', () => {
    const posted = [did('A', ['dc', 3]), did('B', ['dc', -3])];
    expect(classes([at('dc', -1)], { posted, lost: new Set(['A', 'B']) })).toEqual(['missing_post dc']);
    expect(classes([at('dc', -1)], { posted, lost: new Set() })).toEqual(['unknown dc']);
  });

  test('a late order where what waits to be booked is all of it, at every place', () => {
    const unapplied = [did('TR-1', ['dc', -4], ['store', 4])];
    expect(classes([at('dc', -4), at('store', 4)], { unapplied })).toEqual(['late_order dc+store']);
    expect(classes([at('dc', -4)], { unapplied })).toEqual(['unknown dc']);
    expect(classes([at('dc', -5), at('store', 4)], { unapplied })).toEqual(['unknown dc', 'unknown store']);
    expect(classes([at('dc', -4), at('store', 3)], { unapplied })).toEqual(['unknown dc', 'unknown store']);
  });

  test('a late order only at the places that wait for it', () => {
    const unapplied = [did('TR-1', ['dc', -4], ['store', 0])];
    expect(classes([at('dc', -4), at('outlet', -4)], { unapplied })).toEqual(['late_order dc', 'unknown outlet']);
    expect(classes([at('outlet', -4)], { unapplied })).toEqual(['unknown outlet']);
  });

  test('a double post where it is once more what one posting did, at all its places and nowhere else', () => {
    const posted = [did('A', ['dc', -2]), did('B', ['dc', -4], ['store', 4])];
    expect(classes([at('dc', -2)], { posted })).toEqual(['double_post dc']);
    expect(classes([at('dc', -4), at('store', 4)], { posted })).toEqual(['double_post dc+store']);
    expect(classes([at('dc', -2), at('store', 1)], { posted })).toEqual(['unknown dc', 'unknown store']);
    expect(classes([at('dc', -4), at('store', 3)], { posted })).toEqual(['unknown dc', 'unknown store']);
    expect(classes([at('dc', -2)], { posted: [did('A', ['dc', -2], ['store', 0])] })).toEqual(['double_post dc']);
  });

  test('told with what speaks for it, and only with that', () => {
    const because = (variances: readonly PlaceVariance[], evidence: Partial<DriftEvidence> = {}) =>
      classify(variances, { ...NOTHING, ...evidence }, 'on_hand').map((one) => [one.class, one.because]);
    const [lost, kept] = [did('A', ['dc', -3]), did('B', ['dc', -3])];
    expect(because([at('dc', 3)], { posted: [lost, kept], lost: new Set(['A']) })).toEqual([
      ['missing_post', { keys: ['A'], factor: null }],
    ]);
    expect(because([at('dc', -3)], { unapplied: [lost] })).toEqual([['late_order', { keys: ['A'], factor: null }]]);
    expect(because([at('dc', -3)], { posted: [lost, kept] })).toEqual([['double_post', { keys: ['A', 'B'], factor: null }]]);
    expect(because([at('dc', -3), at('store', 3)])).toEqual([['wrong_location', { keys: [], factor: null }]]);
    expect(because([at('dc', -3)])).toEqual([['unknown', { keys: [], factor: null }]]);
  });

  test('units in the wrong place where in all nothing is missing', () => {
    expect(classes([at('dc', -4), at('store', 3), at('outlet', 1)])).toEqual(['wrong_location dc+store+outlet']);
    expect(classes([at('dc', -4), at('store', -4)])).toEqual(['unknown dc', 'unknown store']);
    expect(classes([at('dc', -4), at('store', 3)])).toEqual(['unknown dc', 'unknown store']);
  });

  test.each([
    ['nothing was booked lately of a number in boxes', at('dc', -22, 24), { posted: [did('A', ['dc', 0], ['store', 5])] }],
    ['the whole number was counted in boxes', at('dc', -22, 24), {}],
    ['boxes were taken for pieces', at('dc', 22, 2), {}],
    ['the ERP booked as many boxes as we did pieces', at('dc', 33, 40), { posted: [did('A', ['dc', 3])] }],
    ['the ERP booked one box where we booked twelve pieces', at('dc', -11, 40), { facts: [did('A', ['dc', 12])] }],
  ])('a mixed up unit where %s', (_, place, evidence) => {
    const found = classify([place], { ...NOTHING, ...evidence, factors: [6, 12] }, 'on_hand');
    expect(found).toMatchObject([{ class: 'unit_mix_up', because: { factor: 12 } }]);
    expect(classes([place], { ...evidence, factors: [] })).toEqual(['unknown dc']);
  });

  test('no mixed up unit where a unit is one piece, or where nothing is on either side', () => {
    expect(classes([at('dc', 7, 0)], { factors: [1, 12] })).toEqual(['unknown dc']);
    expect(classes([at('dc', -7, 7)], { factors: [1, 12], facts: [did('A', ['dc', 0])] })).toEqual(['unknown dc']);
  });

  test('weighed as the ERP weighs it: a sale that is posted when it is placed is one unit less', () => {
    const committed = { location: location('dc'), status: 'sellable', onHand: 0, committed: 2 } as const;
    const evidence = { ...NOTHING, posted: [{ key: 'A', sequence: 1, lines: [committed] }] };
    expect(classify([at('dc', -2)], evidence, 'on_hand_minus_committed')).toMatchObject([{ class: 'double_post' }]);
    expect(classify([at('dc', -2)], evidence, 'on_hand')).toMatchObject([{ class: 'unknown' }]);
  });
});

describe('[R36b] what is done about it', () => {
  const drift = (found: (typeof DRIFT_CLASSES)[number], ...places: readonly PlaceVariance[]) => {
    return { class: found, places, because: { keys: [], factor: null } };
  };
  const rules = (given: Partial<DriftRules[keyof DriftRules]>): DriftRules => {
    const one = { action: 'case', toleranceUnits: 0, tolerancePercent: 0, ...given } as const;
    return { missing_post: one, late_order: one, double_post: one, wrong_location: one, unit_mix_up: one, unknown: one };
  };

  test('of itself only what is proven is corrected', () => {
    const actions = DRIFT_CLASSES.map((found) => `${found} ${actionFor(drift(found, at('dc', -1)), DEFAULT_RULES)}`);
    expect(actions).toEqual([
      'missing_post case',
      'late_order correct',
      'double_post case',
      'wrong_location case',
      'unit_mix_up case',
      'unknown case',
    ]);
  });

  test('a tolerance in units holds up to its edge, and at every place of it', () => {
    const two = rules({ toleranceUnits: 2 });
    expect(actionFor(drift('unknown', at('dc', -2)), two)).toBe('correct');
    expect(actionFor(drift('unknown', at('dc', -3)), two)).toBe('case');
    expect(actionFor(drift('wrong_location', at('dc', -2), at('store', 2)), two)).toBe('correct');
    expect(actionFor(drift('wrong_location', at('dc', -1), at('store', 3)), two)).toBe('case');
  });

  test('a tolerance in percent is of the larger number', () => {
    const ten = rules({ tolerancePercent: 10 });
    expect(actionFor(drift('unknown', at('dc', -10, 100)), ten)).toBe('correct');
    expect(actionFor(drift('unknown', at('dc', -11, 100)), ten)).toBe('case');
    expect(actionFor(drift('unknown', at('dc', 11, 99)), ten)).toBe('correct');
    expect(actionFor(drift('unknown', at('dc', -1, 1)), ten)).toBe('case');
  });

  test('where the ERP is wrong nothing is ever corrected here', () => {
    const all = rules({ action: 'correct', toleranceUnits: 1_000 });
    expect(actionFor(drift('missing_post', at('dc', 1)), all)).toBe('case');
    expect(actionFor(drift('double_post', at('dc', 1)), all)).toBe('case');
    expect(actionFor(drift('unknown', at('dc', 1)), all)).toBe('correct');
    expect(actionFor(drift('double_post', at('dc', 1)), rules({ action: 'ignore' }))).toBe('ignore');
  });
});
