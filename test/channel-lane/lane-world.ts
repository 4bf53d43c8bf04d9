import type { ChannelPort, Level, SetOutcome } from '../../channels/port.ts';
import { ChannelUnavailable } from '../../channels/port.ts';
import { dueAtMs, isWaiting, urgencyOf } from '../../domain/channel-lane/entry.ts';
import type { Sku } from '../../domain/ids.ts';
import { Keeper } from '../../durable-objects/channel-lane/keeper.ts';
import type { ChannelLaneStub, LaneNews, ToldNews, Turn, Turned } from '../../durable-objects/channel-lane/protocol.ts';
import { pushLane } from '../../worker/channels/push-lane.ts';
import { MemoryEntryStore } from './memory-entry-store.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface Weather {
  /** Of all calls, the share of each. Those that time out are set in half of the cases, some of them late. */
  readonly throttled: number;
  readonly broken: number;
  readonly timedOut: number;
  /** Of the lane's turns: the pusher dies over it, or the lane starts anew. */
  readonly pusherDies: number;
  readonly laneRestarts: number;
}

export const FAIR: Weather = { throttled: 0, broken: 0, timedOut: 0, pusherDies: 0, laneRestarts: 0 };

export interface LevelWanted {
  readonly listing: string;
  readonly quantity: number;
  readonly places?: readonly { readonly place: string; readonly quantity: number }[];
}

export interface Call {
  readonly atMs: number;
  readonly way: string;
  readonly levels: readonly Level[];
}

/** A lane, somebody who sends, and a channel behind bad weather, in a time of their own. */
export class LaneWorld {
  readonly clock = new VirtualClock(Date.UTC(2026, 10, 20, 12));
  readonly store = new MemoryEntryStore();
  readonly port: ChannelPort;
  readonly random: () => number;
  readonly calls: Call[] = [];
  readonly news: LaneNews[] = [];
  /** Calls that came sooner than the vendor allows. */
  tooFast = 0;
  /** Calls of which at least one level came to nothing. */
  failed = 0;
  /** What happens at the vendor's before a call comes. */
  beforeCall: (kind: 'set' | 'question') => void = () => undefined;
  /** Increases that left while a sold-out waited that could have left instead. */
  readonly overtakers: string[] = [];
  weather: Weather = FAIR;
  /** Whoever sends and the lane die together after so many calls, whose answers nobody hears; null: they do not. */
  diesAfterCalls: number | null = null;
  keeper: Keeper;
  readonly #wanted = new Map<string, number>();
  readonly #buckets = new Map<string, { readonly tokens: number; readonly asOfMs: number }>();
  readonly #underWay = new Set<string>();
  readonly #sent = new Map<string, number>();
  #ids = 0;

  constructor(port: ChannelPort, random: () => number) {
    this.port = port;
    this.random = random;
    this.keeper = this.#newKeeper();
  }

  /** What the job of the filling would say of these listings, of which each is an item's only one. */
  fill(levels: readonly LevelWanted[]): void {
    const { revision } = this.keeper.position();
    const items = levels.map(({ listing, quantity, places = [] }) => {
      this.#wanted.set(listing, quantity);
      const level = {
        listing,
        quantity,
        places,
        low: quantity > 0 && quantity <= 5,
        sequence: revision,
        atMs: this.clock.nowMs,
      };
      return { sku: listing as Sku, levels: [level] };
    });
    const rest = { cursor: revision, basis: 'b', target: 't', sweepAfter: null, readAtMs: this.clock.nowMs };
    if (!this.keeper.fill({ revision, items, ...rest })) throw new Error('nobody else fills here');
  }

  /** Sends until nothing waits, whoever dies over it. */
  async settle(): Promise<void> {
    await this.clock.until(this.#settle());
  }

  async #settle(): Promise<void> {
    for (let runs = 0; runs < 20_000; runs += 1) {
      const againMs = await this.push(this.clock.nowMs + 20_000);
      if (againMs === null) return;
      await this.clock.sleep(againMs);
    }
    throw new Error(
      `it never ends: ${JSON.stringify([new Date(this.clock.nowMs), this.keeper.seen(), this.calls.length, this.store.active().slice(0, 2), this.keeper.turn({ pusher: 'x', vendor: { ways: [], questions: { callsPerSecond: 1, burst: 1 }, slower: {} }, running: 0, sent: [], asked: [], told: [] })])}`,
    );
  }

