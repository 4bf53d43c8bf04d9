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
}

export type Verdict<Op> =
  | { readonly verdict: 'linearizable'; readonly order: readonly Op[]; readonly steps: number }
  /** `stuck`: in the longest order that was found this had to come next at the latest, and none of these fits. */
  | { readonly verdict: 'not'; readonly longest: readonly Op[]; readonly stuck: readonly Op[]; readonly steps: number }
  | { readonly verdict: 'undecided'; readonly steps: number };

/** A search that ends within some seconds, on histories of a few thousand operations. */
export const STEPS_MAX = 2_000_000;

/**
 * Is there an order of these operations that the model allows, and in which nothing comes before what was answered before
 * it was asked? The search of Wing and Gong, with Lowe's memory of what was tried: what is left to do depends only on
 * which operations are done and on the state, and each such pair is looked at once.
 */
export function linearizable<State, Op extends Timed>(
  operations: readonly Op[],
  model: SequentialModel<State, Op>,
  stepsMax = STEPS_MAX,
): Verdict<Op> {
  const events = new EventList(operations);
  const seen = new Set<string>();
  const done: { readonly call: Call<Op>; readonly before: State }[] = [];
  let longest: { readonly order: readonly Op[]; readonly stuck: readonly Op[] } = { order: [], stuck: [] };
  let state = model.init;
  let print = NOTHING_DONE;
  let steps = 0;
  for (let at = events.first; events.returnsLeft > 0;) {
    if (at === null) throw new Error('whatever returns was called before');
    if (at.kind === 'call') {
      if (steps === stepsMax) return { verdict: 'undecided', steps };
      steps += 1;
      const after = model.step(state, at.operation);
      const printAfter = flipped(print, at.mark);
      if (after !== null && isNew(seen, `${printAfter[0]} ${printAfter[1]} ${model.key(after)}`)) {
        done.push({ call: at, before: state });
        [state, print] = [after, printAfter];
        events.lift(at);
        at = events.first;
      } else {
        at = at.next;
      }
      continue;
    }
    // Something has returned that is not done yet: one of the choices before was wrong.
    if (longest.stuck.length === 0 || done.length > longest.order.length) {
      longest = { order: done.map(({ call }) => call.operation), stuck: events.callsBefore(at) };
    }
    const last = done.pop();
    if (last === undefined) return { verdict: 'not', longest: longest.order, stuck: longest.stuck, steps };
    state = last.before;
    print = flipped(print, last.call.mark);
    events.putBack(last.call);
    at = last.call.next;
  }
  return { verdict: 'linearizable', order: done.map(({ call }) => call.operation), steps };
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
  first: Entry<Op> | null = null;
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
    this.first = entries[0]?.entry ?? null;
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

  callsBefore(end: Return<Op>): readonly Op[] {
    const calls: Op[] = [];
    for (let at = this.first; at !== null && at !== end; at = at.next) if (at.kind === 'call') calls.push(at.operation);
    return calls;
  }

  #takeOut(entry: Entry<Op>): void {
    if (entry.before === null) this.first = entry.next;
    else entry.before.next = entry.next;
    if (entry.next !== null) entry.next.before = entry.before;
  }

  /** It still knows its neighbours, which are those of then: what was taken out later is back already. */
  #putIn(entry: Entry<Op>): void {
    if (entry.before === null) this.first = entry;
    else entry.before.next = entry;
    if (entry.next !== null) entry.next.before = entry;
  }
}

/** Which operations are done, in 64 bits: two sets that share one are less likely than a broken machine. */
type Print = readonly [number, number];
const NOTHING_DONE: Print = [0, 0];

function flipped(print: Print, mark: Print): Print {
  return [print[0] ^ mark[0], print[1] ^ mark[1]];
}

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
