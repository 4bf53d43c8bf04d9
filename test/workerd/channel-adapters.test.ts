import { expect, test } from 'vitest';
import { amazonChannel } from '../../channels/amazon/amazon-channel.ts';
import { amazonCredentials, amazonOptions } from '../../channels/amazon/options.ts';
import { shopifyChannel } from '../../channels/shopify/shopify-channel.ts';
import { shopifyCredentials, shopifyOptions } from '../../channels/shopify/options.ts';

const soon = () => AbortSignal.timeout(5_000);
const nowMs = () => Date.parse('2026-11-21T08:00:00Z');

/** Answers by the end of the address, and keeps what was asked. */
function vendor(answers: Readonly<Record<string, () => Response | Promise<Response>>>) {
  const asked: string[] = [];
  const send = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    asked.push(`${request.method} ${pathname} ${await request.text()}`);
    const [, answer] = Object.entries(answers).find(([end]) => pathname.endsWith(end)) ?? [];
    return answer === undefined ? new Response(null, { status: 404 }) : answer();
  };
  return { asked, fetch: send };
}

function packed(body: unknown): Response {
  return new Response(new Response(JSON.stringify(body)).body?.pipeThrough(new CompressionStream('gzip')) ?? null);
}

test('in the real runtime, a report of Amazon is unpacked and read', async () => {
  const issues = [{ messageId: 1, sku: 'TEA', code: '13013', severity: 'ERROR', message: 'No such item.' }];
  const summary = { errors: 1, warnings: 0, messagesProcessed: 2, messagesAccepted: 1, messagesInvalid: 1 };
  const { fetch } = vendor({
    '/o2/token': () => Response.json({ access_token: 'token', expires_in: 3_600 }),
    '/feeds/7': () => Response.json({ processingStatus: 'DONE', resultFeedDocumentId: 'report' }),
    '/documents/report': () =>
      Response.json({ feedDocumentId: 'report', url: 'https://documents.test/file', compressionAlgorithm: 'GZIP' }),
    '/file': () => packed({ header: {}, issues, summary }),
  });
  const channel = amazonChannel({
    options: amazonOptions.parse({ region: 'na', seller_id: 'A1SELLER', marketplace_id: 'ATVPDKIKX0DER' }),
    credentials: amazonCredentials.parse({ client_id: 'id', client_secret: 'secret', refresh_token: 'refresh' }),
    fetch,
    nowMs,
  });
  expect(await channel.progress('{"feed":"7"}', soon())).toEqual({
    done: true,
    refused: new Map([['TEA', { code: '13013', detail: 'No such item.' }]]),
    failed: new Map(),
  });
});

test('in the real runtime, a shop of Shopify is told a level under a key', async () => {
  const { fetch, asked } = vendor({
    '/graphql.json': () => Response.json({ data: { inventorySetQuantities: { userErrors: [] } } }),
  });
  const channel = shopifyChannel({
    options: shopifyOptions.parse({ shop: 'tea.myshopify.com', location: '655441491' }),
    credentials: shopifyCredentials.parse({ access_token: 'token' }),
    fetch,
    nowMs,
  });
  const level = { listing: '9007199254740993', quantity: 3, places: [], version: 1, key: 'k', believed: null };
  expect(await channel.setLevels('call', [level], soon())).toEqual([{ outcome: 'applied' }]);
  expect(asked[0]).toMatch(/"key":"[0-9a-f]{64}".*"inventoryItemId":"gid:\/\/shopify\/InventoryItem\/9007199254740993"/);
});
