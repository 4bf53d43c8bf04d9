import { PAGES_KNOWN_BYTES_MAX, PAGES_KNOWN_MAX } from '../../contracts/limits.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import type { Directory } from '../catalogue/directory.ts';
import { LeastRecentlyUsed } from '../cache/least-recently-used.ts';
import type { ManySnapshots, Sight } from '../cache/many-snapshots.ts';
import type { Principal } from '../middleware/principal.ts';
import { pageOf, type Page } from './page.ts';
import type { ReadyReplyOf } from './ready-reply.ts';

/** What a body means to its sender. */
export interface Meant {
  readonly channel: ChannelId;
  /** Each once. */
  readonly skus: readonly Sku[];
}

/** A body that was understood, by whom and by what, and what was last shown for it. */
export interface KnownPage extends Meant {
  readonly text: string;
  readonly principal: Principal;
  readonly directory: Directory;
  shown: { readonly sight: Sight; readonly page: Page } | null;
}

/**
 * Pages that are asked for again and again: a body that is the same to the letter means the same to the same key, as long as network and
 * kits are the same; and what was shown for it is shown again while each of its numbers is what this isolate would show.
 */
export class KnownPages {
  readonly #known = new LeastRecentlyUsed<string, KnownPage>({ entriesMax: PAGES_KNOWN_MAX, bytesMax: PAGES_KNOWN_BYTES_MAX });
  readonly #many: Pick<ManySnapshots, 'atHand'>;
  readonly #readyReply: ReadyReplyOf;

  constructor(many: Pick<ManySnapshots, 'atHand'>, readyReply: ReadyReplyOf) {
    this.#many = many;
    this.#readyReply = readyReply;
  }

  /** `understand`: what it means, where that is not known; null: that is for others to say. */
  of(text: string, principal: Principal, directory: Directory, understand: () => Meant | null): KnownPage | null {
    const known = this.#known.find(nameOf(text, principal));
    if (known !== undefined && known.principal === principal && isSame(known.directory, directory)) return known;
    const meant = understand();
    if (meant === null) return null;
    const page: KnownPage = { ...meant, text, principal, directory, shown: null };
    this.#keep(page);
    return page;
  }

  /** From this isolate and without waiting; null: something has to be asked. */
  shownNow(known: KnownPage, nowMs: number): Page | null {
    if (known.shown?.sight.isStill(nowMs) === true) return known.shown.page;
    known.shown = null;
    const sight = this.#many.atHand(known.skus, nowMs);
    if (sight === null) return null;
    const parts = { seen: sight.seen, missing: [], network: known.directory.network, channel: known.channel };
    known.shown = { sight, page: pageOf(parts, this.#readyReply) };
    this.#keep(known);
    return known.shown.page;
  }

  #keep(page: KnownPage): void {
    this.#known.keep(nameOf(page.text, page.principal), page, bytesOfPage(page));
  }
}

/** No id of a key has a line break in it. */
function nameOf(text: string, { keyId }: Principal): string {
  return `${keyId}\n${text}`;
}

function isSame(a: Directory, b: Directory): boolean {
  return a.network === b.network && a.kitsVersion === b.kitsVersion;
}

// Lists, and what stands beside each item in them.
const BYTES_OF_ITSELF = 1_000;
const BYTES_PER_ITEM = 200;

function bytesOfPage({ text, skus, shown }: KnownPage): number {
  return BYTES_OF_ITSELF + 4 * text.length + BYTES_PER_ITEM * skus.length + (shown?.page.bytes ?? 0);
}
