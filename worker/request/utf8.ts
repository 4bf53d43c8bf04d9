const encoder = new TextEncoder();

/** One encoder for all: it keeps nothing, and to make one is a call of the runtime. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
