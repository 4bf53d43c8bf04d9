import { inWords, type Operation } from './history.ts';
import { itemModel, wouldAnswer, type ItemModel, type ItemState } from './item-model.ts';

/**
 * [I18] [I19] Takes the order from the sequences of the answers, replays it, and says where an answer is not that of the
 * model, where two effects claim one place, and where the order contradicts real time. It takes as long as the history
 * has operations, and it explains; that sequences may be believed is what it cannot know.
 */
export function witness(history: readonly Operation[], opening: number): readonly string[] {
  const placed = history.filter((one) => sequenceOf(one) !== null).toSorted(bySequence);
  const unplaced = history.filter((one) => sequenceOf(one) === null);
  const unknown = unplaced.find(({ said }) => said === null);
  if (unknown !== undefined) return [`nobody knows what became of ${inWords(unknown)}`];
  const away = placed.find((operation) => isAway(operation));
  if (away !== undefined) return [`its time is not while it was asked for:\n  ${inWords(away)}`];
  const late = outOfOrder(placed);
  if (late !== null) return [late];
  return replayed(placed, unplaced, opening);
}

function sequenceOf({ said }: Operation): number | null {
  return said?.sequence ?? null;
}

/** What changed something comes before what only saw it; with time, what was seen changes too. */
function bySequence(a: Operation, b: Operation): number {
  const rank = ({ said, asked }: Operation): number =>
    said?.kind === 'reservation' && asked.what !== 'look' ? 0 : said?.kind === 'received' ? 0 : 1;
  const order = (sequenceOf(a) ?? 0) - (sequenceOf(b) ?? 0) || rank(a) - rank(b);
  return order || (a.said?.asOfMs ?? a.fromMs) - (b.said?.asOfMs ?? b.fromMs) || a.invokedAt - b.invokedAt;
}

/** [I18] Whatever was answered before it was asked has no later place. */
function outOfOrder(placed: readonly Operation[]): string | null {
  const returned = placed.toSorted((a, b) => a.returnedAt - b.returnedAt);
  let next = 0;
  let latest: Operation | null = null;
  for (const operation of placed.toSorted((a, b) => a.invokedAt - b.invokedAt)) {
    for (let one = returned[next]; one !== undefined && one.returnedAt < operation.invokedAt; one = returned[++next]) {
      if (latest === null || (sequenceOf(one) ?? 0) > (sequenceOf(latest) ?? 0)) latest = one;
    }
    if (latest !== null && (sequenceOf(latest) ?? 0) > (sequenceOf(operation) ?? 0)) {
      return `what was answered first has the later place:\n  ${inWords(latest)}\n  ${inWords(operation)}`;
    }
  }
  return null;
}

function replayed(placed: readonly Operation[], unplaced: readonly Operation[], opening: number): readonly string[] {
  const named = unplaced.flatMap(({ asked }) => ('reservation' in asked ? [asked.reservation] : []));
  const model = itemModel(opening, placed, new Set(named));
  const waiting = new Waiting(unplaced, placed, model);
  let state = model.init;
  for (let index = 0; index < placed.length;) {
    const same = placed.slice(index, endOfGroup(placed, index));
    const changing: Operation[] = [];
    for (const rest = [...same]; rest.length > 0;) {
      const at = rest.findIndex((operation) => model.answer(state, onTime(operation)) !== null);
      const operation = rest.splice(Math.max(0, at), 1)[0];
      const after = operation === undefined ? null : model.answer(state, onTime(operation));
      if (operation === undefined || after === null) return [refuted(state, operation)];
      if (after.changed) changing.push(operation);
      state = after.state;
      const wrong = waiting.look(index + same.length - rest.length - 1, state);
      if (wrong !== null) return [wrong];
    }
    if (changing.length > 1) return [`effects with one sequence:\n  ${changing.map(inWords).join('\n  ')}`];
    index += same.length;
  }
  return waiting.rest();
}

function endOfGroup(placed: readonly Operation[], from: number): number {
  const first = placed[from];
  let end = from;
  for (
    let one = placed[end];
    one !== undefined && first !== undefined && sequenceOf(one) === sequenceOf(first);
    one = placed[end]
  ) {
    end += 1;
  }
  return end;
}

/** Where the answer says at which time it is true, that is when it happened. */
function onTime(operation: Operation): Operation {
  const asOfMs = operation.said?.asOfMs ?? null;
  return asOfMs === null ? operation : { ...operation, fromMs: asOfMs, untilMs: asOfMs };
}

/** [I17] */
function isAway({ said, fromMs, untilMs }: Operation): boolean {
  const asOfMs = said?.asOfMs ?? null;
  return asOfMs !== null && (asOfMs < fromMs || asOfMs > untilMs);
}

function refuted(state: ItemState, operation: Operation | undefined): string {
  return operation === undefined
    ? 'nothing to replay'
    : `the model would answer ${wouldAnswer(state, operation)}:\n  ${inWords(operation)}`;
}

/** Refusals that have no sequence: each must have been right at some moment between what was over and what had not begun. */
class Waiting {
  readonly #model: ItemModel;
  /** By the place in the order from which on they may be right. */
  readonly #from = new Map<number, { readonly operation: Operation; readonly until: number }[]>();
  #open: { readonly operation: Operation; readonly until: number }[] = [];

  constructor(unplaced: readonly Operation[], placed: readonly Operation[], model: ItemModel) {
    this.#model = model;
    for (const operation of unplaced) {
      const from = placed.findLastIndex(({ returnedAt }) => returnedAt < operation.invokedAt);
      const begun = placed.findIndex(({ invokedAt }) => invokedAt > operation.returnedAt);
      const until = begun === -1 ? placed.length - 1 : Math.max(from, begun - 1);
      this.#from.set(from, [...(this.#from.get(from) ?? []), { operation, until }]);
    }
    this.#open = this.#from.get(-1) ?? [];
  }

  /** The state after the operation at this place of the order. */
  look(place: number, state: ItemState): string | null {
    this.#open.push(...(this.#from.get(place) ?? []));
    const left = this.#open.filter(({ operation }) => this.#model.answer(state, operation) === null);
    const wrong = left.find(({ until }) => place >= until);
    this.#open = left;
    return wrong === undefined ? null : refuted(state, wrong.operation);
  }

  rest(): readonly string[] {
    return this.#open.map(({ operation }) => `never right: ${inWords(operation)}`);
  }
}
