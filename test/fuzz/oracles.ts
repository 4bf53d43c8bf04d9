import type { PROBLEMS } from '../../contracts/problems.ts';
import { codesOf, responseOf } from './document.ts';
import { factsWrong, whyRefused } from './expected.ts';
import type { Answer, FuzzRequest } from './request.ts';
import { wrongAnswer } from './schemas.ts';

// What a request names and we do not know, or no longer.
const NAME_CODES = new Set<string>([
  'sku_unknown',
  'location_unknown',
  'channel_unknown',
  'source_unknown',
  'alias_unknown',
  'unit_unknown',
  'location_not_served',
  'component_unknown',
] satisfies (keyof typeof PROBLEMS)[]);

/** What is wrong with the answer to a request, whatever the request was. */
export function judged(request: FuzzRequest, answer: Answer): readonly string[] {
  return [
    ofTheStatus(request, answer),
    ofTheForm(request, answer),
    ofTheRefusal(request, answer),
    ofTheFacts(request, answer),
  ].filter((one) => one !== null);
}

type Fields = Readonly<Record<string, unknown>>;

function ofTheStatus({ operation, mutation }: FuzzRequest, { status, body }: Answer): string | null {
  const { code } = (body ?? {}) as Fields;
  if (status >= 500 && code !== 'erp_unavailable') return `it answers ${status}`;
  // A path that cannot be decoded, or leads elsewhere, is none of this operation's.
  if (mutation?.startsWith('path ') === true && [400, 404, 405].includes(status)) return null;
  if (responseOf(operation, status) === null) return `it answers ${status}, which is not documented`;
  return null;
}

function ofTheForm({ operation, mutation }: FuzzRequest, { status, type, body, headers }: Answer): string | null {
  if (!/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(headers.get('traceparent') ?? '')) return 'it has no trace';
  if (status >= 400 && operation.operationId !== 'getReadiness') {
    if (type !== 'application/problem+json') return `a refusal is ${type}`;
    const { code, status: said } = body as Fields;
    if (said !== status) return `it says ${String(said)} and is ${status}`;
    const leadsElsewhere = mutation?.startsWith('path ') === true;
    if (!leadsElsewhere && !codesOf(operation, status).includes(String(code)))
      return `${String(code)} is not documented for ${status}`;
    if (leadsElsewhere && responseOf(operation, status) === null) return null;
  }
  if (mutation?.startsWith('path ') === true && status < 400) return null;
  const wrong = wrongAnswer(operation, status, type, body);
  return wrong === null ? null : `its answer ${status} is not as documented: ${wrong}`;
}

function ofTheRefusal(request: FuzzRequest, { status }: Answer): string | null {
  const why = whyRefused(request);
  return why !== null && status < 400 ? `it answers ${status}, though ${why}` : null;
}

function ofTheFacts(request: FuzzRequest, { status, body }: Answer): string | null {
  const wrong = status === 200 ? factsWrong(request) : null;
  if (wrong === null) return null;
  const { items } = body as { readonly items: readonly Fields[] };
  if (items.length !== wrong.length) return `of ${wrong.length} facts it answers ${items.length}`;
  const taken = wrong.findIndex((one, index) => one && items[index]?.['outcome'] !== 'rejected');
  return taken === -1 ? null : `fact ${taken} is not what it may be, and it is ${String(items[taken]?.['outcome'])}`;
}

/** [R5] What differs between an answer and its repetition under the same key; null: nothing. */
export function differsFromReplay(first: Answer, again: Answer): string | null {
  // Names are checked before the key, and their refusal is kept by nobody (R4, R5): what is known of names is a second old at most,
  // and that second may have passed, so that either of the two may be refused where the other is not.
  if ([first, again].some(refusesName)) return null;
  // Whoever is asked for patience has not been answered yet; whether they may be is judged of each answer by itself.
  if ([first, again].some(asksForPatience)) return null;
  if (first.status !== again.status) return `asked again it answers ${again.status} and not ${first.status}`;
  const [one, other] = [lasting(first), lasting(again)];
  return one === other ? null : `asked again it answers ${other} and not ${one}`;
}

/** It says nothing of the outcome, and nobody keeps it (R5, R9). */
export function asksForPatience({ status, body }: Answer): boolean {
  const { code } = (body ?? {}) as Fields;
  return status === 429 || status >= 500 || code === 'key_in_progress';
}

function refusesName({ status, body }: Answer): boolean {
  const { code } = (body ?? {}) as Fields;
  return (status === 422 || status === 404) && NAME_CODES.has(String(code));
}

/** A refusal that nobody keeps has a trace and a moment of its own each time. */
function lasting({ status, body }: Answer): string {
  const { present_status: _now, ...rest } = (body ?? {}) as Fields;
  if (status < 400) return JSON.stringify(rest);
  const { correlation_id: _trace, as_of: _moment, ...refusal } = rest;
  return JSON.stringify(refusal);
}
