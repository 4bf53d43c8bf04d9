/** Secrets that the tests' own configuration has; it is set in vitest.config.ts. */
export const TEST_SECRETS = {
  ERP_TOKEN: 'test-erp-token',
  BUYER_HASH_SECRET: 'test-buyer-hash-secret',
  SECRETS_KEY: 'test-secrets-key',
} as const;

/** What may stand in no log, no message and no answer, whoever made it: told by its form, or by what it is. */
const FORMS: Readonly<Record<string, RegExp>> = {
  'an API key': /\bhf_[A-Za-z0-9_-]{1,64}_[A-Za-z0-9_-]{32}(?![A-Za-z0-9_-])/g,
  'a secret of a webhook': /\bwhsec_[A-Za-z0-9+/]{32,86}={0,2}/g,
  'the signature of a link': /\bsignature=[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g,
  'the key of a caller': /\b[Bb]earer [A-Za-z0-9_-]{20,}/g,
};

/** The documentation shows what one looks like. */
const EXAMPLES: readonly string[] = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];

/** The names of the secrets that stand in a text, each with a little of what stands before it and nothing of itself. */
export function leaksIn(text: string, known: Readonly<Record<string, string>> = TEST_SECRETS): readonly string[] {
  const byForm = Object.entries(FORMS).flatMap(([name, form]) => {
    const found = text.match(form)?.find((one) => !EXAMPLES.includes(one));
    return found === undefined ? [] : [[name, found] as const];
  });
  const byName = Object.entries(known).filter(([, secret]) => text.includes(secret));
  return [...byForm, ...byName].map(([name, secret]) => {
    const at = text.indexOf(secret);
    return `${name}, after ${JSON.stringify(text.slice(Math.max(0, at - 60), at))}`;
  });
}
