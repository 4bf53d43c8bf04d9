const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;

/** A W3C traceparent for a step of this trace, or null where the id is not a W3C trace id. */
export function traceparentOf(correlationId: string | null): string | null {
  if (correlationId === null || !TRACE_ID.test(correlationId)) return null;
  const span = crypto.getRandomValues(new Uint8Array(8));
  return `00-${correlationId}-${[...span].map((byte) => byte.toString(16).padStart(2, '0')).join('')}-01`;
}
