import { describe, expect, test } from 'vitest';
import { ChannelUnavailable, type ChannelPort, type Level, type SetOutcome, type ShownLevel } from '../../channels/port.ts';

/** A channel with nothing listed yet, and the levers that a test needs on it. */
export interface ChannelHarness {
  readonly channel: ChannelPort;
  /** Somebody lists another item there, with nothing to sell; its name there. */
  readonly newListing: () => Promise<string>;
  /** Names as odd as the vendor allows, listed like the others. */
  readonly oddListings: () => Promise<readonly string[]>;
  /** Has the form of a listing, and is none. */
  readonly unknownListing: string;
  /** Two of its places by its own names; none where it has one number for all. */
  readonly places: readonly string[];
  /** Has the form of a place, and is none. */
  readonly unknownPlace?: string;
  /** What the vendor has, whatever it says. */
  readonly really: (listing: string) => Promise<ShownLevel | undefined>;
  /** Somebody sells there, or sets a number by hand; at the first place, where it has any. */
  readonly setByHand: (listing: string, quantity: number) => Promise<void>;
  /** Whether it looks at what is believed before it sets. */
  readonly compares: boolean;
  /** The vendor will not have this item changed. */
  readonly refuse: (listing: string) => Promise<void>;
  /** Whatever is asked next. */
  readonly throttle: (retryAfterMs: number) => Promise<void>;
  /** The next call that sets is lost on the way there, or its answer on the way back. */
  readonly timeOutBeforeSetting: () => Promise<void>;
  readonly timeOutAfterSetting: () => Promise<void>;
  /** Answers with a 200 that nobody understands, having done nothing; absent: this one cannot. */
  readonly answerNonsense?: () => Promise<void>;
  /** Lets us in no more; absent: it lets anybody in. */
  readonly lockOut?: () => Promise<void>;
  readonly goDown: () => Promise<void>;
  readonly heal: () => Promise<void>;
  /** A while passes: what was accepted is applied. */
  readonly settle: () => Promise<void>;
  /** A while passes in which nothing is applied, so that no limit of calls stands in a test's way. */
  readonly rest: () => Promise<void>;
  /** May stand in nothing that the adapter says. */
  readonly secrets: readonly string[];
}

