import type { Answer, Command, LineQuantity } from '../../domain/command.ts';
import type { Comparison } from '../../domain/comparison.ts';
import type { ChannelId, LocationId, ReservationId, Sku, SourceId } from '../../domain/ids.ts';
import type { AvailabilityStatus, Shown } from '../../domain/label.ts';
import type { Network } from '../../domain/network.ts';
import type { ExpectedReceipt } from '../../domain/promise.ts';
import type { Posting } from '../../domain/posting.ts';
import type { ReservationStatus } from '../../domain/reservation.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { Balance, Case, CaseAbout, CountMeaning, Reservation } from '../../domain/stock.ts';
import type { Reading, Standing } from '../../domain/variance.ts';

/** What a Worker and a SKU's object say to each other. Add fields, never change one (R40): both versions overlap in a deploy. */
export interface SkuStockStub {
  /** Several commands, each decided and answered by itself; they share one commit. */
  execute(call: Call): Promise<CallResult>;
  /** null: no such item here. */
  snapshot(): Promise<Snapshot | null>;
  reservation(id: ReservationId): Promise<Seen<Reservation> | null>;
  /** Stock and one reservation as of the same moment. */
  snapshotWith(id: ReservationId): Promise<{ readonly snapshot: Snapshot; readonly reservation: Reservation | null } | null>;
  /** Everything behind the numbers; reservations page by page, of one channel or (null) of all. */
  explain(page: {
    readonly channel: ChannelId | null;
    readonly after: ReservationId | null;
    readonly limit: number;
  }): Promise<Explained | null>;
  /** What each channel with a quota has consumed under it; null: no such item here. */
  consumption(): Promise<readonly Consumption[] | null>;
  /** Postings that are not settled as posted yet, in sequence. */
  waiting(page: { readonly after: number; readonly limit: number }): Promise<readonly WaitingPosting[]>;
  /** What became of postings that were sent; answers are taken one by one and may come twice (R32). */
  acknowledge(outcomes: readonly PostingOutcome[]): Promise<void>;
  /** Postings go out again under their keys; those that are under way, or that the ERP has, stay as they are (R32). */
  replay(wanted: readonly WantedAgain[]): Promise<readonly Replayed[]>;
  /** Sends what waits for a later attempt now; says whether there was anything. What is under way is left alone. */
  wake(): Promise<boolean>;
  /** The projection holds the change with this sequence and time. */
  published(change: { readonly sequence: number; readonly asOfMs: number }): Promise<void>;
  /** What is stored beside what it must be, added up in steps, with its moment, and where its archive must end; null: no such item here. */
  proof(): Promise<Proof | null>;
  /** How far the postings got, asked before an ERP without marks is (R35); null: no such item here. */
  standing(): Promise<Standing | null>;
  /** What is said elsewhere of this SKU beside what its books say; nothing is booked. null: no such item here. */
  compare(asked: {
    readonly readings: readonly Reading[];
    /** Whose facts may explain a difference; null: nobody wants to know. */
    readonly explainedBy: SourceId | null;
  }): Promise<Comparison | null>;
}

/** The same, seen from inside: a method may answer at once. */
export type SkuStockServed = {
  readonly [Method in keyof SkuStockStub]: (
    ...args: Parameters<SkuStockStub[Method]>
  ) => ReturnType<SkuStockStub[Method]> | Awaited<ReturnType<SkuStockStub[Method]>>;
};

export interface Call {
  /** The version the caller decided with (null: decide with what you know); the whole network only where the object asked for it. */
  readonly networkVersion: number | null;
  readonly network: Network | null;
  readonly asked: readonly Asked[];
}

export interface Asked {
  readonly command: Command;
  /** null: the command is not repeated under a key (facts carry their own identity). */
  readonly key: RequestKey | null;
  readonly correlationId: string;
  /** Decided and answered, but nothing is recorded and no key is used up. */
  readonly onlyCheck?: true;
  /** A refusal because nothing is left brings along what the next ones may be told without asking here. */
  readonly learns?: true;
}

export interface RequestKey {
  /** base64url of a hash of API key id and Idempotency-Key, 22 characters. The operation is part of the scope (R2). */
  readonly hash: string;
  readonly fingerprint: string;
  /** Of a cart's coordinator: one that is smaller than one heard before comes too late, whatever it asks (R20). */
  readonly order?: number;
}

export type CallResult =
  | { readonly outcome: 'done'; readonly replies: readonly Reply[] }
  | { readonly outcome: 'sku_unknown' }
  /** Ask again with the whole network. */
  | { readonly outcome: 'network_needed' }
  /** Your network is older than one that was used here: load it anew. */
  | { readonly outcome: 'network_stale' }
  | { readonly outcome: 'overloaded'; readonly retryAfterMs: number };

export type Reply =
  | ({
      readonly outcome: 'answered';
      readonly answer: Answer;
      /** null: answered now. Else the reservation's status now, beside the first answer (R5). */
      readonly replay: { readonly presentStatus: ReservationStatus | null } | null;
      readonly correlationId: string;
      /** What is true now, whatever was answered when: present only for whoever learns from it. */
      readonly snapshot?: Snapshot;
    } & At)
  | { readonly outcome: 'key_reused' }
  | { readonly outcome: 'too_many_operations' }
  /** This fact is known by (source, id); `sequence` is the entry that it became. */
  | { readonly outcome: 'duplicate'; readonly sequence: number }
  /** The command failed here, alone; nothing of it was recorded. */
  | { readonly outcome: 'failed'; readonly message: string };

interface At {
  readonly sequence: number;
  readonly asOfMs: number;
}

export type Seen<T> = At & {
  readonly value: T;
  /** By when what a reservation waits for is expected. Absent from objects that did not say so yet. */
  readonly promisedAtMs?: number | null;
};

