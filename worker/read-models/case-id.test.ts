import { expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import { caseIdOf, objectCaseOf, readModelCaseId } from './case-id.ts';

test.each(['TEA-1', 'Tee & Co. #3', '茶/一'])('the case of %s finds its object again', (sku) => {
  expect(objectCaseOf(caseIdOf(sku as Sku, 12))).toEqual({ sku, number: 12 });
});

test.each(['', '.', 'VEVB', 'VEVB.', 'VEVB.0', 'VEVB.012', 'VEVB.1.2', '.1', 'a=b.1'])('%j names no case of an object', (id) => {
  expect(objectCaseOf(id)).toBeNull();
});

test('a case of the read models never looks like one of an object', () => {
  expect(objectCaseOf(readModelCaseId('code_unknown', 'item~A.1'))).toBeNull();
});
