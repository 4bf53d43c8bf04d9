import { BLANK, xor, type Print } from './print.ts';

/** What one object does when it is asked for one thing after the other. */
export interface SequentialModel<State, Op> {
  readonly init: State;
  /** The state after this operation, if it can have had its answer here; null: it cannot. Of one without answer: what it does here. */
  step(state: State, operation: Op): State | null;
  /** Equal for equal states, different for different ones. */
  key(state: State): string;
}

/** When it was asked and answered, by one clock; an operation that never had an answer may take effect at any time, or never. */
export interface Timed {
  readonly invokedAt: number;
  /** Infinity: nobody knows. */
  readonly returnedAt: number;
  /** When it seems to have happened: only a hint at what to try first. */
  readonly likelyAt?: number;
}

export type Verdict<Op> =
  | { readonly verdict: 'linearizable'; readonly order: readonly Op[]; readonly steps: number }
  /** `stuck`: in the longest order that was found this had to come next at the latest, and none of these fits. */
  | { readonly verdict: 'not'; readonly longest: readonly Op[]; readonly stuck: readonly Op[]; readonly steps: number }
  | { readonly verdict: 'undecided'; readonly steps: number };

/** A search that ends within some seconds, on histories of a few thousand operations. */
const STEPS_MAX = 2_000_000;

/**
 * Is there an order of these operations that the model allows, and in which nothing comes before what was answered before
 * it was asked? The search of Wing and Gong, with Lowe's memory of what was tried: what is left to do depends only on
 * which operations are done and on the state, and each such pair is looked at once.
 *
 * What was answered first, as far as is known, is tried first: answers follow effects closely. Whatever can be done next and changes nothing
 * is done at once and never undone for another: in every order that has it later it could as well stand here. What had no
 * answer may change something later, so it has no such right.
 */
export function linearizable<State, Op extends Timed>(
  operations: readonly Op[],
  model: SequentialModel<State, Op>,
  stepsMax = STEPS_MAX,
): Verdict<Op> {
  const events = new EventList(operations);
  const seen = new Set<string>();
  const path: Node<State, Op>[] = [{ state: model.init, key: model.key(model.init), choices: events.choices(), chosen: null }];
  const order = (): readonly Op[] => path.flatMap(({ chosen }) => (chosen === null ? [] : [chosen.operation]));
  let longest: { readonly order: readonly Op[]; readonly stuck: readonly Op[] } = { order: [], stuck: [] };
  let print = BLANK;
  let steps = 0;
  while (events.returnsLeft > 0) {
    const node = path.at(-1);
    if (node === undefined) return { verdict: 'not', longest: longest.order, stuck: longest.stuck, steps };
    const call = node.choices.pop();
    if (call === undefined) {
      // Something returned that could not be done by then: one of the choices before was wrong.
      if (longest.stuck.length === 0 || path.length - 1 > longest.order.length) {
        longest = { order: order(), stuck: events.choices().map(({ operation }) => operation) };
      }
      path.pop();
      const wrong = path.at(-1)?.chosen ?? null;
      if (wrong === null) continue;
      events.putBack(wrong);
      print = xor(print, wrong.mark);
      continue;
    }
    if (steps === stepsMax) return { verdict: 'undecided', steps };
    steps += 1;
    const state = model.step(node.state, call.operation);
    if (state === null) continue;
    const key = model.key(state);
    const after = xor(print, call.mark);
    if (!isNew(seen, `${after[0]} ${after[1]} ${key}`)) continue;
    if (key === node.key && call.return !== null) node.choices.length = 0;
    node.chosen = call;
    events.lift(call);
    print = after;
    path.push({ state, key, choices: events.choices(), chosen: null });
  }
  return { verdict: 'linearizable', order: order(), steps };
}

/** A state on the way, and what may come next; the last is tried first. */
interface Node<State, Op> {
  readonly state: State;
  readonly key: string;
  readonly choices: Call<Op>[];
  chosen: Call<Op> | null;
}

interface Call<Op> {
  readonly kind: 'call';
  readonly operation: Op;
  readonly mark: Print;
  /** null: it never returned. */
  readonly return: Return<Op> | null;
  before: Entry<Op> | null;
  next: Entry<Op> | null;
}

interface Return<Op> {
  readonly kind: 'return';
  before: Entry<Op> | null;
  next: Entry<Op> | null;
}

type Entry<Op> = Call<Op> | Return<Op>;

/** Calls and returns in the order of time. What is done is taken out, and put back at its place when it is undone. */
class EventList<Op extends Timed> {
  #first: Entry<Op> | null = null;
  returnsLeft = 0;

  constructor(operations: readonly Op[]) {
    const entries = operations.flatMap((operation, index) => {
      const { invokedAt, returnedAt } = operation;
      const end: Return<Op> | null = returnedAt === Infinity ? null : { kind: 'return', before: null, next: null };
      const call: Call<Op> = { kind: 'call', operation, mark: markOf(index), return: end, before: null, next: null };
      return [{ at: invokedAt, entry: call }, ...(end === null ? [] : [{ at: returnedAt, entry: end }])];
    });
    // What was asked in the moment of another's answer may have come before it.
    entries.sort((a, b) => a.at - b.at || Number(a.entry.kind === 'return') - Number(b.entry.kind === 'return'));
    for (const [index, { entry }] of entries.entries()) {
      entry.before = entries[index - 1]?.entry ?? null;
      entry.next = entries[index + 1]?.entry ?? null;
    }
    this.#first = entries[0]?.entry ?? null;
    this.returnsLeft = entries.filter(({ entry }) => entry.kind === 'return').length;
  }

  lift(call: Call<Op>): void {
    this.#takeOut(call);
    if (call.return === null) return;
    this.#takeOut(call.return);
    this.returnsLeft -= 1;
  }

  putBack(call: Call<Op>): void {
    if (call.return !== null) {
      this.#putIn(call.return);
      this.returnsLeft += 1;
    }
    this.#putIn(call);
  }

  /** What may be done next: it was asked before anything that is not done yet was answered. The most urgent stands last. */
  choices(): Call<Op>[] {
    const calls: Call<Op>[] = [];
    for (let at = this.#first; at?.kind === 'call'; at = at.next) calls.push(at);
    const likely = ({ operation }: Call<Op>): number => operation.likelyAt ?? operation.returnedAt;
    return calls.sort((a, b) => (likely(a) === likely(b) ? 0 : likely(b) - likely(a)));
  }

  #takeOut(entry: Entry<Op>): void {
    if (entry.before === null) this.#first = entry.next;
    else entry.before.next = entry.next;
    if (entry.next !== null) entry.next.before = entry.before;
  }

  /** It still knows its neighbours, which are those of then: what was taken out later is back already. */
  #putIn(entry: Entry<Op>): void {
    if (entry.before === null) this.#first = entry;
    else entry.before.next = entry;
    if (entry.next !== null) entry.next.before = entry;
  }
}

/** Of which operations are done: the marks of all of them. */
function markOf(index: number): Print {
  return [mixed(index * 2 + 1), mixed(index * 2 + 2)];
}

function mixed(number: number): number {
  let value = Math.imul(number, 0x9e3779b1);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

function isNew(seen: Set<string>, key: string): boolean {
  const before = seen.size;
  return seen.add(key).size > before;
}