  /** One run of whoever sends; null: nothing waits. */
  async push(untilMs: number): Promise<number | null> {
    const lane: Pick<ChannelLaneStub, 'turn'> = { turn: async (asked) => this.#turn(asked) };
    const { clock } = this;
    try {
      const done = await pushLane(
        {
          lane,
          port: this.#inWeather(),
          slower: {},
          tell: async (news) => this.#tell(news),
          keyOf: ({ listing, version }) => `${listing}/${version}`,
          nowMs: () => clock.nowMs,
          wait: (ms) => clock.sleep(ms),
          newId: () => `p${(this.#ids += 1)}`,
          signal: () => new AbortController().signal,
        },
        untilMs,
      );
      return done.againMs;
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      return 0;
    }
  }

  wanted(): ReadonlyMap<string, number> {
    return this.#wanted;
  }

  #turn(asked: Turn): Turned {
    if (this.diesAfterCalls !== null && asked.sent.length >= this.diesAfterCalls) {
      this.diesAfterCalls = null;
      this.keeper = this.#newKeeper();
      this.#underWay.clear();
      throw new Died();
    }
    if (this.#happens(this.weather.pusherDies)) {
      this.#underWay.clear();
      throw new Died();
    }
    // Under way is what the lane has not heard the end of.
    for (const { levels } of asked.sent) for (const { listing } of levels) this.#underWay.delete(listing);
    if (this.#happens(this.weather.laneRestarts)) this.keeper = this.#newKeeper();
    return this.keeper.turn(asked);
  }

  #tell(news: readonly LaneNews[]): readonly ToldNews[] {
    this.news.push(...news);
    return news.map(({ listing, about, open }) => ({ listing, about, open }));
  }

  #inWeather(): ChannelPort {
    const { port, clock } = this;
    return {
      ...portOf(port),
      setLevels: async (way, levels, signal) => {
        this.#note(way, levels);
        const outcomes = await this.#set(way, levels, signal);
        if (outcomes.some(({ outcome }) => outcome === 'unknown' || outcome === 'throttled')) this.failed += 1;
        return outcomes;
      },
      progress: async (receipt, signal) => {
        this.beforeCall('question');
        await clock.sleep(5 + this.random() * 200);
        if (this.#happens(this.weather.broken)) throw new ChannelUnavailable('HTTP 503');
        return this.#real(() => port.progress(receipt, signal));
      },
    };
  }

  async #set(way: string, levels: readonly Level[], signal: AbortSignal): Promise<readonly SetOutcome[]> {
    const { port, clock } = this;
    const { weather } = this;
    await clock.sleep(5 + this.random() * 200);
    this.#count(way);
    this.beforeCall('set');
    if (this.#happens(weather.throttled))
      return levels.map(() => ({ outcome: 'throttled', retryAfterMs: this.random() * 3_000 }));
    if (this.#happens(weather.broken)) return levels.map(() => ({ outcome: 'unknown', detail: 'HTTP 503' }));
    if (!this.#happens(weather.timedOut)) return this.#real(() => port.setLevels(way, levels, signal));
    const setAfterMs = this.#happens(0.5) ? this.random() * 25_000 : null;
    // Nobody waits for it, and yet it is set.
    if (setAfterMs !== null) void clock.sleep(setAfterMs).then(() => this.#real(() => port.setLevels(way, levels, signal)));
    await clock.sleep(20_000);
    return levels.map((): SetOutcome => ({ outcome: 'unknown', detail: 'no answer in 20 s' }));
  }

  /** Calls leave in the order in which the lane names them. */
  #note(way: string, levels: readonly Level[]): void {
    this.calls.push({ atMs: this.clock.nowMs, way, levels });
    for (const { listing } of levels) this.#underWay.add(listing);
    // One that empties a place is itself a sold-out, whatever it was before.
    const raised = levels.filter(
      ({ listing, quantity, places }) =>
        quantity > (this.#sent.get(listing) ?? Infinity) && places.every((at) => at.quantity > 0),
    );
    if (raised.length > 0 && this.#soldOutWaits()) this.overtakers.push(...raised.map(({ listing }) => listing));
    for (const { listing, quantity } of levels) this.#sent.set(listing, quantity);
  }

  /** As the vendor counts, where calls arrive. */
  #count(name: string): void {
    const way = this.port.ways.find((one) => one.name === name);
    if (way === undefined) throw new Error(`there is no way ${name}`);
    const { nowMs } = this.clock;
    const { tokens, asOfMs } = this.#buckets.get(name) ?? { tokens: way.burst, asOfMs: nowMs };
    const there = Math.min(way.burst, tokens + ((nowMs - asOfMs) * way.callsPerSecond) / 1_000);
    if (there < 1) this.tooFast += 1;
    this.#buckets.set(name, { tokens: Math.max(0, there - 1), asOfMs: nowMs });
  }

  #soldOutWaits(): boolean {
    return this.store
      .active()
      .some(
        (entry) =>
          !this.#underWay.has(entry.listing) && isWaiting(entry) && urgencyOf(entry) === 0 && dueAtMs(entry) <= this.clock.nowMs,
      );
  }

  #real<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.clock.working(work);
  }

  #happens(share: number): boolean {
    return share > 0 && this.random() < share;
  }

  #newKeeper(): Keeper {
    const { store, clock, random } = this;
    return new Keeper({ store, nowMs: () => clock.nowMs, random, newId: () => `c${(this.#ids += 1)}` });
  }
}

class Died extends Error {}

/** Its members one by one, since they may be methods of a class. */
function portOf(port: ChannelPort): ChannelPort {
  const { ways, questions, hasPlaces, shownMax } = port;
  return {
    ways,
    questions,
    hasPlaces,
    shownMax,
    setLevels: (way, levels, signal) => port.setLevels(way, levels, signal),
    progress: (receipt, signal) => port.progress(receipt, signal),
    shown: (listings, signal) => port.shown(listings, signal),
  };
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
