// `npm run check`: format, lint, types, generated types, tests; `--no-tests` leaves the last out.
import { parseArgs } from 'node:util';
import { runStep, type Step } from './check/run-step.ts';

const PROJECTS = ['domain', 'tsconfig.worker.json', 'tsconfig.node.json', 'tsconfig.test.json', 'test/workerd'];

const STATIC_STEPS: readonly Step[] = [
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'], remedy: 'npm run format' },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  ...PROJECTS.map((project) => ({ name: `types of ${project}`, command: ['tsc', '-p', project] })),
  {
    name: 'generated types are current',
    command: ['wrangler', 'types', '--check', '--include-runtime=false', '--strict-vars=false'],
    remedy: 'npm run types',
  },
];

const { values } = parseArgs({ options: { 'no-tests': { type: 'boolean', default: false } } });

// They read the same files and write none, so they may run side by side.
const outcomes = await Promise.all(STATIC_STEPS.map((step) => runStep(step)));
if (!values['no-tests']) outcomes.push(await runStep({ name: 'tests', command: ['vitest', 'run'], live: true }));

process.exitCode = outcomes.every(Boolean) ? 0 : 1;
