import type { ItemLevel } from '../../domain/level.ts';
import type { Sku } from '../../domain/ids.ts';

/** One thing that the channel lists, and what it is to show of it. */
export interface FeedItem {
  readonly sku: Sku;
  /** What the channel calls it. */
  readonly listing: string;
  /** For people; null: nobody gave it one. */
  readonly name: string | null;
  readonly quantity: number;
  readonly status: ItemLevel['status'];
  /** What the channel calls each place; those that it has no name for are left out. */
  readonly places: readonly { readonly place: string; readonly quantity: number }[];
  readonly sequence: number;
  readonly asOfMs: number;
}

/** What a file says of itself. */
export interface FeedAbout {
  readonly kind: 'full' | 'delta';
  readonly channel: string;
  readonly nextSince: string;
  readonly nowMs: number;
  readonly sellerId: string;
  readonly productType: string;
  /** Whether the channel has names of its own for places. */
  readonly namesPlaces: boolean;
  /** All places of the channel by its own names. */
  readonly places: readonly string[];
}

/** How a file is written. Each line ends before the next begins, so a file may end after any item. */
export interface FeedFormat {
  readonly contentType: string;
  readonly begin: (about: FeedAbout) => string;
  /** `written`: how many items came before it in this file. null: this item cannot be told in this format. */
  readonly item: (item: FeedItem, about: FeedAbout, written: number) => string | null;
  readonly end: (about: FeedAbout, counted: { readonly items: number; readonly leftOut: number }) => string;
  /** Most of one file; absent: there is no end to it. Then a file goes out as it is written. */
  readonly fileMax?: { readonly items: number; readonly bytes: number };
}
