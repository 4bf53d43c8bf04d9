/** What an answer holds, up to so many bytes; one that is longer is an error, and the rest of it is not read. */
export async function bytesOfAnswer(response: Response, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Whoever leaves this loop cancels the rest.
    if (size > bytesMax) throw new Error(`an answer of more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

export async function textOf(response: Response, bytesMax: number): Promise<string> {
  return new TextDecoder().decode(await bytesOfAnswer(response, bytesMax));
}
