import type { ReservationReply } from '../../contracts/reservations.ts';
import type { Problem } from './ask.ts';
import type { Cart } from './carts.ts';
import type { Asking } from './sales-network.ts';

/** What a reply about a cart has to say after a step. */
export interface Expected {
  readonly status: ReservationReply['status'];
  /** What each line was granted before; null: this is the grant. */
  readonly reserved: readonly number[] | null;
}

/** What a reply says that cannot be true of the cart that was sent, or breaks the sums of units (I3). */
export function whatContradicts(cart: Cart, asking: Asking, reply: ReservationReply, expected: Expected): string[] {
  const says = [
    ...(reply.status === expected.status ? [] : [`is ${reply.status}, not ${expected.status}`]),
    ...(reply.channel === cart.channel ? [] : [`was reserved on ${reply.channel}, not ${cart.channel}`]),
    ...((reply.buyer === null) === (cart.buyer === null) ? [] : ['has a buyer that was not sent, or lost its own']),
    ...(reply.lines.length === cart.lines.length ? [] : [`has ${reply.lines.length} lines, not ${cart.lines.length}`]),
    ...cart.lines.flatMap(({ row, quantity }, index) => {
      const line = reply.lines[index];
      if (line === undefined) return [];
      const sent = { line: index + 1, sku: row.stock_code, quantity };
      return lineContradicts(sent, asking, line, expected).map((what) => `line ${line.line} (${line.sku}) ${what}`);
    }),
  ];
  return says.map((what) => `reservation ${reply.id} ${what}`);
}

type Line = ReservationReply['lines'][number];

function lineContradicts(sent: Wish, { mode, at }: Asking, line: Line, { status, reserved }: Expected): string[] {
  const before = reserved === null ? (mode === 'partial' ? null : sent.quantity) : (reserved[sent.line - 1] ?? 0);
  const toFulfil = line.committed - line.fulfilled - line.cancelled;
  const placed = line.allocations.reduce((sum, { quantity }) => sum + quantity, 0);
  const elsewhere = line.allocations.filter(({ location }) => at !== null && location !== at);
  const promised = status === 'active' || status === 'pinned' ? line.open : line.committed;
  return [
    ...(line.line === sent.line && line.sku === sent.sku && line.quantity === sent.quantity
      ? []
      : [`is not line ${sent.line}, ${sent.quantity} × ${sent.sku}`]),
    ...(line.reserved === line.open + line.committed + line.released + line.expired
      ? []
      : ['granted another number than the sum of what became of it']),
    ...(line.reserved <= line.quantity ? [] : ['granted more than was asked for']),
    ...(before === null || line.reserved === before ? [] : [`granted ${line.reserved}, not ${before}`]),
    ...(promised === line.reserved ? [] : [`has ${promised} of ${line.reserved} granted units ${status}`]),
    ...(placed + line.backordered === line.open + toFulfil
      ? []
      : [`has ${placed} units placed and owes ${line.open + toFulfil}`]),
    ...elsewhere.map(({ location }) => `was taken at ${location}, not at ${at ?? ''}`),
  ];
}

export interface Wish {
  readonly line: number;
  readonly sku: string;
  readonly quantity: number;
}

/** Why a refusal of these wishes is not explained by stock. Where `all` had to be gone, one line that could be had is one too many. */
export function whyUnexplained(at: string, wishes: readonly Wish[], { code, lines = [] }: Problem, all = false): string[] {
  if (code !== 'insufficient_stock') return [`refused at ${at} with ${code}`];
  const missing = wishes.filter(({ line }) => lines.every((short) => short.line !== line));
  return [
    ...(lines.length > 0 ? [] : [`refused at ${at}, and no line is short`]),
    ...(all ? missing.map(({ line, sku }) => `refused at ${at}, and line ${line} (${sku}) is not short`) : []),
    ...lines.flatMap(({ line, sku, requested, available }) => {
      const wish = wishes.find((one) => one.line === line);
      return wish?.sku === sku && wish.quantity === requested && available < requested && (available === 0 || !all)
        ? []
        : [`refused at ${at}: line ${line} (${sku}), ${requested} asked, ${available} available`];
    }),
  ];
}
