import { test } from 'vitest';

test('passes, and tells no secret', () => {
  console.log('hf_admin is the id of a key, whsec_ the begin of a secret, test-erp the name of a test');
});
