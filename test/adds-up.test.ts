import { describe, expect, test } from 'vitest';
import type { Explanation } from '../contracts/availability.ts';
import { expectAddsUp, expectReadAddsUp } from './adds-up.ts';
import { MUG, Shop, TEA } from './shop.ts';
import { sourceFiles } from './source-files.ts';

// Whoever reads numbers in a test does so through one of these, and each holds the number to its explanation.
const READERS: Readonly<Record<string, string>> = {
  'test/shop.ts': 'expectReadAddsUp',
  'test/workerd/ask-api.ts': 'expectReadAddsUp',
  'test/workerd/rush.ts': 'expectReadAddsUp',
  'test/scenario/small-shop.ts': 'expectReadAddsUp',
  'test/scenario/kill-import.test.ts': 'expectReadAddsUp',
  'test/scenario/combined-reserves.test.ts': 'expectReadAddsUp',
  'test/workerd/sku.ts': 'expectOfferAddsUp',
  'test/story/questions.ts': 'expectOfferAddsUp',
  'test/fuzz/http-door.ts': 'expectAddsUp',
};
// Numbers of histories are held to a model that was told everything that was asked meanwhile, which an explanation cannot know.
const REMEMBERS = 'test/histories/';
// They put the offer itself to the test, beside a second opinion.
const JUDGES = /^(?:domain\/|test\/model\/|worker\/replies\/own-units\.test\.ts$)/;

const files = sourceFiles().filter(({ name }) => name.endsWith('.test.ts') || name.startsWith('test/'));
const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^import (?!type).*from '([^']+)';$/gm)].map(([, from = '']) => from);
const takesFrom = (text: string, file: string): boolean => importsOf(text).some((from) => from.endsWith(`/${file}`));

describe('[R27] every test that reads a number also reads why', () => {
  test.each(Object.entries(READERS))('%s holds it to its explanation', (name, check) => {
    const text = files.find((file) => file.name === name)?.text ?? '';
    expect(text).toMatch(new RegExp(`${check}\\(`));
  });

  test('who asks the API for one asks through them', () => {
    const askers = files.filter(
      ({ name, text }) =>
        /\/v1\/availability\b/.test(text) &&
        !(name in READERS) &&
        !name.startsWith('test/adds-up') &&
        !name.startsWith(REMEMBERS),
    );
    const alone = askers.filter(
      ({ text }) => !Object.keys(READERS).some((reader) => takesFrom(text, reader.split('/').at(-1) ?? '')),
    );
    expect(alone.map(({ name }) => name)).toEqual([]);
    expect(askers.length).toBeGreaterThan(5);
  });

  test('who works one out does so through them, or judges it', () => {
    const alone = files.filter(
      ({ name, text }) => takesFrom(text, 'domain/offer.ts') && !(name in READERS) && !JUDGES.test(name),
    );
    expect(alone.map(({ name }) => name)).toEqual([]);
  });
});

describe('[R27] a number whose terms do not add up is found out', () => {
  const paths: readonly (readonly [string, unknown])[] = [
    [`/v1/availability/${TEA}`, undefined],
    [`/v1/availability/${TEA}?consistency=strong`, undefined],
    [`/v1/availability/${TEA}?location=dc`, undefined],
    ['/v1/availability/query', { skus: [TEA, MUG] }],
    ['/v1/availability/query', { skus: [TEA], locations: ['dc'] }],
  ];

  test.each(paths)('%s %j', async (path, asked) => {
    const shop = await Shop.open();
    await shop.receive(TEA, 5);
    const said = await (asked === undefined ? shop.get('web', path) : shop.post('web', path, asked));
    const explain = async (explainPath: string): Promise<Explanation> => (await shop.get('admin', explainPath)).body;
    await expectReadAddsUp(path, asked, said, explain);
    const lying = async (explainPath: string): Promise<Explanation> => {
      const honest = await explain(explainPath);
      return { ...honest, stock: honest.stock + 1 };
    };
    await expect(expectReadAddsUp(path, asked, said, lying)).rejects.toThrow();
  });

  test('by the shop of the tests itself', async () => {
    const shop = await Shop.open();
    await shop.receive(TEA, 5);
    const honest = shop.app.request.bind(shop.app);
    const request = async (path: string, init?: RequestInit): Promise<Response> => {
      const reply = await honest(path, init);
      if (!path.includes('/explain')) return reply;
      const explained: Explanation = await reply.json();
      return Response.json({ ...explained, stock: explained.stock + 1 });
    };
    Object.assign(shop.app, { request });
    await expect(shop.get('web', `/v1/availability/${TEA}`)).rejects.toThrow();
  });

  test('whichever term it is', async () => {
    const shop = await Shop.open();
    await shop.receive(TEA, 5);
    const honest: Explanation = (await shop.get('web', `/v1/availability/${TEA}/explain`)).body;
    expectAddsUp(honest);
    const terms = [
      'available_to_sell',
      'stock',
      'withheld',
      'debt',
      'backordered',
      'buffer',
      'shrunk',
      'backorder_limit',
    ] as const;
    for (const term of terms) expect(() => expectAddsUp({ ...honest, [term]: honest[term] + 1 }), term).toThrow();
    const [place] = honest.locations;
    if (place === undefined) throw new Error('there is a place');
    for (const term of ['reserved', 'committed', 'safety_stock', 'net', 'withheld', 'available'] as const) {
      expect(() => expectAddsUp({ ...honest, locations: [{ ...place, [term]: place[term] + 1 }] }), term).toThrow();
    }
    expect(() => expectAddsUp({ ...honest, cap: 4, consumed: 0 })).toThrow();
  });
});
