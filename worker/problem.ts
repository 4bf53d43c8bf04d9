import type { Context } from 'hono';
import { OVERLOADED_RETRY_AFTER_SECONDS } from '../contracts/limits.ts';
import type { ProblemReply } from '../contracts/problem.ts';
import { kindOf } from '../contracts/problems.ts';
import type { AppEnv, Noted } from './app-env.ts';
import { Refused } from './refused.ts';

export interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** A replay shows the trace of the first answer. */
  readonly correlationId?: string;
}

/** What an answer needs of its request: the trace that it names, and where to note what the line in the log says. */
export type Asking = Pick<AppEnv['Variables'], 'trace' | 'noted'>;

/** A refusal as RFC 9457 says it. */
export function problem(c: Context<AppEnv>, refused: Refused, options: ProblemOptions = {}): Response {
  return problemTo(c.var, refused, options);
}

export function problemTo({ trace, noted }: Asking, refused: Refused, options: ProblemOptions = {}): Response {
  Object.assign(noted, notedOf(refused));
  return problemReply(refused, options.correlationId ?? trace.traceId, options.headers);
}

/** What the log says of a refusal. */
function notedOf({ code, extra: { source } }: Refused): Pick<Noted, 'decision' | 'source'> {
  return { decision: code, ...(source === undefined ? {} : { source }) };
}

function problemReply(refused: Refused, correlationId: string, more: ProblemOptions['headers'] = {}): Response {
  const kind = kindOf(refused.code);
  const status = refused.inPath ? (kind.inPath ?? kind.status) : kind.status;
  const body: ProblemReply = {
    type: `/problems/${refused.code}`,
    title: kind.title,
    status,
    code: refused.code,
    detail: refused.detail,
    correlation_id: correlationId,
    ...refused.extra,
  };
  const headers: Record<string, string> = { ...more, 'content-type': 'application/problem+json' };
  if (refused.retryAfterSeconds !== null) headers['retry-after'] = String(refused.retryAfterSeconds);
  if (refused.code === 'overloaded') headers['retry-after'] ??= String(OVERLOADED_RETRY_AFTER_SECONDS);
  return new Response(JSON.stringify(body), { status, headers });
}

/** What is said of a mistake of ours, or of what we need and could not reach (R9). */
export const UNFORESEEN = new Refused('internal_error', 'the outcome is unknown: ask again, with the same Idempotency-Key');

/** What the log says of it. */
export function errorIn(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
