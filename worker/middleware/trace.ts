const PARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** W3C Trace Context: where a request belongs. The trace-id is our correlation_id. */
export interface Trace {
  readonly traceId: string;
  readonly traceparent: string;
}

/** Goes on with the caller's trace, or begins one where there is none or it is malformed. */
export function traceOf(header: string | undefined): Trace {
  const [, version, given, , flags, more] = PARENT.exec(header ?? '') ?? [];
  const readable = given !== undefined && (version !== '00' || more === undefined);
  const traceId = readable ? given : randomHex(16);
  return { traceId, traceparent: `00-${traceId}-${randomHex(8)}-${readable ? flags : '01'}` };
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
