import type { Command } from '../../domain/command.ts';
import type { ReservationId } from '../../domain/ids.ts';
import { waitMs, type Dice } from './dice.ts';
import type { Edge } from './edge.ts';
import type { ItemObject, Said } from './item-object.ts';
import type { Ending, Measures } from './measures.ts';
import type { SimulationOptions } from './options.ts';
import { reserve } from './shop-item.ts';
import type { Timeline } from './timeline.ts';

/** `Retry-After` of a front that is overloaded; clients add up to as much again, so that they do not come back together. */
const RETRY_AFTER_MS = 1_000;

export interface World {
  readonly options: SimulationOptions;
  readonly timeline: Timeline;
  readonly object: ItemObject;
  readonly measures: Measures;
  readonly roll: Dice;
}

/** Looks at the number, asks for a unit until there is a word on it, and pays. */
export class Buyer {
  readonly #world: World;
  readonly #edge: Edge;
  readonly #reservation: ReservationId;
  readonly #cameAtMs: number;
  #askedAtMs = 0;
  /** After silence only the object knows, so the edge's hint is not asked again. */
  #insists = false;

  constructor(world: World, edge: Edge, number: number) {
    this.#world = world;
    this.#edge = edge;
    this.#reservation = `RkxBU0g.${number}` as ReservationId;
    this.#cameAtMs = world.timeline.nowMs;
  }

  come(): void {
    this.#askedAtMs = this.#cameAtMs;
    this.#travel(() => this.#look());
  }

  #look(): void {
    this.#edge.look((seen) => {
      if (seen === null) return this.#again(this.#lastMileMs(), () => this.#look());
      this.#travel(() => {
        const { timeline, options, roll } = this.#world;
        if (seen.available === 0) return this.#leave('saw_zero');
        timeline.after(waitMs(roll, options.decidingMs), () => {
          this.#askedAtMs = timeline.nowMs;
          this.#travel(() => this.#ask());
        });
      });
    });
  }

  /** The reserve arrives at the edge. */
  #ask(): void {
    const { options, measures } = this.#world;
    if (options.hint && !this.#insists && this.#edge.fresh()?.available === 0) return this.#travel(() => this.#leave('hint'));
    if (options.atOncePerIsolate !== null && this.#edge.underWay >= options.atOncePerIsolate) {
      measures.busyAtEdge += 1;
      return this.#again(this.#lastMileMs(), () => this.#ask());
    }
    this.#edge.underWay += 1;
    this.#call(reserve(this.#reservation), (said) => {
      if (said === null) {
        this.#insists = true;
        return this.#again(0, () => this.#ask());
      }
      if (said.outcome !== 'answered') return this.#again(0, () => this.#ask());
      if (!said.answer.accepted) return this.#leave('insufficient');
      this.#granted();
    });
  }

  #granted(): void {
    const { timeline, options, roll, measures } = this.#world;
    measures.granted(timeline.nowMs - this.#askedAtMs);
    const reservation = this.#reservation;
    if (roll() * 100 < options.abandonPercent) {
      timeline.after(roll() * options.arrivalMs, () => {
        this.#insist({ type: 'release', reservation, caller: null, lines: null }, () => (measures.abandoned += 1));
      });
      return;
    }
    this.#insist({ type: 'pin', reservation, caller: null }, () => {
      timeline.after(waitMs(roll, options.payingMs), () => {
        const all = { lines: null, keepRest: false, reacquire: false } as const;
        this.#insist({ type: 'commit', reservation, caller: null, orderRef: reservation, ...all }, () => {
          measures.bought(this.#edge.centre);
        });
      });
    });
  }

  /** Asks until the object has answered, whatever that takes: the buyer has a promise. */
  #insist(command: Command, then: () => void): void {
    const ask = (): void => {
      this.#travel(() =>
        this.#call(command, (said) => {
          if (said?.outcome === 'answered') return then();
          this.#world.measures.askedAgain += 1;
          this.#world.timeline.after(this.#pauseMs(), ask);
        }),
      );
    };
    ask();
  }

  /** From the edge to the object and back to the buyer; null: nothing was heard of it. */
  #call(command: Command, then: (said: Said | null) => void): void {
    const { object, timeline, options, roll } = this.#world;
    const sentAtMs = timeline.nowMs;
    this.#edge.toObject(() =>
      object.execute(command, (said) =>
        this.#edge.fromObject(() => {
          if (command.type === 'reserve') this.#edge.underWay -= 1;
          const lesson = options.learnsFromRefusals && said.outcome === 'answered' ? said.lesson : null;
          if (lesson !== null) this.#edge.remember(lesson, sentAtMs);
          if (roll() * 100 < options.lostPercent) return timeline.at(sentAtMs + options.timeoutMs, () => then(null));
          this.#travel(() => then(said));
        }),
      ),
    );
  }

  /** Once the answer is there, so much later, the buyer waits and sends the request anew; one step of the timeline for all of it. */
  #again(answeredInMs: number, arrive: () => void): void {
    const { measures, timeline, options } = this.#world;
    const gaveUp = timeline.nowMs + answeredInMs - this.#cameAtMs > options.patienceMs && !this.#insists;
    if (gaveUp) return timeline.after(answeredInMs, () => this.#leave('gave_up'));
    measures.askedAgain += 1;
    timeline.after(answeredInMs + this.#pauseMs() + this.#lastMileMs(), arrive);
  }

  #pauseMs(): number {
    return RETRY_AFTER_MS * (1 + this.#world.roll());
  }

  #travel(arrive: () => void): void {
    this.#world.timeline.after(this.#lastMileMs(), arrive);
  }

  #lastMileMs(): number {
    const { options, roll } = this.#world;
    return options.lastMileMs * (0.5 + roll());
  }

  #leave(ending: Ending): void {
    const { measures, timeline } = this.#world;
    measures.left(ending, timeline.nowMs - this.#askedAtMs);
  }
}
