/**
 * What we need of a sales channel that is told its numbers, in our own words. One adapter per vendor; vendors' words stay in the
 * vendor's folder. Numbers are absolute, so telling one twice does no harm; telling an older one after a newer one does, and is
 * the caller's to prevent. An answer that cannot be read whole is `unknown`.
 */
export interface ChannelPort {
  /** How levels can be set, the quickest first. */
  readonly ways: readonly [Way, ...Way[]];
  /** What the vendor allows of questions (`progress` and `shown` together), counted per call. */
  readonly questions: { readonly callsPerSecond: number; readonly burst: number };
  /** Whether it has a number for each place; if not, `places` is not looked at. */
  readonly hasPlaces: boolean;
  /** One outcome per level, in order. Whatever the outside world does is an outcome, never an exception. */
  setLevels(way: Way['name'], levels: readonly Level[], signal: AbortSignal): Promise<readonly SetOutcome[]>;
  /** What became of levels that were accepted and not applied yet. Throws ChannelUnavailable. */
  progress(receipt: string, signal: AbortSignal): Promise<Progress>;
  /** Most listings that one call of `shown` may ask for. */
  readonly shownMax: number;
  /**
   * What the channel has now under these listings; one that it does not know is absent. Its places may be more than those that we
   * name. Throws ChannelUnavailable.
   */
  shown(listings: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ShownLevel>>;
}

/** A kind of call with limits of its own, such as one listing at a time, or a file of thousands. */
export interface Way {
  readonly name: string;
  /** Most levels in one call. */
  readonly levelsMax: number;
  /** What the vendor allows, counted per call. */
  readonly callsPerSecond: number;
  /** Calls that may go at once after a quiet time. */
  readonly burst: number;
  /** It pays from so many waiting levels on; fewer go another way. 1: always. */
  readonly worthFrom: number;
  /** So long after a call without an answer what it carried may still come into force; absent: a minute. */
  readonly lateMs?: number;
}

/** What a channel is to show of one item. */
export interface Level {
  /** The channel's own name of the item. */
  readonly listing: string;
  /** Of all places together. */
  readonly quantity: number;
  /** By the channel's own names of the places, each once; their sum may be less than `quantity` (backorder has no place). */
  readonly places: readonly { readonly place: string; readonly quantity: number }[];
  /** Rises with every later level of the same listing. */
  readonly version: number;
  /** The same for the same listing and version: for vendors who know repeated calls by a key. */
  readonly key: string;
  /** What the channel is believed to show now; null: nobody knows. For vendors who compare before they set. */
  readonly believed: ShownLevel | null;
}

export interface ShownLevel {
  /** null: the channel has one for each place only. */
  readonly quantity: number | null;
  readonly places: readonly { readonly place: string; readonly quantity: number }[];
}

export type SetOutcome =
  /** The channel has it. */
  | { readonly outcome: 'applied' }
  /** It took it and will tell later, under this receipt, what became of it; several levels may share one. */
  | { readonly outcome: 'accepted'; readonly receipt: string; readonly askAfterMs: number }
  /** It shows something else than was believed, and has set nothing; null: it does not say what. */
  | { readonly outcome: 'stale'; readonly shown: ShownLevel | null }
  /** For good: sending the same again will not help. */
  | { readonly outcome: 'refused'; readonly code: string; readonly detail: string }
  /** No answer, or none that we understand: it may be set or not. */
  | { readonly outcome: 'unknown'; readonly detail: string }
  /** Surely not set. */
  | { readonly outcome: 'throttled'; readonly retryAfterMs: number };

export type Progress =
  | { readonly done: false; readonly askAfterMs: number }
  /** By listing; one that is absent from both was applied. */
  | {
      readonly done: true;
      readonly refused: ReadonlyMap<string, { readonly code: string; readonly detail: string }>;
      /** Not applied for a reason that passes, by what the channel says: to be sent again. */
      readonly failed: ReadonlyMap<string, { readonly detail: string }>;
    }
  /** The channel gave the whole up, or does not know it any more: nothing is known of its levels. */
  | { readonly done: true; readonly lost: string };

/** The channel could not be asked, or did not answer in a way that we understand. It says nothing about its numbers. */
export class ChannelUnavailable extends Error {
  override readonly name = 'ChannelUnavailable';
  readonly retryAfterMs: number | null;

  constructor(detail: string, retryAfterMs: number | null = null) {
    super(detail);
    this.retryAfterMs = retryAfterMs;
  }
}
