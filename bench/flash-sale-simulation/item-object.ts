import type { Answer, Command } from '../../domain/command.ts';
import { isShed } from '../../domain/shed.ts';
import { saysSoldOut } from '../../domain/sold-out.ts';
import type { Stock } from '../../domain/stock.ts';
import type { SimulationOptions } from './options.ts';
import { received } from '../received.ts';
import { availableIn, NETWORK, ShopItem } from './shop-item.ts';
import { Thread } from './thread.ts';
import type { Timeline } from './timeline.ts';

// The object's own limit of what may wait for a commit.
const WAITING_COMMANDS_MAX = 4_000;

export type Said =
  | {
      readonly outcome: 'answered';
      readonly answer: Answer;
      /** Beside a refusal because nothing is left, for whoever learns from it. */
      readonly lesson: SeenNumber | null;
    }
  | { readonly outcome: 'shed' | 'refused_by_runtime' };

/** What an edge remembers of the item. */
export interface SeenNumber {
  readonly available: number;
  readonly sequence: number;
  readonly freshForMs: number;
}

interface Waiting {
  readonly command: Command;
  readonly say: (said: Said) => void;
}

/** The object of the item: the real rules, on a thread and a disk that take their time, with the same group commit. */
export class ItemObject {
  readonly #timeline: Timeline;
  readonly #options: SimulationOptions;
  readonly #thread: Thread;
  readonly #item: ShopItem;
  #waiting: Waiting[] = [];
  #committing = false;
  readonly counts = {
    granted: 0,
    insufficient: 0,
    repeated: 0,
    settled: 0,
    shed: 0,
    refusedByRuntime: 0,
    snapshots: 0,
    commits: 0,
  };
  /** Reserves that were decided, by the second. */
  readonly decidedInSecond: number[] = [];
  soldOutAtMs: number | null = null;
  waitingMax = 0;

  constructor(timeline: Timeline, options: SimulationOptions) {
    this.#timeline = timeline;
    this.#options = options;
    this.#thread = new Thread(timeline);
    this.#item = new ShopItem(options);
    this.#decide(received('goods', options.units));
  }

  get stock(): Stock {
    return this.#item.stock;
  }

  get busyMs(): number {
    return this.#thread.busyMs;
  }

  /** As the call arrives. */
  execute(command: Command, say: (said: Said) => void): void {
    if (this.#isOverrun()) return say({ outcome: 'refused_by_runtime' });
    this.#thread.add(() => this.#receive(command, say));
  }

  /** As the call arrives; null: the runtime refused it. */
  snapshot(say: (seen: SeenNumber | null) => void): void {
    if (this.#isOverrun()) return say(null);
    this.#thread.add(() => {
      this.counts.snapshots += 1;
      const seen = this.#seenNow();
      this.#timeline.after(this.#options.snapshotMs, () => say(seen));
      return this.#options.snapshotMs;
    });
  }

  #seenNow(): SeenNumber {
    const { terms, sequence, freshForMs } = this.#item.snapshot(this.#timeline.nowMs);
    return { available: availableIn(terms), sequence, freshForMs };
  }

  availableNow(): number {
    return this.#item.availableAt(this.#timeline.nowMs);
  }

  #isOverrun(): boolean {
    const overrun = this.#thread.waiting >= this.#options.callsWaitingMax;
    if (overrun) this.counts.refusedByRuntime += 1;
    return overrun;
  }

  #receive(command: Command, say: (said: Said) => void): number {
    const { receiveMs } = this.#options;
    if (isShed([command], this.#waiting.length, WAITING_COMMANDS_MAX, NETWORK)) {
      this.counts.shed += 1;
      this.#timeline.after(receiveMs, () => say({ outcome: 'shed' }));
      return receiveMs;
    }
    this.#waiting.push({ command, say });
    this.waitingMax = Math.max(this.waitingMax, this.#waiting.length);
    return receiveMs + (this.#committing ? 0 : this.#drain());
  }

  /** One commit for all who wait; whoever comes meanwhile shares the next. */
  #drain(): number {
    const group = this.#waiting;
    this.#waiting = [];
    this.#committing = true;
    this.counts.commits += 1;
    const answers = group.map(({ command }) => {
      const answer = this.#answer(command);
      return { answer, lesson: saysSoldOut(answer) ? this.#seenNow() : null };
    });
    const tookMs = group.length * this.#options.commandMs;
    this.#timeline.after(tookMs + this.#options.commitMs, () => {
      for (const [index, { say }] of group.entries()) {
        const answered = answers[index];
        if (answered !== undefined) say({ outcome: 'answered', ...answered });
      }
      this.#committing = false;
      if (this.#waiting.length > 0) this.#thread.add(() => this.#drain());
    });
    return tookMs;
  }

  #answer(command: Command): Answer {
    const known = command.type === 'reserve' ? this.stock.live.get(command.reservation) : undefined;
    if (known !== undefined) {
      this.counts.repeated += 1;
      return { accepted: true, reservation: known, fact: null };
    }
    const answer = this.#decide(command);
    if (command.type !== 'reserve') this.counts.settled += 1;
    else this.#reserveDecided(answer.accepted);
    return answer;
  }

  #reserveDecided(granted: boolean): void {
    if (granted) this.counts.granted += 1;
    else this.counts.insufficient += 1;
    const second = Math.floor(this.#timeline.nowMs / 1_000);
    this.decidedInSecond[second] = (this.decidedInSecond[second] ?? 0) + 1;
    if (granted && this.soldOutAtMs === null && this.availableNow() === 0) this.soldOutAtMs = this.#timeline.nowMs;
  }

  #decide(command: Command): Answer {
    return this.#item.decide(command, this.#timeline.nowMs);
  }
}
