import { DurableObject } from 'cloudflare:workers';
import { SqlEntryStore } from './entry-store.ts';
import { Keeper } from './keeper.ts';
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
} from './protocol.ts';

/** The way to one channel, named by it: the latest level of each listing, and who sends which of them when (R80). */
export class ChannelLane extends DurableObject<unknown> implements ChannelLaneStub {
  readonly #keeper: Keeper;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env);
    this.#keeper = new Keeper({
      store: new SqlEntryStore(ctx.storage),
      nowMs: () => Date.now(),
      random: () => Math.random(),
      newId: () => crypto.randomUUID(),
    });
  }

  async position(): Promise<Position> {
    return this.#keeper.position();
  }

  async fill(levels: Fill): Promise<boolean> {
    return this.#keeper.fill(levels);
  }

  async turn(asked: Turn): Promise<Turned> {
    return this.#keeper.turn(asked);
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
