import { Refused } from '../refused.ts';

/**
 * Asks an object, and once more where its stub broke: a stub that threw is broken, so each try takes a new one. Overload
 * is never tried again. Everything that is asked so may be asked twice. `name` is what the caller knows it by.
 */
export async function patiently<Stub, Answer>(
  stubOf: () => Stub,
  name: string,
  question: (stub: Stub) => Promise<Answer>,
): Promise<Answer | Refused> {
  try {
    return await question(stubOf());
  } catch (error) {
    if (says(error, 'overloaded')) return overloaded(name);
    if (!says(error, 'retryable')) throw error;
  }
  try {
    return await question(stubOf());
  } catch (error) {
    if (says(error, 'overloaded')) return overloaded(name);
    throw error;
  }
}

function says(error: unknown, property: 'overloaded' | 'retryable'): boolean {
  return error instanceof Error && property in error && Object(error)[property] === true;
}

export function overloaded(name: string, mayBeDone = false): Refused {
  return new Refused('overloaded', `too many requests for ${name} at once; ask again with the same key`, { mayBeDone });
}
