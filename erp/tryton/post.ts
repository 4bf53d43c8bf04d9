import * as z from 'zod';
import type { Posting } from '../../domain/posting.ts';
import type { ErpNote, ErpNotes, NoteClaim } from '../notes.ts';
import { ErpUnavailable, type PostOutcome } from '../port.ts';
import type { KnownBooks } from './known-books.ts';
import { inHalves, type Part } from './in-halves.ts';
import { fateOf, receiptOf, tryMoveStates } from './move-states.ts';
import { planOf, type Plan } from './plan.ts';
import type { Products } from './products.ts';
import { unavailable, type Rpc, type RpcAnswer } from './rpc.ts';

export interface PostDeps {
  readonly rpc: Rpc;
  readonly books: KnownBooks;
  readonly products: Products;
  readonly notes: ErpNotes;
  readonly nowMs: () => number;
}

/**
 * In two phases, because Tryton has no room for our keys: drafts are created, which count nowhere; their ids are noted
 * under our keys; only then they are done. Doing twice what is done already changes nothing, so whoever comes after a lost
 * answer drives on what is noted. Drafts whose ids were lost on the way stay drafts and are swept.
 */
export async function post(deps: PostDeps, postings: readonly Posting[], signal: AbortSignal): Promise<readonly PostOutcome[]> {
  const outcomes = new Map<string, PostOutcome>();
  try {
    const noted = await drivenBefore(deps, postings, signal);
    for (const { posting, note, fate } of noted.values())
      if (fate === 'done') outcomes.set(posting.key, { key: posting.key, outcome: 'duplicate', ...receiptOf(note.documents) });
    const open = [...noted.values()].filter(({ fate }) => fate === 'open');
    const fresh = postings.filter(({ key }) => noted.get(key)?.fate !== 'done' && noted.get(key)?.fate !== 'open');

    const planned = await plannedOf(deps, fresh, outcomes, signal);
    const created = await createDrafts(deps, planned, outcomes, signal);
    const claims = created.map(({ note }): NoteClaim => ({ ...note, instead: noted.get(note.key)?.note.documents ?? null }));
    const standing = claims.length === 0 ? new Map<string, ErpNote>() : await deps.notes.claim(claims, deps.nowMs());
    const toDo = [...open, ...created.flatMap(({ posting }) => ofNote(posting, standing.get(posting.key)))];
    // In their own sequence: what was noted in an earlier call may be a later posting of the same item.
    const inOrder = toDo.toSorted((a, b) => postings.indexOf(a.posting) - postings.indexOf(b.posting));
    await doMoves(deps, inOrder, outcomes, signal);
  } catch (error) {
    if (!(error instanceof ErpUnavailable)) throw error;
    // Whatever was not decided by now: what is noted says later how far it came.
    for (const { key } of postings) if (!outcomes.has(key)) outcomes.set(key, undecided(key, error));
  }
  return postings.map(({ key }) => outcomes.get(key) ?? { key, outcome: 'unknown', detail: 'Nothing is known of this posting.' });
}

const NO_ANSWER = { kind: 'unknown', detail: 'Tryton gave no answer.' } as const;

/** A posting and the moves that are noted under its key. */
interface Noted {
  readonly posting: Posting;
  readonly note: ErpNote;
}

async function drivenBefore({ rpc, notes }: PostDeps, postings: readonly Posting[], signal: AbortSignal) {
  const found = await notes.find(postings.map(({ key }) => key));
  const answer = await tryMoveStates(
    rpc,
    [...found.values()].flatMap(({ documents }) => documents),
    signal,
  );
  if (answer.kind !== 'answered') throw unavailable(answer);
  return new Map(
    postings.flatMap((posting) =>
      ofNote(posting, found.get(posting.key)).map((noted) => {
        const fate = fateOf(noted.note, answer.result);
        return [posting.key, { ...noted, fate }] as const;
      }),
    ),
  );
}

function ofNote(posting: Posting, note: ErpNote | undefined): readonly Noted[] {
  return note === undefined ? [] : [{ posting, note }];
}

type Planned = { readonly posting: Posting } & Extract<Plan, { drafts: unknown }>;

async function plannedOf(
  { books, products }: PostDeps,
  postings: readonly Posting[],
  outcomes: Map<string, PostOutcome>,
  signal: AbortSignal,
): Promise<readonly Planned[]> {
  if (postings.length === 0) return [];
  const known = await books.get(signal);
  const codes = postings.map(({ sku }) => sku);
  const found = await products.withCodes(codes, known.companyId, signal);
  let current = known;
  const planned: Planned[] = [];
  for (const posting of postings) {
    const items = found.get(posting.sku) ?? [];
    let plan = planOf(posting, current, items);
    if ('refusal' in plan && plan.refusal.code.endsWith('_unknown')) {
      // Somebody may have created the location since we looked.
      current = await books.again(signal);
      plan = planOf(posting, current, items);
    }
    const { key } = posting;
    if ('refusal' in plan) outcomes.set(key, { key, outcome: 'refused', ...plan.refusal });
    else planned.push({ posting, ...plan });
  }
  return planned;
}

