import type { Context } from 'hono';

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

export interface Trace {
  /** As the caller sent it; stored with what it booked. */
  readonly traceparent: string | null;
  readonly correlationId: string;
}

/** Reads the caller's W3C trace. A call without one gets an id of its own, so that its problem can be found again. */
export function traceOf(c: Context): Trace {
  const header = c.req.header('traceparent') ?? '';
  const traceId = TRACEPARENT.exec(header)?.[1];
  return traceId === undefined
    ? { traceparent: null, correlationId: crypto.randomUUID().replaceAll('-', '') }
    : { traceparent: header, correlationId: traceId };
}
