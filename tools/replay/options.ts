import path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { ReplayStopped } from './replay-stopped.ts';

const USAGE = `Usage: npm run replay -- FILE.csv [flags]
  --url URL            where the front answers (http://127.0.0.1:8787)
  --erp-url URL        where its ERP answers (http://127.0.0.1:8788)
  --tryton FILE        its ERP is the Tryton of these credentials, as "npm run tryton" writes them
  --state DIR          where the front keeps its keys, and the replay its log (.holdfast)
  --keys FILE          the API keys (dev-keys.json of the state)
  --opening SHARE      stock to begin with, as a share of each code's demand (0.8), a quarter of it in the shop
  --issue-at WHEN      commit: carts end committed; fulfil: goods leave too. As the front was started (commit)
  --limit-days N       only the first N days of the file
  --until YYYY-MM-DD   only up to and including that day
  --concurrency N      carts and facts under way at once (8)
  --run NAME           the name of the run (made from the time)
  --resume             go on with that run, or with the last one, where it was stopped`;

const word = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');
const webAddress = z.url({ protocol: /^https?$/ });

const given = z
  .object({
    url: webAddress.optional(),
    'erp-url': webAddress.optional(),
    tryton: z.string().optional(),
    state: z.string().default('.holdfast'),
    keys: z.string().optional(),
    opening: z.coerce.number().min(0).max(1_000).default(0.8),
    'issue-at': z.enum(['commit', 'fulfil']).default('commit'),
    'limit-days': z.coerce.number().int().min(1).optional(),
    until: z.iso.date().optional(),
    // A cart of many lines is many calls inside the front, so a few carts keep a machine busy.
    concurrency: z.coerce.number().int().min(1).max(1_024).default(8),
    run: word.optional(),
    resume: z.boolean().default(false),
  })
  .refine(
    (options) => options.until === undefined || options['limit-days'] === undefined,
    '--until and --limit-days say the same twice',
  );

/** What decides the rows and their quantities is written down when a run starts, and read back when it is taken up again. */
const DECIDED_AT_START = ['opening', 'issue-at', 'limit-days', 'until'] as const;

export interface ReplayOptions {
  readonly file: string | null;
  /** Null: the address the run began with, or else the usual one. */
  readonly url: string | null;
  readonly erpUrl: string | null;
  /** Null: an ERP that speaks the generic contract. */
  readonly trytonFile: string | null;
  readonly stateDir: string;
  readonly keysFile: string;
  readonly opening: number;
  readonly issueAt: 'commit' | 'fulfil';
  readonly limitDays: number | null;
  readonly until: string | null;
  readonly concurrency: number;
  readonly run: string | null;
  readonly resume: boolean;
}

export function replayOptions(args: readonly string[]): ReplayOptions {
  const { values, positionals } = parsed(args);
  if (values.help === true || args.length === 0) throw new ReplayStopped(USAGE);
  const read = given.safeParse(values);
  if (!read.success) throw new ReplayStopped(`${z.prettifyError(read.error)}\n\n${USAGE}`);

  const options = read.data;
  const again = DECIDED_AT_START.filter((flag) => options.resume && values[flag] !== undefined);
  if (again.length > 0) throw new ReplayStopped(`--resume goes on as the run began, so it takes no --${again.join(', --')}.`);
  const [file = null, ...others] = positionals;
  if (others.length > 0 || (file === null && !options.resume)) throw new ReplayStopped(`One file to replay, please.\n\n${USAGE}`);

  const stateDir = path.resolve(options.state);
  return {
    file: file === null ? null : path.resolve(file),
    url: options.url ?? null,
    erpUrl: options['erp-url'] ?? null,
    trytonFile: options.tryton === undefined ? null : path.resolve(options.tryton),
    stateDir,
    keysFile: options.keys === undefined ? path.join(stateDir, 'dev-keys.json') : path.resolve(options.keys),
    opening: options.opening,
    issueAt: options['issue-at'],
    limitDays: options['limit-days'] ?? null,
    until: options.until ?? null,
    concurrency: options.concurrency,
    run: options.run ?? null,
    resume: options.resume,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: text,
        'erp-url': text,
        tryton: text,
        state: text,
        keys: text,
        opening: text,
        'issue-at': text,
        'limit-days': text,
        until: text,
        concurrency: text,
        run: text,
        resume: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new ReplayStopped(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
