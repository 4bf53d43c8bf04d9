import { expect, test } from 'vitest';
import type { Measured } from './bill.ts';
import { asTable } from './print.ts';
import { reportOf, verdictsOn } from './report.ts';

const measured = (name: string, counts: Measured['counts']): Measured => ({
  name,
  unit: 'one',
  units: 1,
  counts,
  cpuMs: 0,
  notes: [],
});

test('a target is met up to its last cent and no further', () => {
  const life = (dollarsPerMillion: number) => verdictsOn([{ name: 'life: reserve, commit', dollarsPerMillion }]).at(-1);
  expect(life(9)).toMatchObject({ met: true, target: 9, naive: 31 });
  expect(life(9.01)).toMatchObject({ met: false });
});

test('a cached read is judged by the dearer cache and by how often the object is asked after all', () => {
  const rows = [
    { name: 'read, isolate memory', dollarsPerMillion: 0.3 },
    { name: 'read, colo cache', dollarsPerMillion: 0.31 },
    { name: 'read, object (strong)', dollarsPerMillion: 0.51 },
  ];
  expect(verdictsOn(rows).slice(0, 2)).toMatchObject([{ dollarsPerMillion: 0.33 }, { dollarsPerMillion: 0.312 }]);
});

test('what was not counted is no target met', () => {
  expect(verdictsOn([]).map(({ met }) => met)).toEqual([false, false, false]);
});

test('the table says where rows go, and what is not counted yet', () => {
  const workload = measured('life: reserve, commit', {
    'object row written|sku-stock INSERT journal_N': 2,
    'd1 row written|INSERT event': 1,
    'log line|all': 2,
  });
  const text = asTable({
    ...reportOf({ workloads: [workload], cron: measured('a minute', {}), turn: measured('a turn', {}) }),
    open: ['push of a file'],
  });
  expect(text).toContain('Rows written: sku-stock INSERT journal_N 2.00, D1 INSERT event 1.00.');
  expect(text).toMatch(
    /\| life: reserve, commit +\| 0\.00 +\| 0\.00 +\| 0\.00 +\| 3\.00 +\| 0\.00 +\| 0\.00 +\| 3\.00 +\| 1\.20 /,
  );
  expect(text).toMatch(/\| push of a file .*not counted yet/);
});
