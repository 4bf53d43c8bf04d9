// `npm run check`: format, lint, types, generated types, tests.
import { runStep, type Step } from './check/run-step.ts';
import { asked } from './command-line.ts';

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

const USAGE = `npm run check -- [--no-tests]
  looks at what CI looks at, and says of what is not well how to mend it.
    --no-tests  leaves the tests out`;
const withTests = asked(USAGE, { 'no-tests': { type: 'boolean', default: false } }, (values) => !values['no-tests']);

// They read the same files and write none, so they may run side by side.
const outcomes = await Promise.all(STATIC_STEPS.map((step) => runStep(step)));
if (withTests) outcomes.push(await runStep({ name: 'tests', command: ['vitest', 'run'], live: true }));

process.exitCode = outcomes.every(Boolean) ? 0 : 1;
