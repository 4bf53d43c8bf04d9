/** A user of Tryton's, as a person has one: asks straight, and fails loudly. Shares no code with the adapter. */
export interface TrytonUser {
  /** `model.` is put in front; the context comes last by itself. */
  ask(method: string, args: readonly unknown[], context?: Record<string, unknown>): Promise<unknown>;
}

export async function trytonUser(url: string, user: string, password: string): Promise<TrytonUser> {
  const [id, session] = listIn(await call(url, null, 'common.db.login', [user, { password }, 'en']));
  const authorization = `Session ${Buffer.from(`${user}:${String(id)}:${String(session)}`).toString('base64')}`;
  return {
    ask: (method, args, context = {}) => call(url, authorization, `model.${method}`, [...args, { language: 'en', ...context }]),
  };
}

/** Waits until the server answers a question that needs no login. */
export async function untilItAnswers(url: string, endsAtMs: number): Promise<void> {
  for (;;) {
    try {
      await call(new URL('/', url).href, null, 'common.server.version', []);
      return;
    } catch (error) {
      if (Date.now() > endsAtMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export function decimal(text: string): unknown {
  return { __class__: 'Decimal', decimal: text };
}

function listIn(answer: unknown): readonly unknown[] {
  if (!Array.isArray(answer)) throw new TypeError(`Tryton answered no list: ${JSON.stringify(answer)}`);
  return answer;
}

export function idsIn(answer: unknown): readonly number[] {
  return listIn(answer).map(Number);
}

/** Records that were read, as far as a caller looks into them. */
export function rowsIn(answer: unknown): readonly Readonly<Record<string, unknown>>[] {
  return listIn(answer).map((row) => Object.fromEntries(Object.entries(Object(row))));
}

async function call(url: string, authorization: string | null, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(authorization === null ? {} : { Authorization: authorization }) },
    body: JSON.stringify({ id: 1, method, params }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Tryton answered ${response.status} to ${method}: ${text.slice(0, 200)}`);
  const { result, error }: { result?: unknown; error?: unknown } = JSON.parse(text);
  if (error !== undefined) throw new Error(`Tryton refused ${method}: ${JSON.stringify(error).slice(0, 400)}`);
  return result;
}
