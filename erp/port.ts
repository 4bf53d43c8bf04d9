import type { ErpMovementKind } from '../contracts/generic-erp.ts';
import type { LocationId, Sku } from '../domain/ids.ts';
import type { Posting, PostingLine } from '../domain/posting.ts';
import type { StockStatus } from '../domain/stock.ts';

/**
 * What we need of an ERP, in our own words. One adapter per ERP; vendors' words stay in the vendor's folder. An answer that cannot
 * be read whole, that leaves out a record that was asked for, or says two things of one, is no answer: of a posting it is
 * `unknown`, of a question ErpUnavailable. Only what the ERP refuses in its own words is `refused`.
 */
export interface ErpPort {
  /** Books a key once, however often it is sent. Otherwise ask by key before sending again (R31). */
  readonly enforcesKeys: boolean;
  /** Most postings, or keys, that one call may carry. */
  readonly batchMax: number;
  /** Most calls at a time that it takes without harm; 1: somebody who posts must be alone. */
  readonly callsAtOnceMax: number;
  /** One outcome per posting, in order. Whatever the outside world does is an outcome, never an exception. */
  post(postings: readonly Posting[], signal: AbortSignal): Promise<readonly PostOutcome[]>;
  /** What the ERP has under these keys; a key it does not have is absent. Throws ErpUnavailable when it cannot know. */
  find(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ErpReceipt>>;
  /** A page of balances. Throws ErpUnavailable. */
  balances(cursor: string | null, signal: AbortSignal): Promise<ErpBalancePage>;
  /** All balances of these items, whatever there is of them; an item that the ERP does not know has none. Throws ErpUnavailable. */
  balancesOf(skus: readonly Sku[], signal: AbortSignal): Promise<readonly ErpBalance[]>;
  /** What was booked after the cursor, oldest first, whoever booked it; some of it may come twice. Throws ErpUnavailable. */
  changes(after: string | null, signal: AbortSignal): Promise<ErpChangePage>;
  /** null: this ERP does not tell what items and locations it has. */
  readonly catalogue: ErpCatalogue | null;
}

/** What an ERP says of its items and locations, for a first load. Throws ErpUnavailable. */
export interface ErpCatalogue {
  items(cursor: string | null, signal: AbortSignal): Promise<ErpItemPage>;
  locations(signal: AbortSignal): Promise<readonly ErpLocation[]>;
}

export interface ErpItem {
  readonly code: string;
  readonly name: string | null;
  /** Other names of the same item, such as its GTIN. */
  readonly aliases: readonly { readonly system: string; readonly externalId: string }[];
}

export interface ErpLocation {
  readonly code: string;
  readonly name: string | null;
  readonly type: 'dc' | 'warehouse' | 'store' | 'partner';
}

export interface ErpItemPage {
  readonly items: readonly ErpItem[];
  readonly nextCursor: string | null;
}

export type PostOutcome = { readonly key: string } & (
  | ({ readonly outcome: 'posted' | 'duplicate' } & ErpReceipt)
  /** Accepted; it will appear in the change feed, or by key. */
  | { readonly outcome: 'pending' }
  /** For good: sending it again will not help. */
  | { readonly outcome: 'refused'; readonly code: string; readonly detail: string }
  /** No answer, or none that we understand: it may be booked or not (R9). */
  | { readonly outcome: 'unknown'; readonly detail: string }
  /** Surely not booked. */
  | { readonly outcome: 'throttled'; readonly retryAfterMs: number }
);

/** Where the ERP has it: its rising number, and its document, where it tells them. */
export interface ErpReceipt {
  readonly mark: number | null;
  readonly reference: string | null;
}

/** Everything up to the mark is in these numbers; null: the ERP has no marks, and they are of the moment they were read (R35). */
export interface ErpBalance {
  readonly sku: Sku;
  readonly location: LocationId;
  readonly status: StockStatus;
  readonly onHand: number;
  readonly committed: number;
  readonly mark: number | null;
}

export interface ErpChange {
  /** null: the ERP has no marks. */
  readonly mark: number | null;
  /** One of ours means that this change acknowledges a posting (R34). */
  readonly key: string;
  readonly kind: ErpMovementKind;
  readonly sku: Sku;
  readonly lines: readonly PostingLine[];
  readonly orderRef: string | null;
  readonly document: string | null;
  readonly reason: string | null;
  readonly occurredAtMs: number;
  readonly reference: string | null;
}

export interface ErpBalancePage {
  readonly items: readonly ErpBalance[];
  readonly nextCursor: string | null;
}

export interface ErpChangePage {
  readonly items: readonly ErpChange[];
  readonly nextCursor: string;
  /** When it was asked nothing was behind this page. Absent: nobody knows; an end is where the cursor stands still. */
  readonly atEnd?: true;
}

/** The ERP could not be asked, or did not answer in a way that we understand. It says nothing about stock. */
export class ErpUnavailable extends Error {
  override readonly name = 'ErpUnavailable';
  readonly retryAfterMs: number | null;

  constructor(detail: string, retryAfterMs: number | null = null) {
    super(detail);
    this.retryAfterMs = retryAfterMs;
  }
}
