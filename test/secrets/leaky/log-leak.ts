import { test } from 'vitest';
import { TEST_SECRETS } from '../leaks.ts';

test('passes, and logs a secret', () => {
  console.log(JSON.stringify({ request: 1, token: TEST_SECRETS.ERP_TOKEN }));
});
