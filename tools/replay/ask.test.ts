import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askAt, retryAfterMs } from './ask.ts';
import { fakeFront, type FakeFront } from './fake-front.ts';
import { ReplayStopped } from './replay-stopped.ts';
import { Timings } from './timings.ts';

const IMPATIENT = { askingMsMax: 50, pauseMsMin: 1, drainingMsMax: 1, pollMs: 1 };
const CALL = { kind: 'reserve', method: 'POST', path: '/v1/nowhere', token: 'key', idempotencyKey: 'one' } as const;
const NO_SUCH_CALL = { ...CALL, body: {} };

let front: FakeFront;
beforeEach(async () => {
  front = await fakeFront();
});
afterEach(() => front.close());

describe('asking', () => {
  test('a refusal is an answer and is not asked again', async () => {
    const ask = askAt({ url: front.url, timings: new Timings(), patience: IMPATIENT });
    expect(await ask(NO_SUCH_CALL)).toEqual({ status: 404, body: { code: 'not_found' }, replayed: false });
    expect(front.requests).toHaveLength(1);
  });

  test('a hint from the edge is asked again, unless the caller takes it for an answer', async () => {
    const hint = { status: 429, body: { code: 'sold_out_hint' } };
    front.instead = () => (front.requests.length === 1 ? hint : undefined);
    const hinted = askAt({ url: front.url, timings: new Timings(), patience: IMPATIENT, hintsAreAnswers: true });
    expect(await hinted(NO_SUCH_CALL)).toMatchObject(hint);
    expect((await hinted(NO_SUCH_CALL)).status).toBe(404);

    front.instead = () => (front.requests.length === 3 ? hint : undefined);
    const insisting = askAt({ url: front.url, timings: new Timings(), patience: IMPATIENT });
    expect((await insisting(NO_SUCH_CALL)).status).toBe(404);
  });

  test.each(['lost', 'served_unheard', 'overloaded'] as const)(
    '[R9] a call that was %s is asked again under its key',
    async (fate) => {
      front.fate = (count) => (count < 3 ? fate : 'served');
      const timings = new Timings();
      const ask = askAt({ url: front.url, timings, patience: { ...IMPATIENT, askingMsMax: 5_000 } });

      expect((await ask(NO_SUCH_CALL)).status).toBe(404);
      expect(front.requests.map(({ key }) => key)).toEqual(['one', 'one', 'one']);
      expect(timings.summary()).toMatchObject([{ kind: 'reserve', calls: 1, repeats: 2 }]);
    },
  );

  test('[R9] a call that is never answered stops the replay; it is not a refusal', async () => {
    front.fate = () => 'lost';
    const ask = askAt({ url: front.url, timings: new Timings(), patience: IMPATIENT });
    await expect(ask(NO_SUCH_CALL)).rejects.toThrow(ReplayStopped);
  });
});

test.each([
  ['seconds are counted from now', '3', 3_000],
  ['a date is compared with now', 'Mon, 03 Mar 2031 09:00:05 GMT', 5_000],
  ['a date that has passed means now', 'Mon, 03 Mar 2031 08:00:00 GMT', 0],
  ['nonsense means now', 'soon', 0],
  ['silence means now', null, 0],
])('Retry-After: %s', (_, header, expected) => {
  expect(retryAfterMs(header, Date.UTC(2031, 2, 3, 9))).toBe(expected);
});
