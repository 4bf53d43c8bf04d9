import type { Drift, Entry, EntryState, News } from '../../domain/channel-lane/entry.ts';
import type { NewLevel } from '../../domain/channel-lane/want.ts';
import type { Outcome } from '../../domain/channel-lane/outcome.ts';
import type { PlaceNumber, Shown } from '../../domain/channel-lane/numbers.ts';
import type { Rate } from '../../domain/channel-lane/pace.ts';
import type { Sku } from '../../domain/ids.ts';

/**
 * What a Worker and a channel's lane say to each other. The lane owns the order of sending and what is believed of the channel;
 * the Worker reads the numbers and calls the vendor. Waits are durations, since both have clocks of their own. Add fields,
 * never change one (R40).
 */
export interface ChannelLaneStub {
  position(): Promise<Position>;
  /** Levels read from the present state, and how far that state was read; false: somebody else was faster, read again. */
  fill(levels: Fill): Promise<boolean>;
  /** What became of what was sent, and what is to be sent next. */
  turn(asked: Turn): Promise<Turned>;
  seen(): Promise<LaneSummary>;
  levels(asked: LevelsAsked): Promise<LevelsPage>;
  /** Those that the channel refused are sent again; null: all of them. Answers how many. */
  sendAgain(listings: readonly string[] | null): Promise<number>;
  /** Which confirmed listings are to be read back next, from where the last ones ended. `more`: somebody asked for all. */
  toReadBack(most: number): Promise<{ readonly listings: readonly string[]; readonly more: boolean }>;
  /** Asks for a reading of all listings. */
  sweep(): Promise<void>;
  readBack(seen: ReadBack): Promise<ReadBackCounts>;
}

export interface Position {
  /** Of the filling; whoever fills names the one that it read. */
  readonly revision: number;
  /** How far the event stream was followed; null: never. */
  readonly cursor: number | null;
  /** What the numbers rest on beside the stream: when it is another, all items are gone through. */
  readonly basis: string | null;
  /** Whom we tell; when it is another, nothing is believed of it any more. */
  readonly target: string | null;
  /** All items are gone through behind this one; null: that is done. */
  readonly sweepAfter: string | null;
  readonly waiting: number;
}

export interface Fill {
  readonly revision: number;
  readonly cursor: number;
  readonly basis: string;
  readonly target: string;
  readonly sweepAfter: string | null;
  readonly items: readonly ItemLevels[];
  /** The database's time at which the state was read. */
  readonly readAtMs: number;
}

/** All listings of an item; one that is missing is not ours any more. */
export interface ItemLevels {
  readonly sku: Sku;
  readonly levels: readonly Omit<NewLevel, 'sku'>[];
}

export interface LaneWay extends Rate {
  readonly name: string;
  readonly levelsMax: number;
  readonly worthFrom: number;
  /** So long after it was given up a call may still come into force; absent: a minute. */
  readonly lateMs?: number;
}

export interface LaneVendor {
  readonly ways: readonly LaneWay[];
  /** Calls that only ask. */
  readonly questions: Rate;
  /** What an outlet bears less than the vendor allows, per way. */
  readonly slower: Readonly<Record<string, Partial<Rate>>>;
}

export interface Turn {
  /** Who sends; one at a time. */
  readonly pusher: string;
  readonly vendor: LaneVendor;
  /** Calls of this pusher that are still under way, questions among them. */
  readonly running: number;
  readonly sent: readonly SentReport[];
  readonly asked: readonly AskedReport[];
  readonly told: readonly ToldNews[];
  /** It takes nothing more on; once nothing of it is under way, whoever comes next need not wait. */
  readonly leaves?: boolean;
}

export interface SentReport {
  readonly id: string;
  readonly way: string;
  readonly ms: number;
  readonly levels: readonly LevelOutcome[];
  /** The channel asked us to stay away. */
  readonly retryAfterMs: number | null;
}

export interface LevelOutcome {
  readonly listing: string;
  readonly version: number;
  readonly quantity: number;
  readonly places: readonly PlaceNumber[];
  readonly low: boolean;
  readonly said: Outcome;
}

export interface AskedReport {
  readonly id: string;
  readonly receipt: string;
  readonly said:
    | { readonly done: false; readonly askAfterMs: number }
    | { readonly done: 'unavailable'; readonly retryAfterMs: number | null }
    | { readonly done: 'lost' }
    | {
        readonly done: true;
        readonly refused: readonly { readonly listing: string; readonly code: string; readonly detail: string }[];
        readonly failed: readonly string[];
      };
}

export interface ToldNews extends News {
  readonly listing: string;
}

export type Turned =
  | { readonly turn: 'taken'; readonly waitMs: number }
  | {
      readonly turn: 'yours';
      /** From when it was asked: nothing may be under way longer. */
      readonly leaseMs: number;
      readonly sendings: readonly Sending[];
      readonly asks: readonly { readonly id: string; readonly receipt: string }[];
      readonly news: readonly LaneNews[];
      /** When there may be more to do; null: nothing waits. */
      readonly waitMs: number | null;
    };

export interface Sending {
  readonly id: string;
  readonly way: string;
  readonly levels: readonly LevelToSend[];
}

export interface LevelToSend {
  readonly listing: string;
  readonly quantity: number;
  readonly places: readonly PlaceNumber[];
  readonly low: boolean;
  readonly version: number;
  readonly believed: Shown | null;
}

export interface LaneNews extends ToldNews {
  readonly sku: Sku;
  readonly code: string | null;
  readonly detail: string | null;
  readonly drift: Drift | null;
  readonly wanted: number;
  readonly atMs: number;
}

export interface LaneSummary {
  readonly listings: number;
  readonly waiting: number;
  readonly underWay: number;
  readonly refused: number;
  readonly oldestWaitingMs: number | null;
  readonly lagMs: { readonly p50: number; readonly p95: number; readonly of: number } | null;
  readonly soldOutWaiting: number;
  readonly followedAtMs: number | null;
  readonly swept: boolean;
  readonly ways: readonly {
    readonly name: string;
    readonly state: 'closed' | 'half_open' | 'open';
    readonly throttledForMs: number | null;
  }[];
  readonly sentTotal: number;
  readonly confirmedTotal: number;
}

export interface LevelsAsked {
  readonly skus: readonly Sku[] | null;
  readonly state: EntryState | null;
  /** Behind this listing; empty: from the first. */
  readonly after: string;
  readonly limit: number;
}

export interface LevelsPage {
  readonly items: readonly LevelSeen[];
  /** null: that was the last. */
  readonly next: string | null;
}

export interface LevelSeen {
  readonly entry: Entry;
  readonly state: EntryState;
}

export interface ReadBack {
  readonly onDrift: 'set_again' | 'case';
  /** null: the channel does not know it. */
  readonly seen: readonly { readonly listing: string; readonly shown: Shown | null }[];
}

export interface ReadBackCounts {
  readonly compared: number;
  readonly late: number;
  readonly rejected: number;
  readonly changed_by_hand: number;
  readonly unmapped: number;
}
