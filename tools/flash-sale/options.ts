import path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { ReplayStopped } from '../replay/replay-stopped.ts';

const USAGE = `Usage: npm run flash-sale -- [flags]
  --buyers N           who want a unit each (5,000)
  --units M            units for sale (200)
  --abandon PERCENT    buyers who get a unit and do not pay: half give it back, half let it lapse (0)
  --caps               one unit for each buyer, and every tenth tries to get another
  --pin                pin before paying, so that no deadline can take the unit away meanwhile
  --hint               the channel tells buyers at the edge that all is sold, as long as the sale lasts
  --connections N      calls under way at once (64)
  --own                a front of its own on free ports, stopped and forgotten at the end; also where none runs
  --state DIR          where a front started by "npm start" keeps its keys (.holdfast)
  --front URL          another front, with --admin-key KEY and --sales-key KEY
  --erp-url URL        where its ERP answers, with --erp-token TOKEN; without them the ERP's books are not looked at
  --issue-at WHEN      commit or fulfil, as the front was started (commit)`;

const webAddress = z.url({ protocol: /^https?$/ });
const count = (max: number) => z.coerce.number().int().min(1).max(max);

const given = z
  .object({
    // What is kept of a buyer is a few numbers, so this is a matter of time rather than of memory.
    buyers: count(1_000_000).default(5_000),
    units: count(1_000_000).default(200),
    abandon: z.coerce.number().int().min(0).max(100).default(0),
    caps: z.boolean().default(false),
    pin: z.boolean().default(false),
    hint: z.boolean().default(false),
    connections: count(1_024).default(64),
    own: z.boolean().default(false),
    state: z.string().default('.holdfast'),
    front: webAddress.optional(),
    'admin-key': z.string().optional(),
    'sales-key': z.string().optional(),
    'erp-url': webAddress.optional(),
    'erp-token': z.string().optional(),
    'issue-at': z.enum(['commit', 'fulfil']).default('commit'),
  })
  .refine((options) => !(options.own && options.front !== undefined), '--own and --front are two different fronts')
  .refine((options) => allOrNone(options, ['front', 'admin-key', 'sales-key']), '--front needs --admin-key and --sales-key')
  .refine((options) => allOrNone(options, ['erp-url', 'erp-token']), '--erp-url needs --erp-token')
  .refine((options) => options['erp-url'] === undefined || options.front !== undefined, '--erp-url is the ERP of --front');

/** Who buys what, and how. */
export interface SaleOptions {
  readonly buyers: number;
  readonly units: number;
  readonly abandonPercent: number;
  readonly caps: boolean;
  readonly pin: boolean;
  /** Whether the edge may tell buyers that all is sold. */
  readonly hint: boolean;
  readonly connections: number;
  readonly issueAt: 'commit' | 'fulfil';
}

/** Where it is bought. */
export type Where =
  | { readonly at: 'state'; readonly stateDir: string }
  | { readonly at: 'own' }
  | {
      readonly at: 'front';
      readonly url: string;
      readonly keys: { readonly admin: string; readonly sales: string };
      readonly erp: { readonly url: string; readonly token: string } | null;
    };

export interface FlashSaleOptions extends SaleOptions {
  readonly where: Where;
}

export function flashSaleOptions(args: readonly string[]): FlashSaleOptions {
  const values = parsed(args);
  if (values.help === true) throw new ReplayStopped(USAGE);
  const read = given.safeParse(values);
  if (!read.success) throw new ReplayStopped(`${z.prettifyError(read.error)}\n\n${USAGE}`);

  const { buyers, units, abandon: abandonPercent, caps, pin, hint, connections, 'issue-at': issueAt } = read.data;
  return { buyers, units, abandonPercent, caps, pin, hint, connections, issueAt, where: whereOf(read.data) };
}

function whereOf(options: z.output<typeof given>): Where {
  const { front: url, 'admin-key': admin, 'sales-key': sales, 'erp-url': erpUrl, 'erp-token': token } = options;
  if (url !== undefined && admin !== undefined && sales !== undefined) {
    const erp = erpUrl === undefined || token === undefined ? null : { url: erpUrl, token };
    return { at: 'front', url, keys: { admin, sales }, erp };
  }
  return options.own ? { at: 'own' } : { at: 'state', stateDir: path.resolve(options.state) };
}

function allOrNone<Options>(options: Options, names: readonly (keyof Options)[]): boolean {
  const said = names.filter((name) => options[name] !== undefined);
  return said.length === 0 || said.length === names.length;
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        buyers: text,
        units: text,
        abandon: text,
        caps: flag,
        pin: flag,
        hint: flag,
        connections: text,
        own: flag,
        state: text,
        front: text,
        'admin-key': text,
        'sales-key': text,
        'erp-url': text,
        'erp-token': text,
        'issue-at': text,
        help: flag,
      },
    }).values;
  } catch (error) {
    throw new ReplayStopped(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
