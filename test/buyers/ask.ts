/** One call of the API, whoever answers it: a Worker in this process or a server on a port. Throws where nobody answered. */
export type Ask = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Said>;

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects to be there, and fails where it is not.
  readonly body: any;
}

export interface Patience {
  /** Waits before the same call is made again; throws when it has been long enough. */
  readonly pause: (tries: number, why: string) => Promise<void>;
}

export interface Answered extends Said {
  /** How often it was asked until somebody knew. */
  readonly tries: number;
}

/**
 * [R9] No answer, or one that says "unknown", is asked for again under the same key until somebody knows. `unsure`: what was asked before
 * may have been done.
 */
export async function untilAnswered(ask: (unsure: boolean) => Promise<Said>, { pause }: Patience): Promise<Answered> {
  let unsure = false;
  for (let tries = 1; ; tries += 1) {
    const said: Said | string = await ask(unsure).catch(String);
    if (typeof said !== 'string' && !isUnknown(said)) return { ...said, tries };
    unsure ||= typeof said === 'string' || !isUndecided(said);
    await pause(tries, typeof said === 'string' ? said : `${said.status} ${JSON.stringify(said.body)}`);
  }
}

/** It was turned away before anybody did anything about it. */
function isUndecided({ status, body }: Said): boolean {
  return status === 429 || (status === 503 && body.code === 'overloaded');
}

function isUnknown({ status, body }: Said): boolean {
  return status >= 500 || status === 429 || (status === 409 && body.code === 'key_in_progress');
}
