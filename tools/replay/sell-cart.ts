import { reservation, type ReservationReply } from '../../contracts/reservations.ts';
import { problemOf, yes, type Problem } from './ask.ts';
import { whatContradicts, whyUnexplained, type Wish } from './cart-check.ts';
import type { Cart } from './carts.ts';
import { Checkout, isRefusal } from './checkout.ts';
import type { Front } from './front.ts';
import type { CartFinished } from './run-log.ts';
import { CHANNELS, type Asking } from './sales-network.ts';
import { parcelsOf, refusedRows, soldRows, type Shipment } from './sold-rows.ts';

/** Takes one cart through the front's API and says how it ended. Repeating it under the same run and keys changes nothing. */
export async function sellCart(front: Front, salesKey: string, cart: Cart): Promise<CartFinished> {
  const checkout = new Checkout(front, salesKey, cart);
  const taken = await take(checkout);
  if (!taken.granted) return checkout.ended('nothing', refusedRows(cart, taken.at, taken.problem), 0);

  const { asking, path, reserved, pinned } = taken;
  const answer = await checkout.ask('commit', 'commit', `${path}/commit`, { order_ref: cart.invoice });
  if (isRefusal(answer)) {
    const problem = problemOf(answer);
    checkout.note(whyUnexplained('commit', [], problem));
    return checkout.ended('nothing', refusedRows(cart, 'commit', problem), 0);
  }
  const committed = yes('commit', answer, reservation);
  checkout.note(whatContradicts(cart, asking, committed, { status: 'committed', reserved: reservedOf(pinned) }));

  const shipment = front.run.issueAt === 'fulfil' ? await ship(checkout, path, committed) : NOTHING_SHIPPED;
  const rows = soldRows(cart, { reserved, pinned, committed, shipment });
  const whole = committed.lines.every((line) => line.committed === line.quantity);
  return checkout.ended(whole ? 'whole' : 'part', rows, parcelsOf(committed));
}

interface Granted {
  readonly granted: true;
  readonly asking: Asking;
  readonly path: string;
  readonly reserved: ReservationReply;
  readonly pinned: ReservationReply;
}

interface NotGranted {
  readonly granted: false;
  readonly at: 'reserve' | 'pin';
  readonly problem: Problem;
}

/** Asks in one way after the other until the front says yes and keeps to it. What it refuses must be for lack of stock. */
async function take(checkout: Checkout): Promise<Granted | NotGranted> {
  const { cart } = checkout;
  let last: NotGranted = { granted: false, at: 'reserve', problem: { code: 'never_asked', detail: '' } };
  for (const asking of CHANNELS[cart.channel].askings) {
    const tried = await tryTo(checkout, asking);
    if (tried.granted || tried.problem.code !== 'insufficient_stock') return tried;
    last = tried;
  }
  return last;
}

async function tryTo(checkout: Checkout, asking: Asking): Promise<Granted | NotGranted> {
  const { cart } = checkout;
  const { step, mode } = asking;
  const answer = await checkout.ask(step, step, '/v1/reservations', bodyOf(cart, asking));
  if (isRefusal(answer)) {
    const problem = problemOf(answer);
    checkout.note(whyUnexplained(step, wishesOf(cart), problem, mode === 'partial'));
    return { granted: false, at: 'reserve', problem };
  }
  const reserved = yes('reserve', answer, reservation);
  checkout.note(whatContradicts(cart, asking, reserved, { status: 'active', reserved: null }));

  const path = `/v1/reservations/${encodeURIComponent(reserved.id)}`;
  const pin = await checkout.ask('pin', `${step}:pin`, `${path}/pin`, {});
  if (isRefusal(pin)) {
    // Only a cart that had lapsed can be short now, and then all of it was given back.
    const problem = problemOf(pin);
    checkout.note(whyUnexplained('pin', wishesOf(cart, reserved), problem));
    return { granted: false, at: 'pin', problem };
  }
  const pinned = yes('pin', pin, reservation);
  checkout.note(whatContradicts(cart, asking, pinned, { status: 'pinned', reserved: reservedOf(reserved) }));
  return { granted: true, asking, path, reserved, pinned };
}

function bodyOf({ lines, buyer }: Cart, { mode, at }: Asking) {
  return {
    lines: lines.map(({ row, quantity }) => ({ sku: row.stock_code, quantity, ...(at === null ? {} : { location: at }) })),
    mode,
    ...(buyer === null ? {} : { buyer }),
  };
}

const NOTHING_SHIPPED: Shipment = { reply: null, codeOf: () => null };

/** What was written off after the promise cannot leave, and holds up the other lines for one refusal. */
async function ship(checkout: Checkout, path: string, committed: ReservationReply): Promise<Shipment> {
  const all = await checkout.ask('fulfill', 'fulfill', `${path}/fulfill`, {});
  if (!isRefusal(all)) return { reply: yes('fulfill', all, reservation), codeOf: () => null };

  const { code, lines: short = [] } = problemOf(all);
  const missing = new Set(short.map(({ line }) => line));
  const lines = committed.lines
    .filter((line) => line.committed > 0 && !missing.has(line.line))
    .map(({ line, committed: quantity }) => ({ line, quantity }));
  if (missing.size === 0 || lines.length === 0) return { reply: null, codeOf: () => code };

  const rest = await checkout.ask('fulfill_rest', 'fulfill_rest', `${path}/fulfill`, { lines });
  if (isRefusal(rest)) return { reply: null, codeOf: () => problemOf(rest).code };
  return { reply: yes('fulfill', rest, reservation), codeOf: (line) => (missing.has(line) ? code : null) };
}

function wishesOf({ lines }: Cart, granted?: ReservationReply): Wish[] {
  return lines.map(({ row, quantity }, index) => ({
    line: index + 1,
    sku: row.stock_code,
    quantity: granted === undefined ? quantity : (granted.lines[index]?.reserved ?? 0),
  }));
}

function reservedOf({ lines }: ReservationReply): readonly number[] {
  return lines.map(({ reserved }) => reserved);
}
