import type { FeedAbout, FeedFormat, FeedItem } from './format.ts';
import type { ItemsPage } from './read-items.ts';

/** Pages of a feed, one after another; null: there are no more. */
export type NextPage = () => Promise<ItemsPage | null>;

/** A file without end goes out as it is read: one page at a time, and only when whoever fetches it has taken the one before. */
export function streamed(format: FeedFormat, about: FeedAbout, next: NextPage): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const file = new File(format, about);
  let begun = false;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        // Whoever pulled is not asked again before something came: a page of which nothing is told is passed over.
        for (let said = ''; said === '';) {
          const page = await next();
          said = `${begun ? '' : format.begin(about)}${page === null ? file.end() : file.rows(page)}`;
          begun = true;
          if (said !== '') controller.enqueue(encoder.encode(said));
          if (page !== null) continue;
          controller.close();
          return;
        }
      },
    },
    { highWaterMark: 0 },
  );
}

export interface WholeFile {
  readonly text: string;
  readonly items: number;
  /** Behind which item the next file begins; null: all are told. */
  readonly after: FeedItem['sku'] | null;
}

/** A file that its reader bounds is written before it goes out: only then is it known where the next one begins. */
export async function whole(format: FeedFormat, about: FeedAbout, next: NextPage): Promise<WholeFile> {
  const most = format.fileMax ?? { items: Infinity, bytes: Infinity };
  const file = new File(format, about);
  const rows: string[] = [];
  // The end of a file is short.
  let bytes = format.begin(about).length + 100;
  let last: FeedItem['sku'] | null = null;
  const done = (after: FeedItem['sku'] | null): WholeFile => {
    return { text: `${format.begin(about)}${rows.join('')}${file.end()}`, items: rows.length, after };
  };
  for (let page = await next(); page !== null; page = await next()) {
    // Listings of one item stay in one file.
    for (const group of Map.groupBy(page.items, ({ sku }) => sku).values()) {
      const texts = file.each(group);
      const more = new TextEncoder().encode(texts.join('')).length;
      const isFull = rows.length + texts.length > most.items || bytes + more > most.bytes;
      if (isFull && rows.length > 0) return done(last);
      rows.push(...texts);
      bytes += more;
      last = group[0]?.sku ?? last;
    }
  }
  return done(null);
}

class File {
  readonly #format: FeedFormat;
  readonly #about: FeedAbout;
  #items = 0;
  #leftOut = 0;

  constructor(format: FeedFormat, about: FeedAbout) {
    this.#format = format;
    this.#about = about;
  }

  rows({ items, leftOut }: ItemsPage): string {
    this.#leftOut += leftOut;
    return this.each(items).join('');
  }

  each(items: readonly FeedItem[]): readonly string[] {
    return items.flatMap((item) => {
      const text = this.#format.item(item, this.#about, this.#items);
      if (text === null) this.#leftOut += 1;
      else this.#items += 1;
      return text === null ? [] : [text];
    });
  }

  end(): string {
    return this.#format.end(this.#about, { items: this.#items, leftOut: this.#leftOut });
  }
}
