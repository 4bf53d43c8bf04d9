import type * as z from 'zod';

export interface Issue {
  readonly path: string;
  readonly message: string;
}

type ZodIssue = z.core.$ZodIssue;

// A body of nonsense would otherwise be answered with a longer one.
const ISSUES_MAX = 20;
const FIELD_CHARACTERS_MAX = 100;

/** What is wrong and where, in the words of whoever sent it. */
export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues
    .slice(0, ISSUES_MAX)
    .flatMap((issue) => flattened(issue, []))
    .slice(0, ISSUES_MAX);
}

/** Of a union, what the alternative of the same kind (text or object) says; the others would only puzzle. */
function flattened(issue: ZodIssue, before: readonly PropertyKey[]): readonly Issue[] {
  const path = [...before, ...issue.path];
  if (issue.code === 'invalid_union') {
    const fitting = issue.errors.find((one) => !one.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0));
    if (fitting !== undefined) return fitting.flatMap((inner) => flattened(inner, path));
    return [{ path: shown(path), message: 'must be a name or {"system", "external_id"}' }];
  }
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, ISSUES_MAX).map((key) => ({ path: shown([...path, key]), message: 'is not a field here' }));
  return [{ path: shown(path), message: issue.message }];
}

function shown(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = String(part).slice(0, FIELD_CHARACTERS_MAX);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
