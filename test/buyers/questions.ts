// What was said with a sequence can be held against the journal at that sequence: was it true at its moment?
import type { Availability } from '../../contracts/availability.ts';
import type { ReservationReply } from '../../contracts/reservations.ts';
import type { ChannelId, LocationId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import { naiveAts, naiveAvailable, naiveOffer, servedBy } from '../model/naive-offer.ts';
import type { PaperJournal } from '../model/paper-journal.ts';
import type { Refusal } from './buyer.ts';
import { CLASSES, held, lapsed, unitsOf } from './expected.ts';
import { linesOf, type Question } from './journals.ts';
import { partsOf } from './scarce-shop.ts';

/** [I4] The number shown is the offer of that moment. */
export function ofNumber(shown: Availability, network: Network): Question {
  const { sku, channel, available_to_sell: number, locations, sequence, as_of } = shown;
  const ask = (paper: PaperJournal): readonly string[] => {
    const { any, places } = naiveOffer(paper.termsAt(Date.parse(as_of)), network, channel as ChannelId);
    const there = (at: string): number => Math.max(0, places.get(at as LocationId) ?? 0);
    const holds = number === any && locations.every((one) => one.available_to_sell === there(one.location));
    return holds ? [] : [`${sequence}: [I4] ${channel} was shown ${JSON.stringify(shown)}, and it was ${any}`];
  };
  return { sku, sequence, ask };
}

/** [I15] [I18] Each line of a cart is told as its own item’s journal had it, so a commit told is a commit everywhere. */
export function ofAnswer({ id, lines }: ReservationReply): readonly Question[] {
  return lines.flatMap((line): readonly Question[] => {
    const { sku, sequence } = line;
    const told = unitsOf(line);
    const ask = (paper: PaperJournal): readonly string[] => {
      const kept = linesOf(paper, id, line.line).filter((_, index, all) => index === all.length - 1);
      const units = (of: (typeof CLASSES)[number]): number => kept.reduce((total, one) => total + one.units[of], 0);
      const holds = CLASSES.every((of) => units(of) === told[of]);
      // One line has lapsed: then all have, whether or not each item’s clock has come that far.
      const lapsedToo = told.open === 0 && units('open') + units('expired') === told.expired && units('owed') === told.owed;
      return holds || lapsedToo ? [] : [`${sequence}: ${id} was told ${JSON.stringify(told)}: ${JSON.stringify(kept)}`];
    };
    // A kit has no journal: what its parts were told is held against theirs at the end.
    return line.reserved === 0 || line.components !== undefined ? [] : [{ sku, sequence, ask }];
  });
}

/** [I8] What was refused for want of stock was not there, and as much as was named was there. */
export function ofRefusal(refusal: Refusal, network: Network): readonly Question[] {
  const lines: readonly Short[] = refusal.said.body.lines;
  return lines
    .filter(({ sku }) => partsOf(sku).has(sku))
    .map((short) => ({
      sku: short.sku,
      sequence: short.sequence,
      ask: (paper) => falseClaim(paper, network, refusal, short).map((what) => inWords(what, refusal)),
    }));
}

interface Short {
  readonly line: number;
  readonly sku: string;
  readonly requested: number;
  readonly available: number;
  readonly sequence: number;
}

interface Wish {
  readonly line: number;
  readonly sku: string;
  readonly quantity: number;
  readonly at: string | null;
}

function falseClaim(paper: PaperJournal, network: Network, refusal: Refusal, short: Short): readonly string[] {
  const { line, sku, requested, available } = short;
  const asked = askedOf(refusal).filter((one) => one.sku === sku);
  const mine = asked.find((one) => one.line === line);
  if (mine === undefined) return [`line ${line} did not ask for ${sku}`];
  if (available >= requested) return [`line ${line} had what it asked for`];
  if (refusal.operation?.type === 'fulfill') return falseShipping(paper, refusal, short, asked.length);
  if (asked.length > 1) {
    return couldBeMet(paper, network, refusal, asked) ? [`line ${line} and its like could have had ${sku}`] : [];
  }
  const most = mostFor(paper, network, refusal, mine);
  const base = requested - mine.quantity;
  const holds = most.some((units) => Math.min(units, mine.quantity) === available - base);
  return holds ? [] : [`line ${line} was told ${available} of ${sku}, and could have ${base} and ${most.join(' or ')}`];
}

/** What the only line of an item could have: where it asked for, at one place, or in all. */
function mostFor(paper: PaperJournal, network: Network, { basket, operation }: Refusal, { at }: Wish): readonly number[] {
  const { any, one, places } = naiveOffer(paper.termsAt(), network, basket.channel as ChannelId);
  if (at !== null) return [Math.max(0, places.get(at as LocationId) ?? 0)];
  if (basket.split === 'allowed') return [any];
  const ofSeveral = new Set(basket.lines.map(({ sku }) => sku)).size > 1;
  // A cart that must not be split is tried at one place after the other, and answers for one of them; what is unsplit grows where it is.
  const somewhere = ofSeveral || operation?.type === 'resize';
  return somewhere ? [0, ...places.values()].map((units) => Math.max(0, units)) : [one];
}

/** Several lines of one item take from one purse (R15), those that name a place first. */
function couldBeMet(paper: PaperJournal, network: Network, { basket }: Refusal, asked: readonly Wish[]): boolean {
  const terms = paper.termsAt();
  const channel = basket.channel as ChannelId;
  const { any, one, places } = naiveOffer(terms, network, channel);
  const named = asked.filter(({ at }) => at !== null);
  // An unsplit cart answers for one of the places that it was tried at.
  const least = Math.max(0, Math.min(...places.values()));
  const unsplit = new Set(basket.lines.map(({ sku }) => sku)).size > 1 ? least : one;
  return (
    sum(asked) <= (basket.split === 'never' ? unsplit : any) &&
    sum(named) <= naiveAts({ ...terms, backorderLimit: 0 }, network, channel) &&
    servedBy(network, channel).every(
      (place) => sum(named.filter(({ at }) => at === place)) <= naiveAvailable(terms, network, channel, place),
    )
  );
}

/** [R29] Only what lies where it is promised can leave; of several lines of one item, the first are served first. */
function falseShipping(paper: PaperJournal, { before }: Refusal, short: Short, lines: number): readonly string[] {
  const { line, available, requested } = short;
  const owed = linesOf(paper, before?.id ?? '', line).flatMap(({ places }) => [...places.owed]);
  const there = owed.map(([at, units]) => Math.min(units, Math.max(0, paper.onHand.get(`sellable ${at}`) ?? 0)));
  const most = Math.min(
    requested,
    there.reduce((total, units) => total + units, 0),
  );
  return available === most || (lines > 1 && available < most) ? [] : [`line ${line} could ship ${most}, not ${available}`];
}

/** The units that the refused call wanted to take, line by line, those of kits as units of their parts. */
function askedOf({ basket, operation, before }: Refusal): readonly Wish[] {
  const wishes = basket.lines.map(({ sku, location }, index) => ({ line: index + 1, sku, at: location ?? null }));
  const quantity = (line: number): number => {
    const told = before === null ? undefined : lapsed(held(before)).lines.get(line);
    const named = (lines: readonly { readonly line: number; readonly quantity: number }[] | undefined, all: number): number =>
      lines === undefined ? all : (lines.find((one) => one.line === line)?.quantity ?? 0);
    switch (operation?.type) {
      case 'resize':
        return named(operation.body.lines, 0) - (before?.lines[line - 1]?.open ?? 0);
      case 'pin':
        return told?.expired ?? 0;
      case 'commit':
        return named(operation.body.lines, told?.expired ?? 0);
      case 'fulfill':
        return named(operation.body.lines, told?.owed ?? 0);
      case undefined:
      case 'extend':
      case 'release':
      case 'cancel':
        return basket.lines[line - 1]?.quantity ?? 0;
    }
  };
  return wishes
    .flatMap((wish) => [...partsOf(wish.sku)].map(([sku, units]) => ({ ...wish, sku, quantity: quantity(wish.line) * units })))
    .filter((wish) => wish.quantity > 0);
}

function inWords(what: string, { said, basket, operation }: Refusal): string {
  return `[I8] ${what}: ${JSON.stringify(said.body)} of ${JSON.stringify(basket)}, ${JSON.stringify(operation)}`;
}

function sum(wishes: readonly Wish[]): number {
  return wishes.reduce((total, { quantity }) => total + quantity, 0);
}
