// R28b read once more: what the core did about a shortage is done again on paper, number by number, and every step must
// have been allowed when it was taken. Which of several allowed promises moves where is for the stories.
import type { Entry, Event } from '../../domain/event.ts';
import type { LocationId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import { naiveAvailable, servedBy } from './naive-offer.ts';
import { backorderedOf, statusOf, type NaiveLine, type NaiveReservation, type NaiveStock } from './naive-stock.ts';

type Step = Extract<Event, { readonly type: 'placed' | 'reallocated' | 'backordered' | 'released' }>;

/** What the turn did of itself about places and promises: the end of it, cases aside. */
export function stepsIn(entries: readonly Entry[]): readonly Step[] {
  const steps: Step[] = [];
  for (const { event } of entries.toReversed()) {
    const isStep =
      event.type === 'placed' ||
      event.type === 'reallocated' ||
      event.type === 'backordered' ||
      (event.type === 'released' && event.reason === 'over_reservation');
    if (isStep) steps.unshift(event);
    else if (event.type !== 'case_opened' && event.type !== 'case_changed' && event.type !== 'case_closed') break;
  }
  return steps;
}

/** What is wrong about these steps, now that the model stands where they led. */
export function wrongSteps(naive: NaiveStock, network: Network, steps: readonly Step[]): readonly string[] {
  const allowed = naive.policy.overReservation;
  if (steps.length === 0) return leftUndone(naive, network, allowed);
  const paper = new Paper(naive, network);
  for (const step of steps.toReversed()) paper.undo(step);
  const most = Math.max(naive.policy.backorderLimit, paper.backordered);
  const wrong: string[] = [];
  const touched = new Set(steps.map(({ reservation }) => reservation));
  const ended = new Set<string>();
  for (const [index, step] of steps.entries()) {
    const say = (what: string): void => void wrong.push(`${step.type} of ${step.reservation}: ${what}`);
    const one = naive.reservations.find(({ id }) => id === step.reservation);
    // What may not be split moves part by part, and the first part may already have ended the shortage.
    const before = steps[index - 1];
    const together =
      step.type === 'reallocated' &&
      one?.split === 'never' &&
      before?.type === 'reallocated' &&
      before.reservation === step.reservation;
    if (step.type !== 'placed' && !together && paper.shortage === 0) say('nothing was short');
    switch (step.type) {
      case 'placed':
        break;
      case 'reallocated': {
        if (!allowed.includes('reallocate')) say('the policy does not allow it');
        if (!together && paper.debt(step.from) < (one?.split === 'never' ? 1 : step.at.quantity))
          say('more than its place was short of');
        break;
      }
      case 'backordered':
        if (!allowed.includes('backorder')) say('the policy does not allow it');
        if (one?.split === 'never') say('it may not be split');
        if (paper.debt(step.from.location) < step.from.quantity) say('more than its place was short of');
        break;
      case 'released': {
        ended.add(step.reservation);
        if (!allowed.includes('release_unpinned')) say('the policy does not allow it');
        const tooMany = paper.backordered > naive.policy.backorderLimit;
        const inShortage = step.lines.some(
          ({ quantity, placed }) =>
            placed.some(({ location }) => paper.debt(location) > 0) ||
            (tooMany && quantity > sum(placed.map((at) => at.quantity))),
        );
        if (!inShortage) say('it had nothing to do with the shortage');
        const passedOver = naive.reservations.filter(
          (other) =>
            !ended.has(other.id) &&
            !touched.has(other.id) &&
            other.createdAtMs > (one?.createdAtMs ?? 0) &&
            statusOf(other) === 'active' &&
            other.lines.some((line) => isShort(line, paper) || (tooMany && openWithoutPlace(line) > 0)),
        );
        for (const { id } of passedOver) say(`${id} is newer`);
        break;
      }
    }
    paper.redo(step);
  }
  const lost = steps.some(({ type }) => type === 'backordered');
  if (lost && naive.backordered > most) wrong.push('units wait beyond the limit');
  return [...wrong, ...leftUndone(naive, network, allowed)];
}

/** A shortage stands only where no allowed step could lessen it. */
function leftUndone(naive: NaiveStock, network: Network, allowed: readonly string[]): readonly string[] {
  if (naive.shortage === 0) return [];
  const paper = new Paper(naive, network);
  const wrong: string[] = [];
  const terms = naive.terms;
  for (const one of naive.reservations) {
    const room = Math.max(0, ...servedBy(network, one.channel).map((at) => naiveAvailable(terms, network, one.channel, at)));
    const free = one.lines.filter((line) => line.at === null && line.places.some(({ location }) => paper.debt(location) > 0));
    if (allowed.includes('reallocate') && free.length > 0 && (one.split === 'allowed' ? room > 0 : couldMoveWhole(one, room)))
      wrong.push(`${one.id} could have moved`);
    if (
      allowed.includes('backorder') &&
      free.length > 0 &&
      one.split === 'allowed' &&
      naive.backordered < naive.policy.backorderLimit
    )
      wrong.push(`${one.id} could have waited`);
    if (!allowed.includes('release_unpinned') || statusOf(one) !== 'active') continue;
    const tooMany = naive.backordered > naive.policy.backorderLimit;
    if (one.lines.some((line) => isShort(line, paper) || (tooMany && openWithoutPlace(line) > 0)))
      wrong.push(`${one.id} could have ended`);
  }
  return wrong;
}

function couldMoveWhole({ lines }: NaiveReservation, room: number): boolean {
  const places = lines.flatMap((line) => line.places);
  const inOnePlace = new Set(places.map(({ location }) => location)).size === 1;
  const bound = lines.some(({ at, units }) => units.fulfilled > 0 || (at !== null && units.open + units.owed > 0));
  return inOnePlace && !bound && room >= sum(places.map(({ quantity }) => quantity));
}

function isShort(line: NaiveLine, paper: Paper): boolean {
  return line.places.some(({ of, location }) => of === 'open' && paper.debt(location) > 0);
}

function openWithoutPlace(line: NaiveLine): number {
  return Math.min(
    backorderedOf(line),
    line.units.open - sum(line.places.filter(({ of }) => of === 'open').map((one) => one.quantity)),
  );
}

/** The units free at each place and those that wait, after each step. */
class Paper {
  readonly #net: Map<LocationId, number>;
  readonly #limit: number;
  backordered: number;

  constructor(naive: NaiveStock, network: Network) {
    this.#net = new Map(network.locations.map(({ id }) => [id, naive.net(id)]));
    this.#limit = naive.policy.backorderLimit;
    this.backordered = naive.backordered;
  }

  debt(location: LocationId): number {
    return Math.max(0, -(this.#net.get(location) ?? 0));
  }

  get shortage(): number {
    return sum([...this.#net.keys()].map((at) => this.debt(at))) + Math.max(0, this.backordered - this.#limit);
  }

  redo(step: Step): void {
    this.#apply(step, 1);
  }

  undo(step: Step): void {
    this.#apply(step, -1);
  }

  #apply(step: Step, sign: 1 | -1): void {
    const free = (at: LocationId, quantity: number): void => {
      this.#net.set(at, (this.#net.get(at) ?? 0) + sign * quantity);
    };
    switch (step.type) {
      case 'placed':
        free(step.at.location, -step.at.quantity);
        this.backordered -= sign * step.at.quantity;
        return;
      case 'reallocated':
        free(step.from, step.at.quantity);
        free(step.at.location, -step.at.quantity);
        return;
      case 'backordered':
        free(step.from.location, step.from.quantity);
        this.backordered += sign * step.from.quantity;
        return;
      case 'released':
        for (const { quantity, placed } of step.lines) {
          for (const at of placed) free(at.location, at.quantity);
          this.backordered -= sign * (quantity - sum(placed.map((at) => at.quantity)));
        }
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
