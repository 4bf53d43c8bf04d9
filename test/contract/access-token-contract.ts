import { describe, expect, test } from 'vitest';
import type { ChannelHarness } from './channel-port-contract.ts';

/** A channel that is called with a token which it gives for our credentials, and which ends. */
export interface TokenHarness extends ChannelHarness {
  readonly clock: { nowMs: number };
  readonly stub: {
    readonly tokensGiven: number;
    /** It gives tokens, and takes none. */
    shutsOut: boolean;
    /** Tokens given so far are worth nothing from now on. */
    forgetTokens(): void;
  };
}

const MINUTE_MS = 60_000;

export function accessTokenContract(name: string, lifeMs: number, open: () => TokenHarness): void {
  describe(`${name}'s access token`, () => {
    test('is asked for once by all who need it, and anew before its end', async () => {
      const { stub, clock, ask } = await ready(open());
      await Promise.all([ask(), ask()]);
      expect(stub.tokensGiven).toBe(1);
      clock.nowMs += lifeMs - 2 * MINUTE_MS;
      await ask();
      expect(stub.tokensGiven).toBe(1);
      clock.nowMs += 1.5 * MINUTE_MS;
      await ask();
      expect(stub.tokensGiven).toBe(2);
    });

    test('is replaced where it ended too soon, and nobody notices', async () => {
      const { stub, clock, ask } = await ready(open());
      await ask();
      clock.nowMs += 2 * MINUTE_MS;
      stub.forgetTokens();
      await ask();
      expect(stub.tokensGiven).toBe(2);
    });

    test('is not replaced again and again where none is taken', async () => {
      const { stub, clock, ask } = await ready(open());
      await ask();
      clock.nowMs += 2 * MINUTE_MS;
      stub.shutsOut = true;
      for (let times = 0; times < 3; times += 1) await expect(ask()).rejects.toThrow('not let us');
      expect(stub.tokensGiven).toBe(2);
    });
  });
}

async function ready({ channel, stub, clock, newListing }: TokenHarness) {
  const listing = await newListing();
  return { stub, clock, ask: () => channel.shown([listing], AbortSignal.timeout(5_000)) };
}