/** What every adapter promises, by the way of that name. */
export function channelPortContract(name: string, way: string, open: () => Promise<ChannelHarness>): void {
  const ready = async () => words(way, await open());

  describe(`${name}, by ${way}`, () => {
    test('what is set is shown, each number at its place', async () => {
      const { newListing, set, shows, level } = await ready();
      const listing = await newListing();
      expect(await set(level(listing, 7))).toEqual(['applied']);
      await shows(level(listing, 7));
    });

    test('setting the same twice leaves the same', async () => {
      const { newListing, set, shows, level } = await ready();
      const listing = await newListing();
      await set(level(listing, 5));
      expect(await set(level(listing, 5))).toEqual(['applied']);
      await shows(level(listing, 5));
    });

    test('a later level replaces an earlier one, and nothing is a number too', async () => {
      const { newListing, set, shows, level } = await ready();
      const listing = await newListing();
      await set(level(listing, 5));
      expect(await set(level(listing, 0, { version: 2 }))).toEqual(['applied']);
      await shows(level(listing, 0));
    });

    test('odd names arrive as they are', async () => {
      const { oddListings, set, shows, level } = await ready();
      const listings = await oddListings();
      expect(listings.length).toBeGreaterThan(0);
      const levels = listings.map((listing, index) => level(listing, index + 1));
      expect(await set(...levels)).toEqual(listings.map(() => 'applied'));
      await shows(...levels);
    });

    test('of several, one is refused for good and the others are set, each with its own outcome in order', async () => {
      const { newListing, refuse, set, shows, level } = await ready();
      const [one, bad, other] = [await newListing(), await newListing(), await newListing()];
      await refuse(bad);
      expect(await set(level(one, 1), level(bad, 2), level(other, 3))).toEqual(['applied', 'refused', 'applied']);
      await shows(level(one, 1), level(bad, 0), level(other, 3));
    });

    test('a listing that it does not know is refused or unknown, and never invented', async () => {
      const { channel, unknownListing, newListing, set, shows, really, level } = await ready();
      const listing = await newListing();
      expect(await set(level(unknownListing, 4), level(listing, 2))).toEqual(['refused', 'applied']);
      await shows(level(listing, 2));
      expect(await really(unknownListing)).toBeUndefined();
      expect((await channel.shown([unknownListing, listing], soon())).has(unknownListing)).toBe(false);
    });

    test('a throttled level is surely not set, and the channel says how long to wait', async () => {
      const { channel, newListing, throttle, heal, set, outcomes, shows, level } = await ready();
      const listing = await newListing();
      await throttle(2_000);
      const [outcome] = await outcomes(level(listing, 3));
      await expect(channel.shown([listing], soon())).rejects.toBeInstanceOf(ChannelUnavailable);
      await heal();
      expect(outcome?.outcome).toBe('throttled');
      if (outcome?.outcome === 'throttled') expect(outcome.retryAfterMs).toBeGreaterThan(1_000);
      await shows(level(listing, 0));
      expect(await set(level(listing, 3))).toEqual(['applied']);
      await shows(level(listing, 3));
    });

    test.each(['timeOutBeforeSetting', 'timeOutAfterSetting'] as const)(
      'after a lost call (%s) nobody knows, asking tells the truth, and setting once more mends it',
      async (fault) => {
        const harness = await ready();
        const { channel, newListing, heal, set, shows, settle, really, level } = harness;
        const listing = await newListing();
        await set(level(listing, 1));
        await harness[fault]();
        const [outcome] = await channel.setLevels(way, [level(listing, 9, { version: 2 })], AbortSignal.timeout(300));
        await heal();
        await settle();
        expect(outcome?.outcome).toBe('unknown');
        const shown = (await channel.shown([listing], soon())).get(listing);
        expect(numbersOf(shown)).toEqual(numbersOf(await really(listing)));
        expect(await set(level(listing, 9, { version: 2 }))).toEqual(['applied']);
        await shows(level(listing, 9));
      },
    );

    test('a channel that is down leaves every level unknown and no question answered', async () => {
      const { channel, newListing, goDown, heal, outcomes, shows, level } = await ready();
      const [one, other] = [await newListing(), await newListing()];
      await goDown();
      const found = await outcomes(level(one, 3), level(other, 4));
      await expect(channel.shown([one], soon())).rejects.toBeInstanceOf(ChannelUnavailable);
      await heal();
      expect(found.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
      await shows(level(one, 0), level(other, 0));
    });

    test('an answer that nobody understands is no answer', async () => {
      const { channel, newListing, answerNonsense, heal, outcomes, shows, level } = await ready();
      if (answerNonsense === undefined) return;
      const listing = await newListing();
      await answerNonsense();
      const [outcome] = await outcomes(level(listing, 3));
      await expect(channel.shown([listing], soon())).rejects.toBeInstanceOf(ChannelUnavailable);
      await heal();
      expect(outcome?.outcome).toBe('unknown');
      await shows(level(listing, 0));
    });

    test('nobody waits for a channel beyond the signal', async () => {
      const { channel, newListing, level } = await ready();
      const listing = await newListing();
      const [outcome] = await channel.setLevels(way, [level(listing, 3)], AbortSignal.abort());
      expect(outcome?.outcome).toBe('unknown');
      await expect(channel.shown([listing], AbortSignal.abort())).rejects.toBeInstanceOf(ChannelUnavailable);
    });

    test('as many levels as one call may have are set; one more is a mistake of ours, and sends nothing', async () => {
      const { channel, newListing, set, shows, level } = await ready();
      const max = channel.ways.find((one) => one.name === way)?.levelsMax ?? 0;
      const listings: string[] = [];
      for (let count = 0; count < max; count += 1) listings.push(await newListing());
      const levels = listings.map((listing, index) => level(listing, (index % 97) + 1));
      expect(new Set(await set(...levels))).toEqual(new Set(['applied']));
      await shows(...sample(levels));
      const more = [...levels, level(await newListing(), 1)].map((one) => ({ ...one, quantity: 0, places: [] }));
      await expect(channel.setLevels(way, more, soon())).rejects.toBeInstanceOf(RangeError);
      await expect(channel.setLevels('no such way', [], soon())).rejects.toBeInstanceOf(RangeError);
      await shows(...sample(levels));
    });

    test('nothing to set is set without a call', async () => {
      const { channel, goDown } = await ready();
      await goDown();
      expect(await channel.setLevels(way, [], soon())).toEqual([]);
    });

    test('a receipt that it knows no more is lost, not done', async () => {
      const { channel } = await ready();
      expect(await channel.progress('12345', soon())).toEqual({ done: true, lost: expect.any(String) });
    });

    test('what a channel accepted is under way until it says that it is done', async () => {
      const { channel, newListing, outcomes, settle, shows, level } = await ready();
      const listing = await newListing();
      const [outcome] = await outcomes(level(listing, 6));
      if (outcome?.outcome !== 'accepted') return expect(outcome).toEqual({ outcome: 'applied' });
      expect(outcome.askAfterMs).toBeGreaterThan(0);
      await settle();
      expect(await channel.progress(outcome.receipt, soon())).toEqual({ done: true, refused: new Map(), failed: new Map() });
      // Asked by somebody who did not hear the first answer.
      expect(await channel.progress(outcome.receipt, soon())).toEqual({ done: true, refused: new Map(), failed: new Map() });
      await shows(level(listing, 6));
    });

    test('what somebody else set is shown as it is', async () => {
      const { channel, newListing, setByHand, rest, really } = await ready();
      const listing = await newListing();
      await setByHand(listing, 11);
      await rest();
      const shown = (await channel.shown([listing], soon())).get(listing);
      expect(shown && totalOf(shown)).toBe(11);
      expect(numbersOf(shown)).toEqual(numbersOf(await really(listing)));
    });

    test('as many listings as may be asked for at once are shown; one more is a mistake of ours', async () => {
      const { channel, newListing, rest } = await ready();
      const listings: string[] = [];
      for (let count = 0; count < channel.shownMax; count += 1) listings.push(await newListing());
      await rest();
      expect([...(await channel.shown(listings, soon())).keys()].toSorted()).toEqual(listings.toSorted());
      await expect(channel.shown([...listings, await newListing()], soon())).rejects.toBeInstanceOf(RangeError);
      expect(await channel.shown([], soon())).toEqual(new Map());
    });

    test('one that compares sets nothing over a number that we do not know of, and tells it', async () => {
      const { channel, compares, newListing, setByHand, set, outcomes, shows, really, rest, level } = await ready();
      if (!compares) return;
      const [listing, other] = [await newListing(), await newListing()];
      await set(level(listing, 5));
      const believed = (await channel.shown([listing], soon())).get(listing) ?? null;
      await setByHand(listing, 4);
      const [stale, applied] = await outcomes(level(listing, 8, { version: 2, believed }), level(other, 1));
      expect(stale?.outcome).toBe('stale');
      expect(applied?.outcome).toBe('applied');
      if (stale?.outcome !== 'stale') return;
      if (stale.shown !== null) expect(numbersOf(stale.shown)).toEqual(numbersOf(await really(listing)));
      await rest();
      const now = stale.shown ?? (await channel.shown([listing], soon())).get(listing) ?? null;
      expect(await set(level(listing, 8, { version: 2, believed: now }))).toEqual(['applied']);
      await shows(level(listing, 8));
    });

    test('a place that it does not know is refused, and the others are set', async () => {
      const { unknownPlace, newListing, set, shows, level } = await ready();
      if (unknownPlace === undefined) return;
      const [bad, good] = [await newListing(), await newListing()];
      const nowhere = { ...level(bad, 3), places: [{ place: unknownPlace, quantity: 3 }] };
      expect(await set(nowhere, level(good, 3))).toEqual(['refused', 'applied']);
      await shows(level(bad, 0), level(good, 3));
    });

    test('[I25] nothing that it says betrays a secret', async () => {
      const { channel, secrets, newListing, outcomes, refuse, throttle, goDown, answerNonsense, lockOut, heal, level } =
        await ready();
      const listing = await newListing();
      const said: unknown[] = [];
      const hear = async () => {
        said.push(await outcomes(level(listing, 3)));
        said.push(await channel.shown([listing], soon()).catch((error: unknown) => String(error)));
        said.push(await channel.progress('12345', soon()).catch((error: unknown) => String(error)));
        await heal();
      };
      for (const fault of [goDown, answerNonsense, lockOut, () => throttle(2_000), () => refuse(listing)]) {
        await fault?.();
        await hear();
      }
      for (const secret of secrets) expect(JSON.stringify(said)).not.toContain(secret);
    });
  });
}

function words(way: string, harness: ChannelHarness) {
  const { channel, places, settle, rest } = harness;

  /** What became of them at last, whether at once or later. */
  async function set(...levels: readonly Level[]): Promise<readonly string[]> {
    const found = await outcomes(...levels);
    await settle();
    return Promise.all(found.map(async (outcome, index) => finally_(outcome, levels[index]?.listing ?? '')));
  }

  async function finally_(outcome: SetOutcome, listing: string): Promise<string> {
    if (outcome.outcome !== 'accepted') return outcome.outcome;
    const progress = await progressOf(outcome.receipt);
    if (!progress.done) return 'not done';
    if ('lost' in progress) return 'lost';
    if (progress.failed.has(listing)) return 'failed';
    return progress.refused.has(listing) ? 'refused' : 'applied';
  }

  // A receipt is asked for once, however many levels it stands for.
  const asked = new Map<string, ReturnType<ChannelPort['progress']>>();
  function progressOf(receipt: string): ReturnType<ChannelPort['progress']> {
    const answer = asked.get(receipt) ?? channel.progress(receipt, soon());
    asked.set(receipt, answer);
    return answer;
  }

  async function outcomes(...levels: readonly Level[]): Promise<readonly SetOutcome[]> {
    const max = channel.ways.find((one) => one.name === way)?.levelsMax ?? 1;
    const found: SetOutcome[] = [];
    for (let from = 0; from < levels.length; from += max) {
      await rest();
      found.push(...(await channel.setLevels(way, levels.slice(from, from + max), soon())));
    }
    return found;
  }

  async function shows(...levels: readonly Level[]): Promise<void> {
    await settle();
    for (const { listing, quantity, places: parts } of levels) {
      await rest();
      const shown = (await channel.shown([listing], soon())).get(listing);
      const expected = channel.hasPlaces ? { quantity: null, places: parts } : { quantity, places: [] };
      expect([listing, numbersOf(shown)]).toEqual([listing, numbersOf(expected)]);
    }
  }

  /** Over its places, where it has any: the larger half at the first. */
  function level(listing: string, quantity: number, changes: Partial<Level> = {}): Level {
    const [first, second] = places;
    const half = Math.ceil(quantity / 2);
    const parts = [
      ...(first === undefined ? [] : [{ place: first, quantity: second === undefined ? quantity : half }]),
      ...(second === undefined ? [] : [{ place: second, quantity: quantity - half }]),
    ];
    const version = changes.version ?? 1;
    return { listing, quantity, places: parts, version, key: `${listing}@${version}`, believed: null, ...changes };
  }

  return { ...harness, set, outcomes, shows, level };
}

/** Places that show nothing may be told or not. */
function numbersOf(shown: ShownLevel | undefined): unknown {
  if (shown === undefined) return undefined;
  const places = shown.places.filter(({ quantity }) => quantity !== 0).map(({ place, quantity }) => `${place}: ${quantity}`);
  return { quantity: shown.quantity, places: places.toSorted() };
}

function totalOf({ quantity, places }: ShownLevel): number {
  return quantity ?? places.reduce((sum, at) => sum + at.quantity, 0);
}

/** The first, the last and one in between of many. */
function sample<One>(all: readonly One[]): readonly One[] {
  return [...new Set([all[0], all[Math.floor(all.length / 2)], all.at(-1)])].filter((one): one is One => one !== undefined);
}

/** Long enough for a stub that reads thousands of levels on a busy machine. */
function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
