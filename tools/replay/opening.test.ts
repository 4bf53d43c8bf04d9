import { expect, test } from 'vitest';
import { sku } from '../../contracts/names.ts';
import { openingBalances } from './opening.ts';

const TEA = sku.parse('TEA');
const JAM = sku.parse('JAM');

test('stock opens with its share of the demand of all lines together, rounded up', () => {
  const sales = [
    { sku: TEA, quantity: 6 },
    { sku: JAM, quantity: 1 },
    { sku: TEA, quantity: 5 },
  ];
  expect(openingBalances(sales, 0.8)).toEqual(
    new Map([
      [TEA, 9],
      [JAM, 1],
    ]),
  );
});

test('a share that the machine cannot write down rounds as a person would', () => {
  expect(openingBalances([{ sku: TEA, quantity: 30 }], 0.1).get(TEA)).toBe(3);
});

test('no share, no stock', () => {
  expect(openingBalances([{ sku: TEA, quantity: 30 }], 0).get(TEA)).toBe(0);
});
