import { asChunk, asWay } from '../bounds.ts';
import {
  ChannelUnavailable,
  type ChannelPort,
  type Level,
  type Progress,
  type SetOutcome,
  type ShownLevel,
  type Way,
} from '../port.ts';

/** Switches that a test turns. Counters of "next" concern calls of `setLevels`. */
export interface MemoryChannelFaults {
  down: boolean;
  throttled: { readonly retryAfterMs: number } | null;
  /** The call is lost on its way there, or its answer on the way back. */
  timeOutBeforeSettingNext: number;
  timeOutAfterSettingNext: number;
  readonly refused: Set<string>;
  /** How often `progress` says "not yet" before a file is read. */
  asksBeforeDone: number;
}

export interface MemoryChannelOptions {
  /** What it knows; null: whatever it is told of. */
  readonly listings?: readonly string[] | null;
  /** By its own names; null: it has one number for all places. */
  readonly places?: readonly string[] | null;
  /** Whether it looks at what is believed before it sets. */
  readonly compares?: boolean;
}

const CALL = { name: 'call', levelsMax: 50, callsPerSecond: 100, burst: 100, worthFrom: 1 } as const satisfies Way;
const FILE = { name: 'file', levelsMax: 10_000, callsPerSecond: 1, burst: 5, worthFrom: 500 } as const satisfies Way;

/**
 * A sales channel in memory, which applies a call at once and reads a file later, whatever was set in between. Stands in for the
 * others wherever HTTP is not the point.
 */
export class MemoryChannel implements ChannelPort {
  readonly ways = [CALL, FILE] as const;
  readonly questions = { callsPerSecond: 100, burst: 100 };
  readonly shownMax = 100;
  readonly hasPlaces: boolean;
  readonly faults: MemoryChannelFaults = {
    down: false,
    throttled: null,
    timeOutBeforeSettingNext: 0,
    timeOutAfterSettingNext: 0,
    refused: new Set(),
    asksBeforeDone: 0,
  };
  /** Every level that it ever set, in order: what a test looks at to see who came after whom. */
  readonly history: Pick<Level, 'listing' | 'quantity' | 'version'>[] = [];
  readonly #places: readonly string[];
  readonly #compares: boolean;
  readonly #takesAny: boolean;
  readonly #levels = new Map<string, ShownLevel>();
  readonly #files = new Map<string, { readonly levels: readonly Level[]; asksLeft: number }>();

  constructor({ listings = null, places = null, compares = false }: MemoryChannelOptions = {}) {
    this.hasPlaces = places !== null;
    this.#places = places ?? [];
    this.#compares = compares;
    this.#takesAny = listings === null;
    for (const listing of listings ?? []) this.list(listing);
  }

  /** Somebody lists an item there, with nothing to sell. */
  list(listing: string): void {
    this.#levels.set(listing, this.#shownAs(0, []));
  }

  /** Somebody sets a number there by hand, or sells there; faults do not stop them. */
  setByHand(listing: string, quantity: number, places: ShownLevel['places'] = []): void {
    this.#levels.set(listing, this.#shownAs(quantity, places));
  }

  /** What it shows, faults or not. */
  at(listing: string): ShownLevel | undefined {
    return this.#levels.get(listing);
  }