export interface Explained {
  readonly snapshot: Snapshot;
  readonly balances: readonly Balance[];
  readonly reservations: readonly Reservation[];
  readonly nextCursor: ReservationId | null;
  readonly lastCount: LastCount | null;
  readonly postingsInFlight: number;
  readonly cases: readonly Case[];
  /** Absent from objects that did not say so yet: what is to come, and which of these reservations wait for what date. */
  readonly expected?: readonly ExpectedReceipt[];
  readonly promises?: readonly { readonly reservation: ReservationId; readonly atMs: number }[];
}

export interface Consumption {
  readonly channel: ChannelId;
  readonly consumed: number;
}

export interface LastCount extends At {
  readonly source: SourceId;
  readonly location: string;
  readonly status: string;
  readonly quantity: number;
  readonly meaning: CountMeaning;
  readonly mark: number | null;
}

export interface WaitingPosting {
  readonly posting: Posting;
  readonly state: 'pending' | 'sent' | 'failed';
  readonly attempts: number;
  readonly sentAtMs: number | null;
}

export type PostingOutcome = { readonly sequence: number } & (
  | { readonly outcome: 'posted'; readonly mark: number | null }
  | { readonly outcome: 'refused'; readonly detail: string }
  /** Not answered, or not surely: asked by key before it is sent again (R31). */
  | {
      readonly outcome: 'unknown';
      readonly retryAfterMs: number | null;
      /** It was not for these postings' sake: there is no reason to come back later than is asked, its lane sees to that. */
      readonly ofTheErp?: true;
    }
);

export interface WantedAgain {
  readonly sequence: number;
  /** The ERP was asked by key and does not have it, whatever it said before. */
  readonly vanished: boolean;
}

export interface Replayed {
  readonly sequence: number;
  /** `none`: the ERP never wanted to hear of it, or there is no such entry. `forgotten`: it was archived long ago. */
  readonly outcome: 'again' | 'under_way' | 'posted' | 'forgotten' | 'none';
}

export interface Proof {
  readonly sequence: number;
  readonly checks: readonly Check[];
  readonly archive: ArchiveEnd;
  /** Orders that are open for so long that their look-up may forget them; absent in what an older object says. */
  readonly openOrders?: readonly OrderTaking[];
}

/** Which reservation an order took units of. */
export interface OrderTaking {
  readonly orderRef: string;
  readonly reservation: ReservationId;
}

/** The hash of the newest segment, or null while there is none, and before what time all was archived. */
export interface ArchiveEnd {
  readonly head: string | null;
  readonly throughMs: number;
}

export interface Check {
  /** `archive`: what was archived is there, unaltered. */
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I7' | 'I10' | 'I11' | 'archive';
  readonly holds: boolean;
  readonly left: number;
  readonly right: number;
}

/** Queue `erp-movements`: one flush of one SKU, in sequence. */
export interface MovementsMessage {
  readonly sku: Sku;
  readonly sentAtMs: number;
  /** From 2 on the ERP may know some already: ask by key first. */
  readonly attempt: number;
  readonly postings: readonly Posting[];
}

/** Queue `stock-changes`: what a SKU's object knows now. A newer (sequence, asOfMs) replaces an older one (R39). */
export interface ChangeMessage {
  readonly sku: Sku;
  readonly snapshot: Snapshot;
  readonly waiting: { readonly count: number; readonly oldestAtMs: number | null; readonly failed: number };
  /** Sums since the object exists, so that a lost or doubled message changes nothing. */
  readonly counters: Counters;
  /** Cases that opened, changed or closed since the last change that was acknowledged. */
  readonly cases: readonly ChangedCase[];
  /** Orders that took units since then, for the look-up by order_ref. */
  readonly orders: readonly OrderTaking[];
  /** What readers of the event stream are told of since then, in order; each once, however often it is sent. */
  readonly events: readonly StockEvent[];
  /** All that stands up to this position in the object's news is in this message or was acknowledged. */
  readonly through: number;
  /** What each channel may sell now; null: too many to list. */
  readonly offers: readonly ChannelOffer[] | null;
}

export interface ChannelOffer extends Shown {
  readonly channel: ChannelId;
}

export type StockEvent = {
  /** Rises within the SKU, and is never used twice. */
  readonly position: number;
  readonly sequence: number;
  readonly atMs: number;
} & (OfReservation | OfCase | Threshold);

type OfReservation = {
  readonly reservation: ReservationId;
  /** null: nobody remembers it any more. */
  readonly channel: ChannelId | null;
} & (
  | { readonly type: 'reservation.expired' }
  /** Nobody asked for it: its units were needed in a shortage (R28b). */
  | { readonly type: 'reservation.released'; readonly lines: readonly LineQuantity[] }
  | {
      readonly type: 'reservation.reallocated' | 'reservation.backordered' | 'reservation.placed';
      readonly orderRef: string | null;
      readonly line: number;
      readonly quantity: number;
      /** null: from nowhere, or to nowhere yet. */
      readonly from: LocationId | null;
      readonly to: LocationId | null;
    }
);

interface OfCase {
  readonly type: 'case.opened' | 'case.changed' | 'case.closed';
  readonly number: number;
  readonly kind: CaseAbout['kind'];
  readonly difference: number;
}

/** Sold out, back, or low: the words of these channels changed. */
interface Threshold {
  readonly type: 'availability.threshold';
  readonly channels: readonly (ChannelOffer & { readonly was: AvailabilityStatus })[];
}

export type ChangedCase = Case & { readonly closedAtMs: number | null };

export interface Counters {
  readonly reserved: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly lapsed: number;
  readonly duplicates: number;
  readonly replays: number;
  readonly posted: number;
  readonly retries: number;
}
