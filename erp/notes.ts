/**
 * What we wrote down of an ERP that has no room for our keys: which of its documents stand for which posting. It is
 * durable before a document counts, so whoever comes later drives the same documents on instead of making others.
 */
export interface ErpNotes {
  /** The documents noted under these keys; a key without a note is absent. */
  find(keys: readonly string[]): Promise<ReadonlyMap<string, ErpNote>>;
  /** Notes them unless somebody was first, and says what stands afterwards. */
  claim(claims: readonly NoteClaim[], nowMs: number): Promise<ReadonlyMap<string, ErpNote>>;
  /** Whose these documents are; a document that no note names now is absent. */
  ofDocuments(documents: readonly number[]): Promise<ReadonlyMap<number, ErpNote>>;
}

export interface ErpNote {
  readonly key: string;
  readonly documents: readonly number[];
  /** What the ERP said of when it made them: one that was restored from a backup gives their ids to others. null: not asked. */
  readonly stamp: string | null;
}

export interface NoteClaim extends ErpNote {
  /** The note that is known to be dead, because its documents are gone or cancelled; null: there should be none. */
  readonly instead: readonly number[] | null;
}
