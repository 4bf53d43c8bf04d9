import type { Context } from 'hono';
import { OVERLOADED_RETRY_AFTER_SECONDS } from '../contracts/limits.ts';
import type { ProblemReply } from '../contracts/problem.ts';
import { kindOf } from '../contracts/problems.ts';
import type { AppEnv } from './app-env.ts';
import type { Refused } from './refused.ts';

export interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** A replay shows the trace of the first answer. */
  readonly correlationId?: string;
}

/** A refusal as RFC 9457 says it. */
export function problem(c: Context<AppEnv>, refused: Refused, options: ProblemOptions = {}): Response {
  const kind = kindOf(refused.code);
  const status = refused.inPath ? (kind.inPath ?? kind.status) : kind.status;
  const body: ProblemReply = {
    type: `/problems/${refused.code}`,
    title: kind.title,
    status,
    code: refused.code,
    detail: refused.detail,
    correlation_id: options.correlationId ?? c.var.trace.traceId,
    ...refused.extra,
  };
  c.var.noted.decision = refused.code;
  if (refused.extra.source !== undefined) c.var.noted.source = refused.extra.source;
  const headers: Record<string, string> = { ...options.headers, 'content-type': 'application/problem+json' };
  if (refused.retryAfterSeconds !== null) headers['retry-after'] = String(refused.retryAfterSeconds);
  if (refused.code === 'overloaded') headers['retry-after'] ??= String(OVERLOADED_RETRY_AFTER_SECONDS);
  return new Response(JSON.stringify(body), { status, headers });
}
