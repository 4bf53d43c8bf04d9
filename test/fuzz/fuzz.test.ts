import { expect, test } from 'vitest';
import { Shop } from '../shop.ts';
import { fuzz } from './fuzz.ts';
import { ShopDoor } from './shop-door.ts';

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 1_200);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);

test('every call answers as documented whatever is wrong with it, and what must be refused changes nothing', async () => {
  const report = await fuzz(new ShopDoor(await Shop.open()), { requests: REQUESTS, seed: SEED });
  console.log(`the fuzzer: ${JSON.stringify({ ...report, complaints: report.complaints.length })}`);
  expect(report.complaints.join('\n\n')).toBe('');
}, 600_000);
