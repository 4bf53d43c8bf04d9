import { percentile } from './percentile.ts';
import { ofType, type CartFinished, type LogEntry } from './run-log.ts';
import { SALES_CHANNELS } from './sales-network.ts';
import { sum } from './sum.ts';
import { countsOf, type Cells } from './table.ts';

/** How the carts of a run fared. */
export function cartFigures(log: readonly LogEntry[]): Cells[] {
  const carts = ofType(log, 'cart');
  const invoices = new Set(carts.map(({ invoice }) => invoice)).size;
  const lines = carts.map(({ rows }) => rows.length);
  const sold = carts.filter(({ granted }) => granted !== 'nothing');
  const parcels = sold.map((cart) => cart.parcels).toSorted((left, right) => left - right);
  return [
    ['carts', carts.length, `of ${invoices} invoices, ${carts.length - invoices} more for those longer than a cart may be`],
    ['  accepted whole', ofGrant(carts, 'whole').length, ''],
    ['  accepted in part', ofGrant(carts, 'part').length, ''],
    ['  refused', ofGrant(carts, 'nothing').length, ''],
    ...SALES_CHANNELS.map((channel) => channelFigure(channel, carts)),
    ['lines per cart', percentile(lines, 0.5) ?? 0, `in the middle, ${percentile(lines, 1) ?? 0} at most`],
    ['parcels per cart', percentile(parcels, 0.5) ?? 0, `in the middle: ${countsOf(parcels.map((count) => `${count}`))}`],
    ...largestFigure(carts),
  ];
}

function channelFigure(channel: CartFinished['channel'], carts: readonly CartFinished[]): Cells {
  const own = carts.filter((cart) => cart.channel === channel);
  const lines = sum(own.map(({ rows }) => rows.length));
  const [whole, part, nothing] = (['whole', 'part', 'nothing'] as const).map((granted) => ofGrant(own, granted).length);
  return [`  on ${channel}`, own.length, `${lines} lines; ${whole} whole, ${part} in part, ${nothing} refused`];
}

/** The time of each step of the cart with most lines, the first such one of which any time was taken. */
function largestFigure(carts: readonly CartFinished[]): Cells[] {
  const timed = carts.filter(({ tookMs }) => Object.keys(tookMs).length > 0);
  const [largest] = timed.toSorted((left, right) => right.rows.length - left.rows.length);
  if (largest === undefined) return [];
  const { invoice, channel, granted, rows, tookMs } = largest;
  const steps = Object.entries(tookMs).map(([step, ms]) => `${step} ${ms} ms`);
  return [['largest cart', rows.length, `lines, invoice ${invoice} on ${channel}, granted ${granted}: ${steps.join(', ')}`]];
}

function ofGrant(carts: readonly CartFinished[], granted: CartFinished['granted']): readonly CartFinished[] {
  return carts.filter((cart) => cart.granted === granted);
}
