import type { Answer, AskedLine, Command } from './command.ts';
import type { ChannelId, LocationId } from './ids.ts';
import { merged } from './reservation.ts';

/**
 * How much is asked of an item lately, in units, granted or not; and how many copies of its number are about. It is memory
 * only, changed in place, and an estimate: whoever lost it is careful until it knows again (`sinceMs`).
 */
export interface Demand {
  readonly sinceMs: number;
  /** Of everybody. */
  readonly all: Rate;
  /** What each channel asked for. */
  readonly of: Map<ChannelId, Rate>;
  /** What was asked of a place by name, or taken from it. */
  readonly at: Map<LocationId, Rate>;
  readonly copies: Copies;
}

/** How many may be showing the number, by when they may no longer: so many end in each tenth of a second. */
interface Copies {
  total: number;
  readonly ending: Map<number, number>;
}

/** So much per second, the older the less: what happened DEMAND_MEMORY_MS ago counts for a third. */
export interface Rate {
  perSecond: number;
  atMs: number;
}

/** Long enough that one order does not look like a rush, short enough that a rush is known while it lasts. */
const DEMAND_MEMORY_MS = 2_000;
/** Copies that end so close together are counted as one lot. */
const COPIES_END_MS = 100;

export function demandSince(nowMs: number): Demand {
  return { sinceMs: nowMs, all: rateAt(nowMs), of: new Map(), at: new Map(), copies: { total: 0, ending: new Map() } };
}

/** Takes a command into account that was just answered; most are about units that somebody has already. */
export function noteDemand(demand: Demand, command: Command, answer: Answer, nowMs: number): void {
  if (command.type === 'reserve' || command.type === 'take_order') {
    const units = command.lines.reduce((total, { quantity }) => total + quantity, 0);
    add(demand.all, units, nowMs);
    add(rateOf(demand.of, command.channel, nowMs), units, nowMs);
    for (const { location, quantity } of placesOf(command.lines, answer)) {
      add(rateOf(demand.at, location, nowMs), quantity, nowMs);
    }
  }
  if (command.type === 'move' && (command.kind === 'sold' || command.kind === 'shipped')) {
    add(demand.all, command.quantity, nowMs);
    add(rateOf(demand.at, command.location, nowMs), command.quantity, nowMs);
  }
}

/** Somebody was told the number, and may show it for so long. */
export function noteReader({ copies }: Demand, freshForMs: number, nowMs: number): void {
  const ending = Math.ceil((nowMs + freshForMs) / COPIES_END_MS);
  copies.ending.set(ending, (copies.ending.get(ending) ?? 0) + 1);
  copies.total += 1;
}

/** How many may show it now. */
export function copiesAt({ copies }: Demand, nowMs: number): number {
  for (const [ending, count] of copies.ending) {
    if (ending * COPIES_END_MS > nowMs) continue;
    copies.ending.delete(ending);
    copies.total -= count;
  }
  return copies.total;
}

/** What a rate is by now. Absent is a rate of nothing. */
export function perSecondAt(rate: Rate | undefined, nowMs: number): number {
  if (rate === undefined) return 0;
  return rate.perSecond * Math.exp(-Math.max(0, nowMs - rate.atMs) / DEMAND_MEMORY_MS);
}

function add(rate: Rate, quantity: number, nowMs: number): void {
  rate.perSecond = perSecondAt(rate, nowMs) + (quantity * 1_000) / DEMAND_MEMORY_MS;
  rate.atMs = Math.max(rate.atMs, nowMs);
}

/** From where it was granted; what was refused counts where it was asked for by name. */
function placesOf(lines: readonly AskedLine[], answer: Answer): readonly { location: LocationId; quantity: number }[] {
  if (answer.accepted) return merged(...(answer.reservation?.lines ?? []).flatMap(({ openAt, owedAt }) => [openAt, owedAt]));
  return lines.flatMap(({ at, quantity }) => (at === null ? [] : [{ location: at, quantity }]));
}

function rateOf<Name>(rates: Map<Name, Rate>, name: Name, nowMs: number): Rate {
  const known = rates.get(name) ?? rateAt(nowMs);
  rates.set(name, known);
  return known;
}

function rateAt(nowMs: number): Rate {
  return { perSecond: 0, atMs: nowMs };
}
