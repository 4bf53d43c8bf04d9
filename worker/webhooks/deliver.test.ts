import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Shop, TEA } from '../../test/shop.ts';

const steps = fc.array(
  fc.oneof(
    fc.record({ step: fc.constant('news' as const), events: fc.integer({ min: 1, max: 130 }) }),
    fc.record({ step: fc.constant('deliver' as const) }),
    fc.record({ step: fc.constant('answers' as const), status: fc.constantFrom(200, 204, 302, 404, 429, 500), from: fc.nat(40) }),
    fc.record({ step: fc.constant('restart' as const) }),
    fc.record({ step: fc.constant('answer is lost' as const), after: fc.nat(150) }),
    fc.record({ step: fc.constant('dies' as const) }),
    fc.record({ step: fc.constant('passes' as const), ms: fc.constantFrom(1, 1_000, 30_000, 3_600_000) }),
  ),
  { maxLength: 25 },
);

test('[R77] [R78] whatever fails, restarts and dies: every event is taken, and each for the first time in the order of the stream', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (course) => {
      const shop = await Shop.open();
      const { id } = (await shop.post('admin', '/v1/webhooks', { url: 'https://hooks.shop.com/in', types: ['case.opened'] }))
        .body;
      const taken: number[] = [];
      let told = 0;
      let failing = { status: 200, from: 0 };
      let calls = 0;
      let lost = Number.NaN;
      shop.hooks.answer = ({ body }) => {
        calls += 1;
        const { status } = calls > failing.from ? failing : { status: 200 };
        if (status < 300) taken.push(body.sequence);
        if (calls === lost) throw new Error('it has taken the event, and nobody hears of it');
        return new Response(null, { status: status === 204 ? 204 : status });
      };
      const happen = async (times: number): Promise<void> => {
        const insert = shop.database.prepare(
          "INSERT INTO event (sku, sequence, type, channel, at_ms, recorded_at_ms, data) VALUES (?1, ?2, 'case.opened', NULL, 1, ?3, '{}')",
        );
        await shop.database.batch(Array.from({ length: times }, () => insert.bind(TEA, (told += 1), shop.nowMs)));
      };

      for (const one of course) {
        if (one.step === 'news') await happen(one.events);
        if (one.step === 'deliver') await shop.hooks.deliver(id);
        if (one.step === 'dies') await dying(shop, id);
        if (one.step === 'passes') shop.nowMs += one.ms;
        if (one.step === 'restart') shop.hooks.restart();
        if (one.step === 'answer is lost') lost = calls + one.after;
        if (one.step === 'answers') failing = { status: one.status, from: calls + one.from };
      }

      failing = { status: 200, from: 0 };
      lost = Number.NaN;
      for (let look = 0; look < 3; look += 1) {
        shop.nowMs += 3_600_000;
        await shop.hooks.deliver(id);
      }
      expect([...new Set(taken)]).toEqual(Array.from({ length: told }, (_, index) => index + 1));
    }),
    { numRuns: 150 },
  );
});

async function dying(shop: Shop, id: string): Promise<void> {
  shop.hooks.dies = true;
  await shop.hooks.deliver(id).catch(() => undefined);
  shop.hooks.dies = false;
}
