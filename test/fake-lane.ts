import { Keeper } from '../durable-objects/channel-lane/keeper.ts';
import type {
  ChannelLaneStub,
  Fill,
  LaneSummary,
  LevelsAsked,
  LevelsPage,
  Position,
  ReadBack,
  ReadBackCounts,
  Turn,
  Turned,
} from '../durable-objects/channel-lane/protocol.ts';
import { MemoryEntryStore } from './channel-lane/memory-entry-store.ts';

/** A channel's lane without the runtime: the same keeper, its rows in memory, no dice. */
export class FakeLane implements ChannelLaneStub {
  readonly store = new MemoryEntryStore();
  readonly #keeper: Keeper;
  #ids = 0;

  constructor(nowMs: () => number) {
    this.#keeper = new Keeper({ store: this.store, nowMs, random: () => 0.5, newId: () => `call-${(this.#ids += 1)}` });
  }

  async position(): Promise<Position> {
    return this.#keeper.position();
  }

  async fill(levels: Fill): Promise<boolean> {
    return this.#keeper.fill(structuredClone(levels));
  }

  async turn(asked: Turn): Promise<Turned> {
    return structuredClone(this.#keeper.turn(structuredClone(asked)));
  }

  async seen(): Promise<LaneSummary> {
    return this.#keeper.seen();
  }

  async levels(asked: LevelsAsked): Promise<LevelsPage> {
    return this.#keeper.levels(asked);
  }

  async sendAgain(listings: readonly string[] | null): Promise<number> {
    return this.#keeper.sendAgain(listings);
  }

  async toReadBack(most: number): Promise<{ readonly listings: readonly string[]; readonly more: boolean }> {
    return this.#keeper.toReadBack(most);
  }

  async sweep(): Promise<void> {
    this.#keeper.sweep();
  }

  async readBack(seen: ReadBack): Promise<ReadBackCounts> {
    return this.#keeper.readBack(seen);
  }
}
