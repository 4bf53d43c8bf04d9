/** What an operation answers, before the line has its way with it. */
export type Answer = { readonly status: number; readonly body: unknown };

/** An answer of the vendor's published shape; the stub's own mistakes are not the adapter's to bear. */
export function checked(check: (value: unknown) => string | null, body: unknown, status = 200): Answer {
  const wrong = check(body);
  if (wrong !== null) throw new Error(`the stub's own answer: ${wrong}`);
  return { status, body };
}

export function bad(message: string, status = 400, code = 'InvalidInput'): Answer {
  return { status, body: errors(code, message) };
}

export function errors(code: string, message: string) {
  return { errors: [{ code, message, details: '' }] };
}