  /** Everybody's files are read, as if a while had passed. */
  settle(): void {
    for (const { levels } of this.#files.values()) this.#apply(levels);
    for (const file of this.#files.values()) Object.assign(file, { levels: [], asksLeft: 0 });
  }

  async setLevels(wayName: string, levels: readonly Level[], signal: AbortSignal): Promise<readonly SetOutcome[]> {
    const way = asWay(this.ways, wayName);
    asChunk(way.levelsMax, levels);
    const { faults } = this;
    if (levels.length === 0) return [];
    if (signal.aborted || faults.down) return levels.map(() => unknown('The channel did not answer.'));
    const { throttled } = faults;
    if (throttled !== null) return levels.map(() => ({ outcome: 'throttled', retryAfterMs: throttled.retryAfterMs }));
    if (took(faults, 'timeOutBeforeSettingNext')) return levels.map(() => unknown('The channel did not answer in time.'));
    const outcomes = way === FILE ? this.#accept(levels) : levels.map((level) => this.#set(level));
    if (took(faults, 'timeOutAfterSettingNext')) return levels.map(() => unknown('The channel did not answer in time.'));
    return outcomes;
  }

  async progress(receipt: string, signal: AbortSignal): Promise<Progress> {
    this.#mustAnswer(signal);
    const file = this.#files.get(receipt);
    if (file === undefined) return { done: true, lost: 'The channel knows of no such file.' };
    if (file.asksLeft > 0) {
      file.asksLeft -= 1;
      return { done: false, askAfterMs: 1_000 };
    }
    this.#apply(file.levels);
    Object.assign(file, { levels: [] });
    return { done: true, refused: new Map(), failed: new Map() };
  }

  async shown(listings: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ShownLevel>> {
    asChunk(this.shownMax, listings);
    this.#mustAnswer(signal);
    return new Map(
      listings.flatMap((listing) => {
        const level = this.#levels.get(listing);
        return level === undefined ? [] : [[listing, level] as const];
      }),
    );
  }

  #accept(levels: readonly Level[]): readonly SetOutcome[] {
    const receipt = `file-${this.#files.size + 1}`;
    const checked = levels.map((level) => this.#refusal(level));
    const good = levels.filter((_, index) => checked[index] === null);
    this.#files.set(receipt, { levels: good, asksLeft: this.faults.asksBeforeDone });
    return checked.map((refusal) => refusal ?? { outcome: 'accepted', receipt, askAfterMs: 1_000 });
  }

  #set(level: Level): SetOutcome {
    const refusal = this.#refusal(level);
    if (refusal !== null) return refusal;
    const shown = this.#levels.get(level.listing);
    if (this.#compares && level.believed !== null && shown !== undefined && !isSame(shown, level.believed))
      return { outcome: 'stale', shown };
    this.#apply([level]);
    return { outcome: 'applied' };
  }

  #refusal({ listing, places }: Level): SetOutcome | null {
    if (this.faults.refused.has(listing)) return refused('item_blocked', 'This item may not be sold here.');
    if (!this.#takesAny && !this.#levels.has(listing)) return refused('unknown_listing', 'No such item.');
    if (this.hasPlaces && places.some(({ place }) => !this.#places.includes(place)))
      return refused('unknown_place', 'No such place.');
    return null;
  }

  #apply(levels: readonly Level[]): void {
    for (const { listing, quantity, places, version } of levels) {
      this.#levels.set(listing, this.#shownAs(quantity, places));
      this.history.push({ listing, quantity, version });
    }
  }

  #shownAs(quantity: number, places: ShownLevel['places']): ShownLevel {
    if (!this.hasPlaces) return { quantity, places: [] };
    const numberAt = new Map(places.map((at) => [at.place, at.quantity]));
    return { quantity: null, places: this.#places.map((place) => ({ place, quantity: numberAt.get(place) ?? 0 })) };
  }

  #mustAnswer(signal: AbortSignal): void {
    const { down, throttled } = this.faults;
    if (signal.aborted || down) throw new ChannelUnavailable('The channel did not answer.');
    if (throttled !== null) throw new ChannelUnavailable('The channel asks for patience.', throttled.retryAfterMs);
  }
}

function took(faults: MemoryChannelFaults, fault: 'timeOutBeforeSettingNext' | 'timeOutAfterSettingNext'): boolean {
  if (faults[fault] === 0) return false;
  faults[fault] -= 1;
  return true;
}

function isSame(one: ShownLevel, other: ShownLevel): boolean {
  const numbers = ({ quantity, places }: ShownLevel) =>
    JSON.stringify([quantity, ...places.map((at) => [at.place, at.quantity]).toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))]);
  return numbers(one) === numbers(other);
}

function unknown(detail: string): SetOutcome {
  return { outcome: 'unknown', detail };
}

function refused(code: string, detail: string): SetOutcome {
  return { outcome: 'refused', code, detail };
}
