import * as z from 'zod';
import { erpProblem } from '../../contracts/generic-erp.ts';
import { exchanged } from '../../exchange/exchanged.ts';
import { ErpUnavailable } from '../port.ts';
import { jsonIn, shortened } from '../../exchange/reply-text.ts';
import { retryAfterMs } from '../../exchange/retry-after.ts';
import type { HttpErpOptions } from './http-erp.ts';

export interface ErpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | null>>;
  readonly body?: unknown;
  readonly traceparent?: string | null;
}

export type ErpAnswer<Body> =
  | { readonly kind: 'answered'; readonly body: Body }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** The ERP could not read what we sent, so it did nothing. */
  | { readonly kind: 'malformed'; readonly code: string; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string };

export interface Call {
  try<Body>(request: ErpRequest, reply: z.ZodType<Body>, signal: AbortSignal): Promise<ErpAnswer<Body>>;
  /** For questions: whoever gets no answer cannot go on. */
  ask<Body>(request: ErpRequest, reply: z.ZodType<Body>, signal: AbortSignal): Promise<Body>;
}

export function erpCaller({ url, token, fetch: send = (request) => fetch(request), nowMs = Date.now }: HttpErpOptions): Call {
  async function attempt<Body>(request: ErpRequest, reply: z.ZodType<Body>, signal: AbortSignal): Promise<ErpAnswer<Body>> {
    const exchange = await exchanged(() => send(httpRequest(url, token, request, signal)), signal);
    return 'failure' in exchange
      ? { kind: 'unknown', detail: exchange.failure }
      : readAnswer(exchange.response, exchange.text, reply, nowMs());
  }
  return {
    try: attempt,
    ask: async (request, reply, signal) => {
      const answer = await attempt(request, reply, signal);
      if (answer.kind === 'answered') return answer.body;
      throw answer.kind === 'throttled'
        ? new ErpUnavailable('The ERP asks for patience.', answer.retryAfterMs)
        : new ErpUnavailable(answer.detail);
    },
  };
}

function httpRequest(
  url: string,
  token: string,
  { method, path, query = {}, body, traceparent = null }: ErpRequest,
  signal: AbortSignal,
) {
  const address = new URL(url.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(query)) if (value !== null) address.searchParams.set(name, value);
  const headers = new Headers({ Authorization: `Bearer ${token}`, Accept: 'application/json' });
  if (traceparent !== null) headers.set('traceparent', traceparent);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  // A redirect would carry the token to wherever it points.
  return new Request(address, {
    method,
    headers,
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function readAnswer<Body>(response: Response, text: string, reply: z.ZodType<Body>, nowMs: number): ErpAnswer<Body> {
  const { status } = response;
  if (status === 429) return { kind: 'throttled', retryAfterMs: retryAfterMs(response.headers.get('Retry-After'), nowMs) };
  if (status === 400 || status === 413 || status === 422) return { kind: 'malformed', ...complaint(status, text) };
  if (status !== 200) return { kind: 'unknown', detail: `The ERP answered ${status}.` };

  const parsed = reply.safeParse(jsonIn(text));
  if (parsed.success) return { kind: 'answered', body: parsed.data };
  return { kind: 'unknown', detail: `The ERP answered 200 with something else: ${shortened(z.prettifyError(parsed.error))}` };
}

function complaint(status: number, text: string): { readonly code: string; readonly detail: string } {
  const problem = erpProblem.safeParse(jsonIn(text));
  return problem.success
    ? { code: problem.data.code, detail: shortened(problem.data.detail) }
    : { code: `http_${status}`, detail: `The ERP answered ${status}.` };
}
