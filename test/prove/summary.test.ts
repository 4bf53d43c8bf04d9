import { describe, expect, test } from 'vitest';
import { addUp, type Proof } from './add-up.ts';
import { jobsOf } from './jobs.ts';
import type { PartReport } from './part.ts';
import type { Asked, Part } from './parts.ts';
import type { Ran } from './run-job.ts';
import { summary } from './summary.ts';

const ASKED: Asked = { form: 'quick', seed: 7, seeds: null };
const SIMULATION: Part = {
  name: 'simulation',
  script: 'run-simulation.ts',
  counts: ['seeds', 'steps'],
  processes: () => [1, 2].map((from) => ({ args: ['--from', String(from)], cores: 1, secondsMax: 60 })),
};
const FUZZ: Part = {
  name: 'fuzz',
  script: 'run-fuzz.ts',
  counts: ['fuzz_requests'],
  processes: () => [{ args: [], cores: 2, secondsMax: 60 }],
};
const GOOD: readonly Partial<PartReport>[] = [
  { counted: { seeds: 3, steps: 4_000, lost: 0 }, faults: { 'reply lost': 2 }, reached: { re_take: 0, tombstone: 4 } },
  { counted: { seeds: 4, steps: 5_000, lost: 0 }, faults: { replyLost: 5 }, reached: { re_take: 1, tombstone: 0 } },
];

describe('processes of one part are added up', () => {
  test('counts, faults and rare states', () => {
    const [simulation] = proofOf(GOOD).parts;
    expect(simulation).toMatchObject({
      counted: { seeds: 7, steps: 9_000, lost: 0 },
      faults: { 'reply lost': 2, replyLost: 5 },
      reached: { re_take: 1, tombstone: 4 },
      seconds: 20,
    });
  });

  test('what no process counted is a failure', () => {
    expect(proofOf(GOOD.map((report) => ({ ...report, counted: { seeds: 3 } }))).failures).toEqual([
      { what: 'simulation counted no steps', again: 'npm run prove -- --only simulation --seed 7 --quick' },
    ]);
  });

  test('a rare state that none of them met is a failure, and named', () => {
    const proof = proofOf(GOOD.map((report) => ({ ...report, reached: { ...report.reached, re_take: 0 } })));
    expect(proof.failures.map(({ what }) => what)).toEqual(['simulation never met: re_take']);
  });

  test('what happens in real time must meet all that is rare only where it has the time', () => {
    const ran = jobsOf([SIMULATION], ASKED).map((job): Ran => {
      const report = { part: job.part, counted: { seeds: 1, steps: 1 }, faults: {}, reached: { re_take: 0 }, failures: [] };
      return { job, seconds: 1, report, failures: [] };
    });
    const inRealTime: Part = { ...SIMULATION, inRealTime: true };
    const failuresIn = (form: Asked['form']) => addUp([inRealTime], [], ran, { ...ASKED, form }).failures.map(({ what }) => what);
    expect([failuresIn('quick'), failuresIn('full')]).toEqual([[], ['simulation never met: re_take']]);
  });

  test('an effect that was lost is a failure, even if its part does not complain', () => {
    const proof = proofOf([{ ...GOOD[0], counted: { seeds: 3, steps: 1, lost: 2 } }, ...GOOD.slice(1)]);
    expect(proof.failures.map(({ what }) => what)).toEqual(['simulation: 2 lost']);
  });

  test('a process that was never begun is a failure', () => {
    const [job] = jobsOf([SIMULATION], ASKED);
    const stopped = { ...ASKED, stopped: 'the time was over' };
    const { failures } = addUp([SIMULATION], job === undefined ? [] : [job], [], stopped);
    expect(failures.map(({ what }) => what)).toEqual(['simulation 1/2 was not begun: the time was over']);
  });

  test('a part that died is told once, not again for each thing that it did not count', () => {
    const jobs = jobsOf([SIMULATION], ASKED);
    const died = { what: 'simulation 1/2 ended with 1', again: 'again' };
    const ran = jobs.map((job, index): Ran => ({ job, seconds: 1, report: null, failures: index === 0 ? [died] : [] }));
    expect(addUp([SIMULATION], jobs, ran, ASKED).failures).toEqual([died]);
  });

  test('a part that nobody asked of any process counted nothing', () => {
    expect(addUp([FUZZ], [], [], ASKED).failures.map(({ what }) => what)).toEqual(['fuzz counted no fuzz requests']);
  });
});

describe('the summary', () => {
  const circumstances = { title: 'Proof of Holdfast, seed 7', seconds: 12 };

  test('names seeds, steps, faults, rare states and seconds, and ends with what is proven', () => {
    expect(summary(proofOf(GOOD), circumstances)).toBe(
      [
        'Proof of Holdfast, seed 7',
        '',
        '  seeds of the simulation                              7',
        '  steps of it, with all invariants checked         9,000',
        '  of these lost                                        0',
        '',
        'Faults:',
        '  reply lost 7',
        '',
        'Rare states met, 2 of 2:',
        '  simulation: tombstone 4 · re_take 1',
        '',
        'Seconds: simulation 20; 12 in all',
        '',
        'Proven: simulation found nothing; 2 rare states met.',
      ].join('\n'),
    );
  });

  test('ends with each failure and the command that repeats it', () => {
    const failures = [{ what: 'I1 in step 3', again: 'npm run simulate -- --seed 3' }];
    const text = summary(proofOf([{ ...GOOD[0], failures }, ...GOOD.slice(1)]), circumstances);
    expect(text).toContain('NOT proven, for 1 reason:\n\n- I1 in step 3\n  Again: npm run simulate -- --seed 3');
    expect(text).not.toContain('Proven:');
  });

  test('of many failures of one process it tells the first, and how many more there are', () => {
    const failures = Array.from({ length: 40 }, (_, seed) => ({ what: `I1 in seed ${seed}`, again: `again ${seed}` }));
    const proof = proofOf([{ ...GOOD[0], failures }, ...GOOD.slice(1)]);
    expect(proof.failures.map(({ what }) => what)).toEqual([
      ...failures.slice(0, 5).map(({ what }) => what),
      'simulation 1/2 found 35 more',
    ]);
  });

  test('shows the table that a part brings', () => {
    const table = [
      ['bug', 'caught by'],
      ['no-tombstone', 'simulation'],
    ];
    expect(summary(proofOf([{ ...GOOD[0], table }, ...GOOD.slice(1)]), circumstances)).toContain(
      'simulation:\n  bug           caught by\n  no-tombstone  simulation\n',
    );
  });
});

function proofOf(reports: readonly Partial<PartReport>[]): Proof {
  const jobs = jobsOf([SIMULATION], ASKED);
  const ran = jobs.map((job, index): Ran => {
    const report = { part: job.part, counted: {}, faults: {}, reached: {}, failures: [], ...reports[index] };
    return { job, seconds: 10, report, failures: [] };
  });
  return addUp([SIMULATION], jobs, ran, ASKED);
}
