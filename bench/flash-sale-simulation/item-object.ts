import type { Answer, Command } from '../../domain/command.ts';
import type { Context } from '../../domain/decision.ts';
import type { ChannelId, LocationId, ReservationId, Sku, SourceId } from '../../domain/ids.ts';
import { nextDeadline } from '../../domain/lapse.ts';
import type { Network } from '../../domain/network.ts';
import { offer } from '../../domain/offer.ts';
import { isShed } from '../../domain/shed.ts';
import { DEFAULT_POLICY, emptyStock, type Stock } from '../../domain/stock.ts';
import { termsOf } from '../../domain/terms.ts';
import { turn } from '../../domain/turn.ts';
import type { SimulationOptions } from './options.ts';
import { Thread } from './thread.ts';
import type { Timeline } from './timeline.ts';

// The object's own limit of what may wait for a commit.
const WAITING_COMMANDS_MAX = 4_000;
const DAY_MS = 86_400_000;

export const CHANNEL = 'web' as ChannelId;
const LOCATION = 'dc' as LocationId;
export const NETWORK: Network = {
  version: 1,
  locations: [{ id: LOCATION, priority: 100, stopSell: false }],
  channels: [{ id: CHANNEL, locations: null, buffer: 0, class: 100, stopSell: false }],
};

export type Said =
  { readonly outcome: 'answered'; readonly answer: Answer } | { readonly outcome: 'shed' | 'refused_by_runtime' };

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
  readonly stock: Stock = emptyStock('FLASH' as Sku);
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
    this.#decide({ type: 'set_item', status: 'active', policy: DEFAULT_POLICY });
    this.#decide(received(options.units));
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
      const nowMs = this.#nowMs();
      const untilMs = nextDeadline(this.stock)?.atMs ?? Infinity;
      const seen = {
        available: this.availableNow(),
        sequence: this.stock.sequence,
        freshForMs: Math.max(0, Math.min(this.#options.freshForMs, untilMs - nowMs)),
      };
      this.#timeline.after(this.#options.snapshotMs, () => say(seen));
      return this.#options.snapshotMs;
    });
  }

  availableNow(): number {
    return offer(termsOf(this.stock, this.#context()), NETWORK, CHANNEL).availableToSell;
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
    const answers = group.map(({ command }) => this.#answer(command));
    const tookMs = group.length * this.#options.commandMs;
    this.#timeline.after(tookMs + this.#options.commitMs, () => {
      for (const [index, { say }] of group.entries()) {
        const answer = answers[index];
        if (answer !== undefined) say({ outcome: 'answered', answer });
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
    return turn(this.stock, command, this.#context(), null).answer;
  }

  #context(): Context {
    const nowMs = this.#nowMs();
    return {
      nowMs,
      waitingSinceMs: null,
      network: NETWORK,
      books: NO_COUNTS,
      buyers: { boughtSince: () => [] },
      pinOutcomeMs: DAY_MS,
    };
  }

  #nowMs(): number {
    return Math.max(Math.floor(this.#timeline.nowMs), this.stock.lastNowMs);
  }
}

export function reserve(reservation: ReservationId): Command {
  const lines = [{ line: 1, quantity: 1, at: null }];
  const wish = { lines, mode: 'all_or_nothing', split: 'allowed' } as const;
  return { type: 'reserve', reservation, channel: CHANNEL, buyer: null, ttlMs: 900_000, ...wish };
}

function received(quantity: number): Command {
  const nothingElse = {
    reason: null,
    document: null,
    reservation: null,
    orderRef: null,
    mark: null,
    occurredAtMs: null,
    to: null,
  };
  const place = { location: LOCATION, status: 'sellable' } as const;
  return {
    type: 'move',
    kind: 'received',
    id: 'goods',
    source: 'wms' as SourceId,
    books: 'front',
    quantity,
    ...place,
    ...nothingElse,
  };
}

// Nobody counts during the sale.
const NO_COUNTS: Context['books'] = {
  notInErp: () => [],
  beyond: () => [],
  since: () => [],
  stoodStill: () => true,
  oldestMark: 0,
  oldestMs: 0,
};
