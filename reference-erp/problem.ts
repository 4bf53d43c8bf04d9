import type { Context } from 'hono';
import { traceOf } from './trace.ts';

const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is not of the form that was agreed' },
  unauthenticated: { status: 401, title: 'Who are you?' },
  not_found: { status: 404, title: 'Nothing here' },
  too_large: { status: 413, title: 'The request is too large' },
  rate_limited: { status: 429, title: 'Too many calls' },
  internal_error: { status: 500, title: 'The ledger failed' },
  no_answer: { status: 504, title: 'The ledger kept its answer to itself' },
} as const;

/** RFC 9457. */
export function problem(c: Context, code: keyof typeof PROBLEMS, detail: string, headers: Record<string, string> = {}): Response {
  return problemOf(c, code, PROBLEMS[code].status, PROBLEMS[code].title, detail, headers);
}

/** A fault that was asked for, under the status that was asked for. */
export function injectedProblem(c: Context, status: number): Response {
  return problemOf(c, 'fault_injected', status, 'A fault that somebody asked for', 'Nothing was booked.', {});
}

function problemOf(c: Context, code: string, status: number, title: string, detail: string, headers: Record<string, string>) {
  const body = { type: `/problems/${code}`, title, status, code, detail, correlation_id: traceOf(c).correlationId };
  return Response.json(body, { status, headers: { ...headers, 'Content-Type': 'application/problem+json' } });
}