async function createDrafts(
  { rpc, books }: PostDeps,
  planned: readonly Planned[],
  outcomes: Map<string, PostOutcome>,
  signal: AbortSignal,
): Promise<readonly Noted[]> {
  if (planned.length === 0) return [];
  const { companyId } = await books.get(signal);
  const parts = await inHalves(planned, async (items): Promise<RpcAnswer<readonly (readonly number[])[]>> => {
    const drafts = items.flatMap((item) => item.drafts);
    if (drafts.length === 0) return { kind: 'answered', result: items.map(() => []) };
    const answer = await rpc.try(
      {
        method: 'stock.move.create',
        args: [drafts],
        result: newIds.length(drafts.length),
        context: { company: companyId },
      },
      signal,
    );
    return answer.kind === 'answered' ? { kind: 'answered', result: dealt(answer.result, items) } : answer;
  });
  const created = settled(planned, parts, outcomes);
  const states = await tryMoveStates(
    rpc,
    created.flatMap(({ result }) => result),
    signal,
  );
  if (states.kind !== 'answered') throw unavailable(states);
  return created.map(({ item: { posting }, result: documents }) => {
    const [first] = documents;
    const stamp = first === undefined ? null : (states.result.get(first)?.stamp ?? null);
    return { posting, note: { key: posting.key, documents, stamp } };
  });
}

// Two postings must not be driven by one move.
const newIds = z.array(z.int()).refine((ids) => new Set(ids).size === ids.length, 'an id is told twice');

/** The ids in the order of the drafts, to each posting its own. */
function dealt(ids: readonly number[], items: readonly Planned[]): readonly (readonly number[])[] {
  let at = 0;
  return items.map(({ drafts }) => ids.slice(at, (at += drafts.length)));
}

async function doMoves(
  { rpc, books }: PostDeps,
  noted: readonly Noted[],
  outcomes: Map<string, PostOutcome>,
  signal: AbortSignal,
): Promise<void> {
  if (noted.length === 0) return;
  const { companyId } = await books.get(signal);
  const ordered = inRounds(noted);
  const parts = await inHalves(ordered, async (items): Promise<RpcAnswer<readonly Noted[]>> => {
    const ids = items.flatMap(({ note }) => note.documents);
    if (ids.length === 0) return { kind: 'answered', result: items };
    const answer = await rpc.try(
      { method: 'stock.move.do', args: [ids], result: z.null(), context: { company: companyId } },
      signal,
    );
    return answer.kind === 'answered' ? { kind: 'answered', result: items } : answer;
  });

  // `do` answers the same whether it did something or not, and refuses what is gone like what is forbidden: the states decide.
  const told = ordered.filter((_, index) => parts[index]?.kind === 'answered' || parts[index]?.kind === 'refused');
  const states = await tryMoveStates(
    rpc,
    told.flatMap(({ note }) => note.documents),
    signal,
  );
  for (const [index, { note }] of ordered.entries()) {
    const { key } = note;
    const part = parts[index] ?? NO_ANSWER;
    if (part.kind !== 'answered' && part.kind !== 'refused') outcomes.set(key, outcomeOf(key, part));
    else if (states.kind !== 'answered') outcomes.set(key, undecided(key, unavailable(states)));
    else outcomes.set(key, outcomeByState(note, fateOf(note, states.result), part));
  }
}

function outcomeByState(
  { key, documents }: ErpNote,
  fate: ReturnType<typeof fateOf>,
  part: Extract<Part<unknown>, { kind: 'answered' | 'refused' }>,
): PostOutcome {
  if (fate === 'done') return { key, outcome: 'posted', ...receiptOf(documents) };
  if (fate === 'open' && part.kind === 'refused') return outcomeOf(key, part);
  return { key, outcome: 'unknown', detail: `Tryton was told to do ${receiptOf(documents).reference}, and it is not done.` };
}

/**
 * First the first posting of each item, then the second of each, and so on: Tryton saves in between whenever an item
 * comes again. Within an item the sequence stays.
 */
function inRounds(noted: readonly Noted[]): readonly Noted[] {
  const seen = new Map<string, number>();
  const rounds = noted.map((each) => {
    const round = seen.get(each.posting.sku) ?? 0;
    seen.set(each.posting.sku, round + 1);
    return { each, round };
  });
  return rounds.toSorted((a, b) => a.round - b.round).map(({ each }) => each);
}

/** The items that were answered; of the others it is noted why not. */
function settled<Item extends { readonly posting: Posting }, Result>(
  items: readonly Item[],
  parts: readonly Part<Result>[],
  outcomes: Map<string, PostOutcome>,
): readonly { readonly item: Item; readonly result: Result }[] {
  return items.flatMap((item, index) => {
    const { key } = item.posting;
    const part = parts[index] ?? NO_ANSWER;
    if (part.kind === 'answered') return [{ item, result: part.result }];
    outcomes.set(key, outcomeOf(key, part));
    return [];
  });
}

function outcomeOf(key: string, part: Exclude<Part<never>, { kind: 'answered' }>): PostOutcome {
  switch (part.kind) {
    case 'refused':
      return { key, outcome: 'refused', code: part.code, detail: part.detail };
    case 'throttled':
      return { key, outcome: 'throttled', retryAfterMs: part.retryAfterMs };
    case 'failed':
    case 'conflict':
    case 'unknown':
      return { key, outcome: 'unknown', detail: part.detail };
  }
}

function undecided(key: string, { message, retryAfterMs }: ErpUnavailable): PostOutcome {
  return retryAfterMs === null ? { key, outcome: 'unknown', detail: message } : { key, outcome: 'throttled', retryAfterMs };
}
