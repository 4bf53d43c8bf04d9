// Puts each bug of the catalogue into a copy of the tree and runs the check that ought to notice it.
import { availableParallelism } from 'node:os';
import type { Started } from '../prove/child.ts';
import { asked, whole, WrongOption } from '../../tools/command-line.ts';
import { writeReport, type Failure } from '../prove/part.ts';
import type { Bug, Check, Layer } from './bug.ts';
import { CATALOGUE, SAMPLE } from './catalogue.ts';
import { runCheck, type Verdict } from './run-check.ts';
import { ScratchTree } from './scratch-tree.ts';

const AT_ONCE_MAX = 4;

const USAGE = `npm run bugs -- [--only id,id | --sample] [--at-once 4] [--report FILE]
  puts each bug of the catalogue into a copy of the tree and runs the check that ought to notice it. It ends with 1 if one is not
  caught, or if a check fails without any bug.
    --only id,id   these bugs alone
    --sample       those of the short form of the proof
    --at-once 4    so many copies of the tree at a time
    --report FILE  writes down what was found, as JSON`;

const SLOW_FIRST: readonly Layer[] = [
  'histories',
  'simulation',
  'real runtime',
  'fuzz',
  'ledger simulation',
  'cart simulation',
  'naive model',
  'contract suite',
  'stories',
];

/** null: the tree as it is, which must pass. */
interface Task {
  readonly bug: Bug | null;
  readonly check: Check;
}

async function main(): Promise<void> {
  const { bugs, atOnce, report } = asked(
    USAGE,
    {
      only: { type: 'string' },
      sample: { type: 'boolean', default: false },
      'at-once': { type: 'string', default: String(Math.min(AT_ONCE_MAX, availableParallelism())) },
      report: { type: 'string' },
    },
    (values) => ({
      bugs: chosen(values.only?.split(',') ?? (values.sample ? SAMPLE : null)),
      atOnce: whole('at-once', values['at-once']),
      report: values.report,
    }),
  );
  const tasks = [...withoutBug(bugs), ...bugs.map((bug): Task => ({ bug, check: bug.caughtBy }))].sort(byPatience);
  const verdicts = await inTrees(tasks, atOnce);

  const failures: Failure[] = [];
  const table: string[][] = [['bug', 'breaks', 'layer', 'caught by', 'seconds']];
  let caught = 0;
  for (const [{ bug, check }, { outcome, by, seconds }] of verdicts) {
    if (bug === null) {
      if (outcome !== 'passed') failures.push({ what: `without any bug, it is ${outcome}: ${by}`, again: typed(check) });
      continue;
    }
    if (outcome === 'caught') caught += 1;
    else
      failures.push({
        what: `${bug.id} (${bug.rule}) is not caught by ${check.layer}: ${outcome} ${by}`,
        again: `npm run bugs -- --only ${bug.id}`,
      });
    table.push([bug.id, bug.rule, check.layer, outcome === 'caught' ? by : `NOT CAUGHT (${outcome})`, seconds.toFixed(1)]);
  }
  for (const { what, again } of failures) console.error(`\n${what}\nAgain: ${again}`);
  console.log(`${caught} of ${bugs.length} caught`);
  const counted = { bugs: bugs.length, bugs_caught: caught };
  await writeReport(report, { part: 'bugs', counted, faults: {}, reached: {}, failures, table });
}

function chosen(ids: readonly string[] | null): readonly Bug[] {
  if (ids === null) return CATALOGUE;
  return ids.map((id) => {
    const bug = CATALOGUE.find((one) => one.id === id);
    if (bug === undefined) throw new WrongOption(`There is no bug ${id}, but ${CATALOGUE.map((one) => one.id).join(', ')}`);
    return bug;
  });
}

/** As a person types it at the root of the tree. */
function typed({ command, env = {} }: Check): string {
  const surroundings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [...surroundings, 'npx', ...(command[0] === 'vitest' ? [] : ['node']), ...command].join(' ');
}

/** A check that fails without a bug catches nothing. */
function withoutBug(bugs: readonly Bug[]): readonly Task[] {
  const checks = new Map(bugs.map(({ caughtBy }) => [JSON.stringify(caughtBy), caughtBy]));
  return [...checks.values()].map((check) => ({ bug: null, check }));
}

/** What takes longest begins first, so that nothing long is left for the end. */
function byPatience(a: Task, b: Task): number {
  return SLOW_FIRST.indexOf(a.check.layer) - SLOW_FIRST.indexOf(b.check.layer);
}

/** Each copy of the tree has one task at a time. */
async function inTrees(tasks: readonly Task[], atOnce: number): Promise<ReadonlyMap<Task, Verdict>> {
  const verdicts = new Map<Task, Verdict>();
  const running = new Set<Started>();
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stopped = true;
      for (const one of running) one.stop();
    });
  }
  const rest = tasks.values();
  const work = async (): Promise<void> => {
    const tree = await ScratchTree.copied();
    try {
      for (const task of rest) {
        if (stopped) return;
        const check = async (): Promise<Verdict> => {
          let mine: Started | undefined;
          const found = await runCheck(task.check, tree, (started) => running.add((mine = started)));
          if (mine !== undefined) running.delete(mine);
          return found;
        };
        // One that the code has outgrown is told, and stops none of the others.
        const verdict = await tree.with(task.bug, check).catch((error: unknown): Verdict => {
          return { outcome: 'broken', by: String(error), seconds: 0 };
        });
        verdicts.set(task, verdict);
        const what = task.bug?.id ?? `no bug, ${task.check.layer}`;
        console.log(
          `${verdicts.size}/${tasks.length} ${what}: ${verdict.outcome}, ${verdict.by} (${verdict.seconds.toFixed(1)} s)`,
        );
      }
    } finally {
      await tree.remove();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, tasks.length) }, work));
  return new Map(
    tasks
      .flatMap((task) => [[task, verdicts.get(task)] as const])
      .filter((one): one is readonly [Task, Verdict] => one[1] !== undefined),
  );
}

await main();
