import { describe, expect, test } from 'vitest';
import { DEFAULTS, type SimulationOptions } from './options.ts';
import { report, whatIsWrong } from './report.ts';
import { simulate } from './simulate.ts';

/** The same sale with fewer buyers, who are in more of a hurry. */
const SMALL: SimulationOptions = { ...DEFAULTS, buyers: 20_000, units: 500, arrivalMs: 1_000, patienceMs: 30_000 };

describe('a simulated flash sale', () => {
  test.each([1, 2, 3])('seed %i: every unit is sold once, and every buyer has an answer', (seed) => {
    const sale = simulate({ ...SMALL, seed });
    expect(whatIsWrong(sale)).toEqual([]);
    expect(sale.sold).toBe(SMALL.units);
    expect(sale.measures.abandoned).toBeGreaterThan(0);
    expect(sale.object.counts.granted).toBe(SMALL.units + sale.measures.abandoned);
  });

  test('of the same seed is the same sale, of another seed another one', () => {
    const text = report(simulate(SMALL));
    expect(report(simulate(SMALL))).toBe(text);
    expect(report(simulate({ ...SMALL, seed: 7 }))).not.toBe(text);
  });

  test('of more units than buyers leaves the rest', () => {
    const sale = simulate({ ...SMALL, buyers: 300, units: 500, abandonPercent: 0 });
    expect(whatIsWrong(sale)).toEqual([]);
    expect([sale.sold, sale.object.availableNow()]).toEqual([300, 200]);
  });

  test('whose answers get lost sells nobody a second unit', () => {
    const sale = simulate({ ...SMALL, abandonPercent: 0, lostPercent: 30 });
    expect(sale.object.counts.repeated).toBeGreaterThan(0);
    expect(whatIsWrong(sale)).toEqual([]);
  });

  test('has far fewer refusals at the object where the edge may refuse', () => {
    const [hinted, plain] = [true, false].map((hint) => simulate({ ...SMALL, arrivalMs: 5_000, hint }));
    expect(plain?.measures.endings.hint).toBe(0);
    expect(hinted?.object.counts.insufficient).toBeLessThan((plain?.object.counts.insufficient ?? 0) * 0.6);
  });

  test('keeps the crowd from the object where an isolate has few reserves under way, and still sells all', () => {
    const crowd = { ...SMALL, buyers: 60_000, abandonPercent: 0 };
    const [free, few] = [null, 2].map((atOncePerIsolate) => simulate({ ...crowd, atOncePerIsolate }));
    expect(free?.object.counts.refusedByRuntime).toBeGreaterThan(0);
    expect(few?.object.counts.refusedByRuntime).toBeLessThan((free?.object.counts.refusedByRuntime ?? 0) / 10);
    expect(few && whatIsWrong(few)).toEqual([]);
  });

  test('sheds early where more wait for a slow disk than the object lets wait', () => {
    const rush = { ...SMALL, arrivalMs: 1, decidingMs: 300, hint: false, abandonPercent: 0 };
    const sale = simulate({ ...rush, callsWaitingMax: 1_000_000, receiveMs: 0.01, snapshotMs: 0.01, commitMs: 500 });
    expect(sale.object.counts.shed).toBeGreaterThan(0);
    expect(sale.object.waitingMax).toBe(4_000);
    expect(whatIsWrong(sale)).toEqual([]);
  });
});

describe('what is wrong is said:', () => {
  const sale = simulate({ ...SMALL, buyers: 100, units: 10 });

  test.each([
    ['a unit too many', { sold: 11 }, '1 units oversold'],
    ['a unit too few', { sold: 9 }, '1 units were not sold'],
    ['a unit that only one side knows of', { unlike: 1 }, '1 units differ'],
    ['a buyer without an answer', { options: { ...sale.options, buyers: 101 } }, '1 buyers never had an answer'],
  ])('%s', (_, other, sentence) => {
    expect(whatIsWrong(sale)).toEqual([]);
    expect(whatIsWrong({ ...sale, ...other }).join('; ')).toContain(sentence);
  });
});
