import { outcomeOf, typed, unavailable } from '../answer.ts';
import type { Level, Progress, SetOutcome } from '../port.ts';
import type { AmazonClient } from './client.ts';
import { AMAZON_FEED_LOOK_MS, AMAZON_NEXT_FEED_MS } from './limits.ts';
import { patchesOf, refusalOf } from './listings.ts';
import type { AmazonOptions } from './options.ts';
import { createdFeed, feed, feedDocument, report } from './replies.ts';

const CONTENT_TYPE = 'application/json; charset=UTF-8';
const PATH = '/feeds/2021-06-30';

/** One file of levels. Nothing counts before the feed itself is created. */
export async function sendFeed(
  client: AmazonClient,
  options: AmazonOptions,
  levels: readonly Level[],
  receiptOf: (feedId: string) => string,
  signal: AbortSignal,
): Promise<readonly SetOutcome[]> {
  const { text, count } = fileOf(options, levels);
  const together = (outcome: SetOutcome): readonly SetOutcome[] =>
    levels.map((_, index) => (index < count ? outcome : { outcome: 'throttled', retryAfterMs: AMAZON_NEXT_FEED_MS }));

  const place = { method: 'POST', path: `${PATH}/documents`, body: { contentType: CONTENT_TYPE } } as const;
  const document = await client.call(place, feedDocument, signal);
  if (document.kind !== 'answered') return together(outcomeOf(document));
  const uploaded = await client.upload(document.body.url, CONTENT_TYPE, text, signal);
  if (uploaded.kind !== 'answered') return together(outcomeOf(uploaded));
  const body = {
    feedType: 'JSON_LISTINGS_FEED',
    marketplaceIds: [options.marketplace_id],
    inputFeedDocumentId: document.body.feedDocumentId,
  };
  const created = await client.call({ method: 'POST', path: `${PATH}/feeds`, body }, createdFeed, signal);
  if (created.kind !== 'answered') return together(outcomeOf(created));
  return together({ outcome: 'accepted', receipt: receiptOf(created.body.feedId), askAfterMs: AMAZON_FEED_LOOK_MS });
}

/** As many of them as one file may hold, in bytes. */
function fileOf(options: AmazonOptions, levels: readonly Level[]) {
  const header = JSON.stringify({ sellerId: options.seller_id, version: '2.0', issueLocale: 'en_US' });
  const messages: string[] = [];
  let bytes = header.length + 100;
  for (const { listing: sku, quantity } of levels) {
    const patches = patchesOf(options, quantity);
    const messageId = messages.length + 1;
    const message = JSON.stringify({ messageId, sku, operationType: 'PATCH', productType: options.product_type, patches });
    bytes += new TextEncoder().encode(message).byteLength + 1;
    if (bytes > options.feed_bytes_max && messages.length > 0) break;
    messages.push(message);
  }
  return { text: `{"header":${header},"messages":[${messages.join(',')}]}`, count: messages.length };
}

export async function progressOfFeed(client: AmazonClient, feedId: string, signal: AbortSignal): Promise<Progress> {
  const path = `${PATH}/feeds/${encodeURIComponent(feedId)}`;
  const answer = await client.call({ method: 'GET', path }, feed, signal);
  if (answer.kind === 'refused' && (answer.status === 404 || answer.status === 400))
    return { done: true, lost: 'Amazon knows of no such feed.' };
  if (answer.kind !== 'answered') throw unavailable(answer, 'Amazon');
  const { processingStatus: status, resultFeedDocumentId } = answer.body;
  if (status === 'IN_QUEUE' || status === 'IN_PROGRESS') return { done: false, askAfterMs: AMAZON_FEED_LOOK_MS };
  if (status !== 'DONE') return { done: true, lost: `Amazon ended the feed as ${status.slice(0, 50)}.` };
  if (resultFeedDocumentId === undefined) return { done: true, lost: 'Amazon ended the feed without a report.' };
  return readReport(client, resultFeedDocumentId, signal);
}

async function readReport(client: AmazonClient, documentId: string, signal: AbortSignal): Promise<Progress> {
  const path = `${PATH}/documents/${encodeURIComponent(documentId)}`;
  const document = await client.call({ method: 'GET', path }, feedDocument, signal);
  if (document.kind !== 'answered') throw unavailable(document, 'Amazon');
  const isPacked = document.body.compressionAlgorithm === 'GZIP';
  const answer = typed(await client.download(document.body.url, isPacked, signal), report, 'Amazon');
  if (answer.kind !== 'answered') throw unavailable(answer, 'Amazon');
  const errors = answer.body.issues.filter(({ severity }) => severity === 'ERROR');
  const [nameless] = errors.filter(({ sku }) => sku === undefined);
  if (nameless !== undefined) return { done: true, lost: `Amazon complains of the feed: ${refusalOf(nameless).detail}` };
  const refused = new Map(errors.map((one) => [one.sku ?? '', refusalOf(one)]));
  // More went wrong than was named: which of them, nobody knows.
  if (refused.size < answer.body.summary.messagesInvalid)
    return { done: true, lost: 'Amazon names fewer faults of the feed than it counts.' };
  return { done: true, refused, failed: new Map() };
}
