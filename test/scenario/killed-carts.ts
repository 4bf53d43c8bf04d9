import type { ReservationReply } from '../../contracts/reservations.ts';
import type { Asking, Buyer } from '../buyers/buyer.ts';
import { unitsOf, type Operation, type Units } from '../buyers/expected.ts';
import type { Dice } from '../model/dice.ts';
import type { CartOnDisk } from './on-disk.ts';

/** How far the call that a buyer was waiting for had come when the runtime died. */
export const PHASES = [
  'between two calls',
  'nothing written yet',
  'intent written',
  'decision written',
  'units being given back',
  'answer written, reply lost',
] as const;
export type Phase = (typeof PHASES)[number];

export function phaseOf({ asking, history }: Buyer, onDisk: CartOnDisk | undefined): Phase {
  if (asking === null) return 'between two calls';
  if (onDisk === undefined) return 'nothing written yet';
  const { cart, answers } = onDisk;
  if (cart.freeing.length > 0 || cart.running?.step === 'undo') return 'units being given back';
  if (cart.running !== null) return cart.running.step === 'try' ? 'intent written' : 'decision written';
  return answers > history.length ? 'answer written, reply lost' : 'nothing written yet';
}

/** [I15] What must not be left behind by a call that its buyer never asked about again: a part of it. */
export function halfDone(before: ReservationReply, after: ReservationReply, { what, body }: Asking): boolean {
  const lines = before.lines.flatMap((line, index) => {
    const [was, is] = [line, after.lines[index]].map((one) => (one === undefined ? undefined : unitsOf(one)));
    return was === undefined || is === undefined || was.open + was.expired === 0 ? [] : [{ was, is }];
  });
  const ofAll = typeof body === 'object' && body !== null && !('lines' in body);
  if (what === 'pin') return new Set(lines.map(({ is }) => is.open > 0)).size > 1;
  return what === 'commit' && ofAll && new Set(lines.map(({ was, is }) => is.owed > was.owed)).size > 1;
}

/** Reservations that shall lapse do so soon. */
export const LAPSES_SECONDS = 1;

/** From the reserve to an end, by one of the ways that a checkout takes. Every call is repeated until it is answered. */
export async function wholeLife(buyer: Buyer, dice: Dice): Promise<void> {
  await buyer.reserve();
  if (buyer.seen === null) return;
  const order = { order_ref: `order ${buyer.name}` };
  const pin: Operation = { type: 'pin', body: {} };
  const commit: Operation = { type: 'commit', body: order };
  switch (buyer.basket.ttl_seconds === LAPSES_SECONDS ? 'lapse' : dice.roll(1, 7)) {
    case 1:
    case 2:
    case 3:
      if (await buyer.do(pin)) await buyer.do(commit);
      break;
    case 4:
      await buyer.do(commit);
      break;
    case 5:
      await buyer.do(pin);
      await buyer.do({ type: 'release', body: {} });
      break;
    case 6:
      await buyer.do({ type: 'resize', body: { lines: [{ line: 1, quantity: dice.roll(1, 5) }] } });
      await buyer.do({ type: 'extend', body: { ttl_seconds: 90 } });
      await buyer.do({ type: 'commit', body: { ...order, keep_rest: true, lines: some(buyer, 'open', dice) } });
      break;
    case 7:
      await buyer.do({ type: 'release', body: { lines: some(buyer, 'open', dice) } });
      await buyer.do(commit);
      break;
    case 'lapse':
      await lapse(buyer);
      if (dice.oneIn(2)) await buyer.do({ type: 'commit', body: { ...order, reacquire: true } });
      else if (await buyer.do(pin)) await buyer.do(commit);
  }
  await end(buyer, dice);
}

/** Nothing stays promised: what was sold leaves or is cancelled, in part first or all at once, and what is left is given up. */
export async function end(buyer: Buyer, dice: Dice): Promise<void> {
  const goes = (): 'fulfill' | 'cancel' => (dice.oneIn(3) ? 'cancel' : 'fulfill');
  const owed = (): number => buyer.seen?.lines.reduce((total, line) => total + unitsOf(line).owed, 0) ?? 0;
  if (owed() > 1 && dice.oneIn(2)) await buyer.do({ type: goes(), body: { lines: some(buyer, 'owed', dice) } });
  if (owed() > 0) await buyer.do({ type: goes(), body: {} });
  const status = buyer.seen?.status;
  if (status === 'active' || status === 'pinned') await buyer.do({ type: 'release', body: {} });
}

function some({ seen }: Buyer, of: keyof Units, dice: Dice) {
  return (seen?.lines ?? []).map((line) => ({ line: line.line, quantity: dice.roll(0, unitsOf(line)[of]) }));
}

async function lapse(buyer: Buyer): Promise<void> {
  while (buyer.seen?.status === 'active') {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await buyer.lookAgain();
  }
}
