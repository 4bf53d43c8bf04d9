import { grantWithin, leftForBuyer } from './buyer-cap.ts';
import type { Command, ItemChange, Plan, Reserve } from './command.ts';
import { extend, release, resize, retake } from './change-reservation.ts';
import { decideCount } from './count.ts';
import { accept, insufficient, outcomeDueMs, reject, type Context, type Decision } from './decision.ts';
import type { Event } from './event.ts';
import type { ChannelId } from './ids.ts';
import { NEVER_MS, RESERVATION_AGE_MAX_MS } from './limits.ts';
import { handOver } from './hand-over.ts';
import { decideMove } from './move.ts';
import { channelOf } from './network.ts';
import { offer } from './offer.ts';
import { permitted, statusOf } from './reservation.ts';
import { cancel, commit, fulfill } from './settle-reservation.ts';
import { decideReconcile } from './reconcile.ts';
import { refusedQuotas } from './refused-quotas.ts';
import { DEFAULT_POLICY, wholeItem, type Item, type Reservation, type Stock } from './stock.ts';
import { takeOrder } from './take-order.ts';
import { termsOf } from './terms.ts';

/** Answers a command with new facts or a reason to refuse. What was due must have lapsed before. */
export function decide(stock: Stock, command: Command, context: Context): Decision {
  switch (command.type) {
    case 'reserve':
      return reserve(stock, command, context);
    case 'move':
      return booked(decideMove(stock, command, context.nowMs));
    case 'take_order':
      return booked(takeOrder(stock, command, context));
    case 'count': {
      const { events, outcome } = decideCount(stock, command, context.books, context.nowMs);
      return { accepted: true, events, fact: outcome };
    }
    case 'reconcile': {
      const { events, outcome } = decideReconcile(stock, command, context.books, context.nowMs);
      return { accepted: true, events, fact: outcome };
    }
    case 'set_item':
      return setItem(stock, command, context);
    case 'open_case':
      return openCase(stock, command);
    case 'resolve_case':
      return resolveCase(stock, command.case);
    case 'extend':
    case 'resize':
    case 'pin':
    case 'commit':
    case 'release':
    case 'fulfill':
    case 'cancel':
    case 'hand_over':
      return onReservation(stock, command, context);
  }
}

function booked(events: readonly Event[]): Decision {
  return { accepted: true, events, fact: { outcome: 'applied', variance: null } };
}

function reserve(stock: Stock, command: Reserve, context: Context): Decision {
  const { cart } = command;
  const { nowMs, network } = context;
  if (cart !== undefined && cart.endsAtMs <= nowMs) return reject('reservation_expired');
  const offered = offer(termsOf(stock, context), network, command.channel);
  const left = leftForBuyer(stock, { id: command.reservation, buyer: command.buyer }, context);
  const { units, short, shortOf } = grantWithin(left, offered, command.lines, command.split, cart);
  const nothing = units.every((one) => one.quantity === 0);
  if (short.length > 0 && (nothing || command.mode === 'all_or_nothing')) return insufficient(short, shortOf);
  return accept({
    type: 'reserved',
    reservation: command.reservation,
    // The network's own word for it, which all its reservations share in memory.
    channel: channelOf(network, command.channel)?.id ?? command.channel,
    buyer: command.buyer,
    split: command.split,
    expiresAtMs: cart?.endsAtMs ?? nowMs + Math.min(command.ttlMs, RESERVATION_AGE_MAX_MS),
    lines: units.map((one, index) => {
      const { quantity: asked = 0, at = null, soldAs } = command.lines[index] ?? {};
      return { ...one, asked, at, ...(soldAs === undefined ? {} : { soldAs }) };
    }),
  });
}

function onReservation(stock: Stock, command: Exclude<Plan, Reserve>, context: Context): Decision {
  const reservation = stock.live.get(command.reservation);
  if (reservation === undefined && command.type === 'release' && command.tombstone === true) return accept();
  if (reservation === undefined || !mayTouch(command.caller, reservation)) return reject('reservation_not_found');

  const permission = isOfCart(command, reservation) ? 'go' : permitted(command.type, statusOf(reservation));
  if (permission === 'no_op') return accept();
  if (permission === 'retake' || isLapsedPart(command, reservation)) return retake(stock, reservation, command, context);
  if (permission !== 'go') return reject(permission);
  switch (command.type) {
    case 'extend':
      return extend(reservation, command, context.nowMs);
    case 'resize':
      return resize(stock, reservation, command, context);
    case 'pin':
      return accept({ type: 'pinned', reservation: reservation.id, outcomeDueMs: outcomeDueMs(command, context) });
    case 'commit':
      return commit(reservation, command);
    case 'release':
      return release(reservation, command);
    case 'fulfill':
      return fulfill(stock, reservation, command);
    case 'cancel':
      return cancel(reservation, command);
    case 'hand_over':
      return handOver(stock, reservation, command, context);
  }
}

/**
 * Of what is pinned, a cart may take the pin off, or let this item watch for the outcome of all (R25). What it could not hand
 * over as a whole it takes back even where it has lapsed, since it may be taken anew.
 */
function isOfCart(command: Exclude<Plan, Reserve>, { term }: Reservation): boolean {
  if (command.type === 'hand_over') return command.back === true;
  if (term.kind !== 'pinned') return false;
  if (command.type === 'extend') return command.cart?.unpin === true;
  return command.type === 'pin' && command.cart?.watched === true && term.outcomeDueMs === NEVER_MS;
}

/** A part of which some went back at once, because the kit had no use for it: that the rest lapsed is for the cart to say (R22c). */
function isLapsedPart(command: Exclude<Plan, Reserve>, reservation: Reservation): boolean {
  const asked = command.type === 'pin' && command.cart?.anew === true ? (command.cart.lines ?? []) : [];
  return asked.length > 0 && statusOf(reservation) === 'released' && reservation.lines.some(({ expired }) => expired > 0);
}

/** Somebody else's reservation answers like one that never was. */
function mayTouch(caller: ChannelId | null, reservation: Reservation): boolean {
  return caller === null || caller === reservation.channel;
}

/** The same item as before is no fact: whoever tells it again, because no answer came, raises no sequence. */
function setItem(stock: Stock, command: ItemChange, context: Context): Decision {
  const was: Item = stock.item ?? { status: 'active', policy: DEFAULT_POLICY, receipts: [] };
  const item = wholeItem({
    status: command.status ?? was.status,
    policy: command.policy ?? was.policy,
    receipts: command.receipts ?? was.receipts,
  });
  const rejection = command.plan === true ? refusedQuotas(stock, item.policy, context) : null;
  if (rejection !== null) return { accepted: false, rejection };
  return JSON.stringify(item) === JSON.stringify(stock.item) ? accept() : accept({ type: 'item_changed', item });
}

function openCase(stock: Stock, { posting, units, detail }: Extract<Command, { type: 'open_case' }>): Decision {
  const known = [...stock.cases.values()].some(({ about }) => about.kind === 'posting_refused' && about.posting === posting);
  return known
    ? accept()
    : accept({ type: 'case_opened', about: { kind: 'posting_refused', posting, detail }, difference: units });
}

function resolveCase(stock: Stock, number: number): Decision {
  const open = stock.cases.get(number);
  if (open === undefined) return reject('case_not_found');
  return open.about.kind === 'posting_refused' ? accept({ type: 'case_closed', case: open }) : reject('case_still_true');
}
