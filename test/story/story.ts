import { expect, test } from 'vitest';
import type { Answer, Command } from '../../domain/command.ts';
import type { Entry, Event } from '../../domain/event.ts';
import type { Channel, Location, Network } from '../../domain/network.ts';
import type { IssueAt } from '../../domain/posting.ts';
import { emptyStock, type Stock } from '../../domain/stock.ts';
import { turn } from '../../domain/turn.ts';
import { ALL_IN_SIGHT } from './buyers.ts';
import { channel, location, sku } from './ids.ts';
import { brokenInvariants } from './invariants.ts';
import { PaperBooks } from './paper-books.ts';

/** Half an hour, as a deployment has it unless it says otherwise (R25). */
const PIN_OUTCOME_MS = 1_800_000;

/**
 * Given some facts, when someone asks, then this is the answer. A step without an answer is given: it is accepted.
 * After every step the invariants are checked.
 */
export function story(name: string, steps: readonly Step[], setting: Partial<Setting> = {}): void {
  test(name, () => {
    const world = new World(setting);
    for (const [atMs, when, then] of steps) world.step(atMs, when, then);
  });
}

type Step = readonly [atMs: number, when: Command | Question, then?: Then];

/** A refusal's code, what became of a count, `no change`, the events in part, or (of a question) the value. */
type Then = string | number | object;

/** Something that is read, or done to the world around the stock. */
export interface Question {
  readonly ask: (world: World, nowMs: number) => unknown;
}

export interface Setting {
  readonly network: Network;
  readonly issueAt: IssueAt;
}

/** `web` sells from everywhere, `market` from the `dc` alone, `till` from the `store` alone. */
export const NETWORK: Network = {
  version: 1,
  locations: [place('dc', 1), place('store', 2), place('warehouse', 3)],
  channels: [seller('web', null), seller('market', ['dc']), seller('till', ['store'])],
};

export function place(id: string, priority: number, stopSell = false): Location {
  return { id: location(id), priority, stopSell };
}

export function seller(id: string, locations: readonly string[] | null, terms: Partial<Channel> = {}): Channel {
  return { buffer: 0, class: 100, stopSell: false, ...terms, id: channel(id), locations: locations?.map(location) ?? null };
}

export class World {
  readonly stock: Stock = emptyStock(sku('TEA'));
  readonly books: PaperBooks;
  network: Network;

  constructor({ network = NETWORK, issueAt = 'commit' }: Partial<Setting> = {}) {
    this.network = network;
    this.books = new PaperBooks(this.stock.sku, issueAt);
  }

  step(atMs: number, when: Command | Question, then?: Then): void {
    if ('ask' in when) {
      const value = when.ask(this, atMs);
      if (Array.isArray(then)) expect(value).toMatchObject(then);
      else if (then !== undefined) expect(value).toEqual(then);
      return;
    }
    const { answer, entries } = this.do(atMs, when);
    if (then === undefined) expect(answer).toMatchObject({ accepted: true });
    else if (Array.isArray(then))
      expect({ answer, events: entries.map(({ event }) => event) }).toMatchObject({ answer: { accepted: true }, events: then });
    else if (then === 'no change') expect({ answer, entries }).toMatchObject({ answer: { accepted: true }, entries: [] });
    else if (typeof then === 'object') expect(answer).toMatchObject({ accepted: false, rejection: then });
    else expect(answer.accepted ? answer.fact?.outcome : answer.rejection.code).toBe(then);
  }

  /** Like the object, it never takes a clock for the time that went back (R11). */
  do(clockMs: number, command: Command): { readonly answer: Answer; readonly entries: readonly Entry[] } {
    const nowMs = Math.max(clockMs, this.stock.lastNowMs);
    const context = {
      nowMs,
      waitingSinceMs: this.books.waitingSinceMs(),
      network: this.network,
      books: this.books,
      buyers: ALL_IN_SIGHT,
      pinOutcomeMs: PIN_OUTCOME_MS,
    };
    const done = turn(this.stock, command, context, null);
    this.books.record(done.entries);
    expect(brokenInvariants(this.stock, this.books.entries, nowMs)).toEqual([]);
    return done;
  }

  get events(): readonly Event[] {
    return this.books.entries.map(({ event }) => event);
  }
}
