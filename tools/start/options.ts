import path from 'node:path';
import { parseArgs } from 'node:util';
import { StartRefused } from './start-refused.ts';

const SEEDS = ['demo', 'none'] as const;
const ISSUE_AT = ['commit', 'fulfil', 'both'] as const;

export interface StartOptions {
  readonly port: number;
  readonly erpPort: number;
  readonly state: string;
  readonly seed: (typeof SEEDS)[number];
  readonly fresh: boolean;
  readonly issueAt: (typeof ISSUE_AT)[number];
  readonly erpFaults: boolean;
}

const USAGE = `Usage: npm start -- [flags]
  --port N            where Holdfast answers (8787; 0 takes any free port)
  --erp-port N        where the reference ERP answers (8788)
  --state DIR         where everything is kept (.holdfast)
  --seed demo|none    a small catalogue on the first run, or nothing (demo)
  --fresh             forget the state and begin anew
  --issue-at WHEN     what the ERP is told: commit, fulfil or both (commit)
  --erp-faults        open the reference ERP's fault switches`;

export function startOptions(args: readonly string[]): StartOptions {
  const values = parsed(args);
  if (values.help) throw new StartRefused(USAGE);
  return {
    port: portNumber('--port', values.port),
    erpPort: portNumber('--erp-port', values['erp-port']),
    state: path.resolve(values.state),
    seed: oneOf('--seed', SEEDS, values.seed),
    fresh: values.fresh,
    issueAt: oneOf('--issue-at', ISSUE_AT, values['issue-at']),
    erpFaults: values['erp-faults'],
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '8787' },
        'erp-port': { type: 'string', default: '8788' },
        state: { type: 'string', default: '.holdfast' },
        seed: { type: 'string', default: 'demo' },
        fresh: { type: 'boolean', default: false },
        'issue-at': { type: 'string', default: 'commit' },
        'erp-faults': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new StartRefused(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function portNumber(flag: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new StartRefused(`${flag} must be a number from 0 to 65535, not "${text}".\n\n${USAGE}`);
  return port;
}

function oneOf<const Words extends readonly string[]>(flag: string, words: Words, text: string): Words[number] {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw new StartRefused(`${flag} must be ${words.join(' or ')}, not "${text}".\n\n${USAGE}`);
  return word;
}
