import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { WebhookBody } from '../../contracts/webhooks.ts';
import { ROOT } from '../../test/source-files.ts';
import { verifySignature } from '../inbound/verify-signature.ts';
import { signedRequest } from './signed-event.ts';

const BODY: WebhookBody = {
  type: 'webhook.test',
  timestamp: '2026-11-21T12:00:00.000Z',
  cursor: null,
  sku: null,
  sequence: null,
  data: { webhook: 'wh_1' },
};
const SECRETS = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', `whsec_${btoa('another secret of 24 bytes')}`];

const headersOf = (request: RequestInit): Headers => new Headers(request.headers);

test('[R77] what goes out is signed by every secret as what comes in is checked', async () => {
  const nowMs = 1_795_262_400_987;
  const request = signedRequest('wh_1.4711.x', BODY, SECRETS, nowMs);
  const headers = headersOf(request);
  const text = typeof request.body === 'string' ? request.body : '';
  const signed = {
    id: headers.get('webhook-id') ?? '',
    timestamp: headers.get('webhook-timestamp') ?? '',
    signatures: headers.get('webhook-signature') ?? '',
    body: new TextEncoder().encode(text),
  };
  for (const secret of SECRETS) expect(await verifySignature(signed, [secret], nowMs)).toBe(null);
  expect(await verifySignature(signed, [`whsec_${btoa('a secret that never signed it')}`], nowMs)).not.toBe(null);
  expect([signed.timestamp, JSON.parse(text)]).toEqual(['1795262400', BODY]);
});

const VECTORS = ['../shared', '../../shared']
  .map((folder) => path.join(ROOT, folder, 'contracts/standard-webhooks/vectors.json'))
  .find((file) => existsSync(file));

test.skipIf(VECTORS === undefined)('[R77] the published vector has the headers that ours have', () => {
  const { rules } = JSON.parse(readFileSync(VECTORS ?? '', 'utf8')) as {
    readonly rules: { readonly headers: readonly string[] };
  };
  const sent = [...headersOf(signedRequest('wh_1.4711.x', BODY, SECRETS, 0)).keys()];
  expect(rules.headers.filter((name) => !sent.includes(name))).toEqual([]);
});
