// An ERP's page of a thousand changes with every text at its longest is below half of this, and so is any channel's answer.
const REPLY_BYTES_MAX = 8_388_608;

export type Exchange = { readonly response: Response; readonly text: string } | { readonly failure: string };

/** Sends, and reads the whole reply; a failure of either is a value, for what it means to what was sent is the caller's to say. */
export async function exchanged(send: () => Promise<Response>, signal: AbortSignal, whom = 'The ERP'): Promise<Exchange> {
  try {
    return await within(signal, whole(send));
  } catch (error) {
    return { failure: signal.aborted ? `${whom} did not answer in time.` : `${whom} could not be reached: ${String(error)}` };
  }
}

async function whole(send: () => Promise<Response>): Promise<Exchange> {
  const response = await send();
  return { response, text: await readText(response) };
}

/** Whoever sends has the signal too; but Node's fetch forgets that of a Request once the collector has taken the Request. */
function within<Answer>(signal: AbortSignal, answer: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Error('aborted'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > REPLY_BYTES_MAX) throw new Error(`a reply beyond ${REPLY_BYTES_MAX} bytes`);
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}
