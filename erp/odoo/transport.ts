import * as z from 'zod';
import { exchanged } from '../../exchange/exchanged.ts';
import { ourRequest } from '../../exchange/our-request.ts';
import { retryAfterMs } from '../../exchange/retry-after.ts';
import { shortened } from '../../exchange/reply-text.ts';
import type { OdooAnswer } from './answer.ts';

/** One method of one model. Named arguments only, save `create`, which JSON-RPC wants to see in its place. */
export interface OdooCall {
  readonly model: string;
  readonly method: string;
  readonly ids?: readonly number[];
  readonly named?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** A way into Odoo: `/jsonrpc` or `/json/2`. Answers with what the method returned; null where it returns nothing. */
export interface Transport {
  call(call: OdooCall, signal: AbortSignal): Promise<OdooAnswer<unknown>>;
}

export interface Wire {
  readonly url: string;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly nowMs: () => number;
}

export interface Received {
  readonly status: number;
  readonly json: unknown;
}

/** Sends one request and reads its reply as JSON; whatever hinders that is the answer. */
export async function received(
  wire: Wire,
  { path, headers = {}, body }: { readonly path: string; readonly headers?: Record<string, string>; readonly body?: unknown },
  signal: AbortSignal,
): Promise<Received | OdooAnswer<never>> {
  const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const send = () => wire.fetch(ourRequest(wire.url.replace(/\/+$/, '') + path, request, signal));
  const exchange = await exchanged(send, signal);
  if ('failure' in exchange) return { kind: 'unknown', detail: exchange.failure };
  const { response, text } = exchange;
  if (response.status === 429)
    return { kind: 'throttled', retryAfterMs: retryAfterMs(response.headers.get('Retry-After'), wire.nowMs()) };
  try {
    return { status: response.status, json: JSON.parse(text) };
  } catch {
    return { kind: 'unknown', detail: `Odoo answered ${response.status} with something that is not JSON.` };
  }
}

export function isReceived(reply: Received | OdooAnswer<never>): reply is Received {
  return 'status' in reply;
}

/** Gives the answer its type, or says what is wrong with it. */
export function typed<Body>(answer: OdooAnswer<unknown>, reply: z.ZodType<Body>): OdooAnswer<Body> {
  if (answer.kind !== 'answered') return answer;
  const parsed = reply.safeParse(answer.body);
  if (parsed.success) return { kind: 'answered', body: parsed.data };
  return { kind: 'unknown', detail: shortened(`Odoo answered something else: ${z.prettifyError(parsed.error)}`) };
}
