import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { whole, WrongOption } from '../tools/command-line.ts';
import { PARTS } from './prove/parts.ts';
import { ROOT } from './source-files.ts';

const MEASUREMENTS = ['bench', 'cost', 'drain', 'feeds', 'tryton', 'flash-sale-simulation', 'staleness'];
const ENTRIES = [
  'tools/check.ts',
  'test/prove/run-prove.ts',
  ...PARTS.map(({ script }) => script),
  ...MEASUREMENTS.map((name) => `bench/${name}.ts`),
];

describe('every check, part of the proof and measurement says how it is called', () => {
  test.each(ENTRIES)('%s when it is asked', (script) => {
    const { status, stdout, stderr } = called(script, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^npm run [\w:-]+( -- \[.*)?\n/);
  });

  test.each(ENTRIES)('%s when an option is misspelt, and begins nothing', (script) => {
    const { status, stdout, stderr } = called(script, '--sedes', '3');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^Unknown option '--sedes'.*\n\nnpm run [\w:-]+( -- \[.*)?\n/);
  });
});

test('a part or a bug that is not there, and two that exclude each other, are named', () => {
  expect(called('test/prove/run-prove.ts', '--only', 'nothing').stderr).toMatch(/^There is no part nothing, but histories, /);
  expect(called('test/prove/run-prove.ts', '--only', 'fuzz', '--bugs').stderr).toMatch(/^--bugs is --only bugs/);
  expect(called('test/bugs/run-bugs.ts', '--only', 'nothing').stderr).toMatch(/^There is no bug nothing, but /);
});

test('nothing is measured for a file that cannot be written', () => {
  const { status, stdout, stderr } = called('bench/bench.ts', 'script', '--report', '/nowhere/report.json');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^--report: ENOENT/);
});

test('nothing is tried with a number that is none', () => {
  expect(['1', '20000'].map((text) => whole('seeds', text))).toEqual([1, 20_000]);
  expect(whole('seconds', '0', 0)).toBe(0);
  for (const text of ['', '0', '-3', '1.5', '1e3', '0x10', 'abc', ' 7', '9007199254740993'])
    expect(() => whole('seeds', text), text).toThrow(WrongOption);
});

function called(script: string, ...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, script), ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}
