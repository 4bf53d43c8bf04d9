import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import * as z from 'zod';
import { problemReply } from '../../contracts/problem.ts';
import type { Patience } from './patience.ts';
import { ReplayStopped } from './replay-stopped.ts';
import type { CallKind, Timings } from './timings.ts';

/** Slower than any healthy answer, that about a cart of a thousand lines too; a repeat under the same key costs nothing. */
const ATTEMPT_MS_MAX = 60_000;
const PAUSE_MS_MAX = 3_000;
/** A front that asks for more patience than this is asked again sooner. */
const RETRY_AFTER_MS_MAX = 30_000;

export interface Call {
  readonly kind: CallKind;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly token: string;
  readonly body?: unknown;
  /** The same at every attempt, so that a repeat finds what an earlier attempt may have done. */
  readonly idempotencyKey?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** An earlier attempt, or an earlier start, had been served. */
  readonly replayed: boolean;
}

/** Asks until there is an answer. What says nothing about the outcome (time-out, 5xx, 429) is asked again, never taken for a no (R9). */
export type Ask = (call: Call) => Promise<Answer>;

export interface AskOptions {
  readonly url: string;
  readonly timings: Timings;
  readonly patience: Patience;
  /** The edge's hint that all is sold is taken for an answer, as a shop's page takes it. */
  readonly hintsAreAnswers?: boolean;
}

export function askAt({ url, timings, patience, hintsAreAnswers = false }: AskOptions): Ask {
  return (call) =>
    pRetry((attempt) => attemptOf(url, call, attempt, timings, hintsAreAnswers), {
      retries: Infinity,
      minTimeout: patience.pauseMsMin,
      maxTimeout: PAUSE_MS_MAX,
      maxRetryTime: patience.askingMsMax,
      randomize: true,
      shouldRetry: ({ error }) => error instanceof Unanswered,
      onFailedAttempt: async ({ error, retryDelay }) => {
        if (!(error instanceof Unanswered)) return;
        timings.repeated(call.kind);
        const asked = Math.min(error.retryAfterMs, RETRY_AFTER_MS_MAX);
        if (asked > retryDelay) await sleep(asked - retryDelay);
      },
    }).catch((error: unknown) => {
      if (error instanceof Unanswered) throw new ReplayStopped(`${call.method} ${call.path} stayed unanswered: ${error.message}`);
      throw error;
    });
}

/** Any problem's code, also one that this program does not know. */
const anyProblem = problemReply.pick({ lines: true }).extend({ code: z.string(), detail: z.string().catch('') });
export type Problem = z.output<typeof anyProblem>;

export function problemOf(answer: Answer): Problem {
  const read = anyProblem.safeParse(answer.body);
  return read.success ? read.data : { code: `http_${answer.status}`, detail: '' };
}

/** The body of an answer that has to be a yes. */
export function yes<Body>(call: string, answer: Answer, body: z.ZodType<Body>): Body {
  if (answer.status >= 300) {
    const { code, detail } = problemOf(answer);
    throw new ReplayStopped(`${call} was answered ${answer.status} ${code}: ${detail}`);
  }
  const read = body.safeParse(answer.body);
  if (!read.success)
    throw new ReplayStopped(`${call} was answered with something else than the contract says:\n${z.prettifyError(read.error)}`);
  return read.data;
}

class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs = 0) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

async function attemptOf(url: string, call: Call, attempt: number, timings: Timings, hintsAreAnswers: boolean): Promise<Answer> {
  const startedMs = performance.now();
  const answer = await fetch(addressOf(url, call, attempt), {
    method: call.method,
    headers: headersOf(call),
    body: call.body === undefined ? null : JSON.stringify(call.body),
    signal: AbortSignal.timeout(ATTEMPT_MS_MAX),
  })
    .then(async (response) => ({ response, text: await response.text() }))
    .catch((error: unknown) => {
      throw new Unanswered(whyOf(error));
    });

  const { response, text } = answer;
  const body = jsonOf(text);
  if (saysNothing(response.status, body) && !(hintsAreAnswers && codeOf(body) === 'sold_out_hint')) {
    throw new Unanswered(
      `${response.status} ${text.slice(0, 200)}`,
      retryAfterMs(response.headers.get('retry-after'), Date.now()),
    );
  }
  const replayed = response.headers.get('idempotent-replayed') === 'true';
  timings.answered(call.kind, performance.now() - startedMs, replayed);
  return { status: response.status, body, replayed };
}

// A hint from the edge may refuse a first attempt; a repeat insists on the object's own word.
function addressOf(url: string, call: Call, attempt: number): URL {
  const address = new URL(call.path, url);
  if (attempt > 1 && call.kind === 'reserve') address.searchParams.set('consistency', 'strong');
  return address;
}

function headersOf(call: Call): Record<string, string> {
  return {
    authorization: `Bearer ${call.token}`,
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
  };
}

const codeOnly = z.object({ code: z.string() });

function codeOf(body: unknown): string | undefined {
  return codeOnly.safeParse(body).data?.code;
}

/** Whether the thing asked for may have happened or not for all that this answer tells. 501 tells: it never will. */
function saysNothing(status: number, body: unknown): boolean {
  if (status < 300) return body === undefined;
  if (status === 409) return codeOf(body) === 'key_in_progress';
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

/** `Retry-After` is a number of seconds or a date. */
export function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const afterMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(afterMs) ? 0 : Math.max(0, afterMs);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
