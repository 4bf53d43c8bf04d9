import { gzipSync } from 'node:zlib';
import type { StubClock } from '../vendor-stub.ts';
import { AMAZON_CHECKS } from './checks.ts';
import { bad, checked, type Answer } from './stub-answer.ts';
import { AMAZON_SELLER, type Patching, type StubListings } from './stub-listings.ts';

/** Where documents lie: elsewhere, and whoever has the address is let in. */
export const AMAZON_DOCUMENTS = 'https://amazon-documents.test';

const FEED_BYTES_MAX = 10_485_760;

interface StubFeed {
  readonly text: string;
  status: 'IN_QUEUE' | 'DONE' | 'FATAL';
  reportId: string | null;
}

interface FeedFile {
  readonly header: { readonly sellerId: string };
  readonly messages: readonly ({ readonly messageId: number; readonly sku: string } & Patching)[];
}

/** Files of many listings, what became of them, and the documents that hold both. */
export class StubFeeds {
  /** The next feed comes to nothing as a whole. */
  nextFails = false;
  readonly feeds = new Map<string, StubFeed>();
  readonly #clock: StubClock;
  readonly #listings: StubListings;
  readonly #documents = new Map<string, string>();
  readonly #reports = new Map<string, unknown>();

  constructor(clock: StubClock, listings: StubListings) {
    this.#clock = clock;
    this.#listings = listings;
  }

  createDocument(body: unknown): Answer {
    const wrong = AMAZON_CHECKS.documentSpecification(body);
    if (wrong !== null) return bad(wrong);
    const feedDocumentId = `amzn1.tortuga.4.na.${this.#documents.size + 1}`;
    this.#documents.set(feedDocumentId, '');
    return checked(AMAZON_CHECKS.document, { feedDocumentId, url: addressOf(feedDocumentId) }, 201);
  }

  /** A token there would be given away. */
  async carry(request: Request): Promise<Response> {
    const id = new URL(request.url).pathname.slice(1);
    if (request.headers.has('x-amz-access-token')) return new Response('given away', { status: 400 });
    if (request.method === 'GET') {
      const report = this.#reports.get(id);
      return report === undefined ? new Response(null, { status: 404 }) : new Response(gzipSync(JSON.stringify(report)));
    }
    if (!this.#documents.has(id) || request.headers.get('Content-Type') !== 'application/json; charset=UTF-8')
      return new Response('SignatureDoesNotMatch', { status: 403 });
    this.#documents.set(id, await request.text());
    return new Response(null);
  }

  /** `later` is given what to do once it is processed. */
  create(body: unknown, later: (apply: () => void) => void): Answer {
    const wrong = AMAZON_CHECKS.feedSpecification(body);
    if (wrong !== null) return bad(wrong);
    const { feedType, inputFeedDocumentId = '', marketplaceIds } = body as Record<string, string>;
    const text = this.#documents.get(inputFeedDocumentId) ?? '';
    if (feedType !== 'JSON_LISTINGS_FEED' || marketplaceIds?.[0] !== AMAZON_SELLER.marketplace_id || text === '')
      return bad('the feed cannot be created');
    const feedId = String(50_000 + this.feeds.size);
    const feed: StubFeed = { text, status: 'IN_QUEUE', reportId: null };
    this.feeds.set(feedId, feed);
    const fails = this.nextFails;
    this.nextFails = false;
    later(() => this.#process(feedId, feed, fails));
    return { status: 202, body: { feedId } };
  }

  tell({ pathname }: URL): Answer {
    const feedId = decodeURIComponent(pathname.split('/').at(-1) ?? '');
    const feed = this.feeds.get(feedId);
    if (feed === undefined) return bad('no such feed', 404, 'NotFound');
    const { status: processingStatus, reportId } = feed;
    const createdTime = new Date(this.#clock.nowMs).toISOString();
    const result = reportId === null ? {} : { resultFeedDocumentId: reportId };
    return checked(AMAZON_CHECKS.feed, { feedId, feedType: 'JSON_LISTINGS_FEED', createdTime, processingStatus, ...result });
  }

  tellDocument({ pathname }: URL): Answer {
    const feedDocumentId = decodeURIComponent(pathname.split('/').at(-1) ?? '');
    if (!this.#reports.has(feedDocumentId)) return bad('no such document', 404, 'NotFound');
    const document = { feedDocumentId, url: addressOf(feedDocumentId), compressionAlgorithm: 'GZIP' };
    return checked(AMAZON_CHECKS.feedDocument, document);
  }

  #process(feedId: string, feed: StubFeed, fails: boolean): void {
    const file: unknown = JSON.parse(feed.text);
    if (AMAZON_CHECKS.feedFile(file) !== null || feed.text.length > FEED_BYTES_MAX || fails) {
      feed.status = 'FATAL';
      return;
    }
    const { header, messages } = file as FeedFile;
    const issues = messages.flatMap((message) => {
      const { messageId, sku } = message;
      const refusal = this.#listings.refusalOf(sku, message);
      if (refusal === null) this.#listings.apply(sku, message);
      return refusal === null ? [] : [{ messageId, sku, severity: 'ERROR', ...refusal }];
    });
    feed.reportId = `report-${feedId}`;
    this.#reports.set(feed.reportId, reportOf({ sellerId: header.sellerId, version: '2.0', feedId }, messages.length, issues));
    feed.status = 'DONE';
  }
}

function reportOf(header: object, messagesProcessed: number, issues: readonly object[]): unknown {
  const messagesInvalid = issues.length;
  const messagesAccepted = messagesProcessed - messagesInvalid;
  const summary = { errors: messagesInvalid, warnings: 0, messagesProcessed, messagesAccepted, messagesInvalid };
  return checked(AMAZON_CHECKS.report, { header, issues, summary }).body;
}

function addressOf(documentId: string): string {
  return `${AMAZON_DOCUMENTS}/${documentId}?X-Amz-Signature=stub-signature`;
}
