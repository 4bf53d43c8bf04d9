import type * as z from 'zod';
import { exchanged } from '../../exchange/exchanged.ts';
import { ourRequest } from '../../exchange/our-request.ts';
import { jsonIn, shortened } from '../../exchange/reply-text.ts';
import { retryAfterMs } from '../../exchange/retry-after.ts';
import { typed, type Answer } from '../answer.ts';
import type { Wire } from '../wire.ts';
import { errorText } from './error-text.ts';
import { ADOBE_PATIENCE_MS } from './limits.ts';
import type { AdobeCredentials, AdobeOptions } from './options.ts';
import { errorReply } from './replies.ts';

export type AdobeWire = Wire<AdobeOptions, AdobeCredentials>;

export interface AdobeCall {
  /** After the store: `V1/…` or `async/bulk/V1/…`, everything in it encoded. */
  readonly path: string;
  /** With it the call sets something. */
  readonly body?: unknown;
}

/** Calls a shop with the integration's token. */
export async function called<Body>(
  { options, credentials, fetch, nowMs }: AdobeWire,
  { path, body }: AdobeCall,
  reply: z.ZodType<Body>,
  signal: AbortSignal,
): Promise<Answer<Body>> {
  const request = {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      Authorization: `Bearer ${credentials.token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const address = `${options.url.replace(/\/+$/, '')}/rest/${options.store}/${path}`;
  const exchange = await exchanged(() => fetch(ourRequest(address, request, signal)), signal, 'The shop');
  if ('failure' in exchange) return { kind: 'unknown', detail: shortened(exchange.failure) };
  const answer = answerOf(exchange.response, exchange.text, nowMs());
  // Whatever the shop repeats of what we sent goes into cases and logs.
  return answer.kind === 'refused'
    ? { ...answer, detail: answer.detail.replaceAll(credentials.token, '…') }
    : typed(answer, reply, 'The shop');
}

function answerOf(response: Response, text: string, nowMs: number): Answer<unknown> {
  const { status, headers } = response;
  const retryAfter = headers.get('Retry-After');
  if (status === 429)
    return { kind: 'throttled', retryAfterMs: retryAfter === null ? ADOBE_PATIENCE_MS : retryAfterMs(retryAfter, nowMs) };
  if (status === 401 || status === 403) return { kind: 'unknown', detail: `The shop does not let us in (${status}).` };
  const json = jsonIn(text);
  if (response.ok && json !== undefined) return { kind: 'answered', body: json };
  const error = errorReply.safeParse(json);
  if ((status !== 400 && status !== 404) || !error.success) return { kind: 'unknown', detail: `The shop answered ${status}.` };
  // Not about what was sent: the address is wrong, or the shop has no inventory of several sources.
  if (error.data.message.startsWith('Request does not match any route'))
    return { kind: 'unknown', detail: 'The shop knows no such address.' };
  return { kind: 'refused', status, code: status === 404 ? 'not_found' : 'not_saved', detail: errorText(error.data) };
}
