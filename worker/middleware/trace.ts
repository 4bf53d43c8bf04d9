const PARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** W3C Trace Context: where a request belongs. The trace-id is our correlation_id. */
export interface Trace {
  readonly traceId: string;
  readonly traceparent: string;
}

/** Goes on with the caller's trace, or begins one where there is none or it is malformed. */
export function traceOf(header: string | undefined): Trace {
  const [, version, given, , flags, more] = header === undefined ? [] : (PARENT.exec(header) ?? []);
  const readable = given !== undefined && (version !== '00' || more === undefined);
  const traceId = readable ? given : hexOf(crypto.randomUUID());
  return {
    traceId,
    traceparent: `00-${traceId}-${hexOf(crypto.randomUUID()).slice(-SPAN_CHARACTERS)}-${readable ? flags : '01'}`,
  };
}

const SPAN_CHARACTERS = 16;

/** 122 bits of chance as a string: bytes would have to be made and collected for every request, which costs more than they do. */
function hexOf(uuid: string): string {
  return uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24);
}
