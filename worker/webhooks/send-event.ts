import type { Failure } from '../../domain/webhook-lane/webhook-lane.ts';
import { retryAfterMs } from '../../exchange/retry-after.ts';
import { OutboundRefused, type Outbound } from '../outbound/outbound.ts';

export interface Sent {
  /** null: it took it. */
  readonly failure: Failure | null;
  /** null: it did not answer. */
  readonly status: number | null;
}

/** One call of an endpoint, and what its answer means: 2xx is taken, 410 is the end, all else is to be tried again. */
export async function sendEvent(url: string, request: RequestInit, outbound: Outbound, nowMs: number): Promise<Sent> {
  try {
    const { status, headers } = await outbound.tell(url, request);
    if (status >= 200 && status < 300) return { status, failure: null };
    const header = headers.get('retry-after');
    const askedMs = header === null ? null : retryAfterMs(header, nowMs);
    return { status, failure: { detail: `It answered ${status}.`, retryAfterMs: askedMs, gone: status === 410 } };
  } catch (error) {
    return { status: null, failure: { detail: whyNot(error), retryAfterMs: null, gone: false } };
  }
}

/** In our own words: what a runtime says of a failed call may hold the address, and addresses hold keys. */
function whyNot(error: unknown): string {
  if (error instanceof OutboundRefused) return `We do not call it: ${error.message}.`;
  const name = error instanceof Error ? error.name : '';
  return name === 'TimeoutError' || name === 'AbortError' ? 'It did not answer in time.' : 'It could not be reached.';
}
