import { describe, expect, test } from 'vitest';
import { errorOf, WAYS } from './report.ts';
import { SCENES } from './scenes.ts';
import { simulate, type Look } from './simulate.ts';

const [[, BY_DEMAND], [, A_SECOND]] = WAYS;

describe('read through the tiers while it sells,', () => {
  test.each(Object.values(SCENES))('[R90] [I21] no number is shown beyond what was stated with it: $name', async (scene) => {
    const { looks } = await simulate({ ...scene, untilMs: Math.min(scene.untilMs, 60_000) }, BY_DEMAND, 1);
    const cached = looks.filter(({ source }) => source !== 'object');
    expect(cached.length).toBeGreaterThan(0);
    expect(cached.filter(({ ageMs, statedMs }) => ageMs >= statedMs)).toEqual([]);
    expect(looks.filter(({ shown, toldThen }) => shown !== toldThen)).toEqual([]);
  });

  test.each([1, 2, 3])('[R90] what is scarce is shown truer by demand than for a second each, of seed %i', async (seed) => {
    const [byDemand, forASecond] = [
      await simulate(SCENES.scarce, BY_DEMAND, seed),
      await simulate(SCENES.scarce, A_SECOND, seed),
    ];
    expect(meanError(byDemand.looks)).toBeLessThan(meanError(forASecond.looks));
  });

  test('[R90] what is seldom asked for asks its object less by demand than every second', async () => {
    const scene = { ...SCENES.seldom, untilMs: 120_000 };
    const [byDemand, forASecond] = [await simulate(scene, BY_DEMAND, 1), await simulate(scene, A_SECOND, 1)];
    expect(byDemand.questions).toBeLessThan(forASecond.questions);
  });

  test('the same seed shows the same', async () => {
    const scene = { ...SCENES.scarce, untilMs: 10_000 };
    expect(await simulate(scene, BY_DEMAND, 7)).toEqual(await simulate(scene, BY_DEMAND, 7));
  });
});

function meanError(looks: readonly Look[]): number {
  return looks.reduce((total, look) => total + errorOf(look), 0) / looks.length;
}
