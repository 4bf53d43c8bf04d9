import { expect, test } from 'vitest';
import { fuzzWebhooks } from './webhooks.ts';

const DELIVERIES = Number(process.env['FUZZ_REQUESTS'] ?? 600);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);

test('[R60] [R60b] what is signed wrongly is refused unread, what came before does nothing, and what is wrong in it is not booked', async () => {
  const report = await fuzzWebhooks({ deliveries: DELIVERIES, seed: SEED });
  console.log(`webhooks, seed ${SEED}: ${JSON.stringify({ ...report, complaints: report.complaints.length })}`);
  expect(report.complaints.join('\n\n')).toBe('');
}, 600_000);
