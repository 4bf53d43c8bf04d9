import { exports } from 'cloudflare:workers';
import { expect, test } from 'vitest';

test('the Worker says that it is alive', async () => {
  const reply = await exports.default.fetch('http://holdfast/healthz');
  expect(reply.status).toBe(200);
});
