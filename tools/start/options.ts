import path from 'node:path';
import { parseArgs } from 'node:util';
import { StartRefused } from './start-refused.ts';

const SEEDS = ['demo', 'none'] as const;
/** Besides the reference ERP, which comes along. */
const ERPS = ['http', 'odoo', 'tryton'] as const;
const ISSUE_AT = ['commit', 'fulfil', 'both'] as const;

export interface StartOptions {
  readonly port: number;
  readonly erpPort: number;
  readonly state: string;
  readonly seed: (typeof SEEDS)[number];
  readonly fresh: boolean;
  readonly issueAt: (typeof ISSUE_AT)[number];
  readonly erpFaults: boolean;
  /** null: the reference ERP, started along with the front. */
  readonly erp: OtherErp | null;
}

/** An ERP that runs elsewhere. What lets us in is a secret, so it comes by the environment and not by a flag. */
export interface OtherErp {
  readonly adapter: (typeof ERPS)[number];
  readonly url: string;
  /** JSON. */
  readonly options: string;
  readonly token: string;
}

const USAGE = `Usage: npm start -- [flags]
  --port N            where Holdfast answers (8787; 0 takes any free port)
  --erp-port N        where the reference ERP answers (8788)
  --state DIR         where everything is kept (.holdfast)
  --seed demo|none    a small catalogue on the first run, or nothing (demo; none with --erp)
  --fresh             forget the state and begin anew
  --issue-at WHEN     what the ERP is told: commit, fulfil or both (commit)
  --erp-faults        open the reference ERP's fault switches
  --erp ADAPTER       ${ERPS.join(', ')}: instead of the reference ERP, the one at --erp-url
  --erp-url URL       where that one answers
  --erp-options JSON  what its adapter wants to know besides ({})
                      its token or password is read from the variable ERP_TOKEN`;

export function startOptions(args: readonly string[], environment: NodeJS.ProcessEnv = process.env): StartOptions {
  const values = parsed(args);
  if (values.help) throw new StartRefused(USAGE);
  return {
    port: portNumber('--port', values.port),
    erpPort: portNumber('--erp-port', values['erp-port']),
    state: path.resolve(values.state),
    seed: oneOf('--seed', SEEDS, values.seed ?? (values.erp === undefined ? 'demo' : 'none')),
    fresh: values.fresh,
    issueAt: oneOf('--issue-at', ISSUE_AT, values['issue-at']),
    erpFaults: values['erp-faults'],
    erp: values.erp === undefined ? null : otherErp(values.erp, values, environment),
  };
}

function otherErp(
  adapter: string,
  given: { readonly 'erp-url'?: string | undefined; readonly 'erp-options': string },
  { ERP_TOKEN: token }: NodeJS.ProcessEnv,
): OtherErp {
  const url = given['erp-url'];
  if (url === undefined || !URL.canParse(url)) throw new StartRefused(`--erp needs the ERP's address: --erp-url.\n\n${USAGE}`);
  if (token === undefined || token === '')
    throw new StartRefused(`--erp needs what lets us in, in the variable ERP_TOKEN.\n\n${USAGE}`);
  const options = given['erp-options'];
  try {
    JSON.parse(options);
  } catch {
    throw new StartRefused(`--erp-options must be JSON, not "${options}".\n\n${USAGE}`);
  }
  return { adapter: oneOf('--erp', ERPS, adapter), url, options, token };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '8787' },
        'erp-port': { type: 'string', default: '8788' },
        state: { type: 'string', default: '.holdfast' },
        seed: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        'issue-at': { type: 'string', default: 'commit' },
        'erp-faults': { type: 'boolean', default: false },
        erp: { type: 'string' },
        'erp-url': { type: 'string' },
        'erp-options': { type: 'string', default: '{}' },
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
