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
  const random = crypto.getRandomValues(new Uint8Array(TRACE_BYTES + SPAN_BYTES));
  const traceId = readable ? given : hex(random, 0, TRACE_BYTES);
  return { traceId, traceparent: `00-${traceId}-${hex(random, TRACE_BYTES, random.length)}-${readable ? flags : '01'}` };
}

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
// Every request makes its names out of them.
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 1) text += HEX[bytes[at] ?? 0];
  return text;
}
