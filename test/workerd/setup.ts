import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach } from 'vitest';
// The front brings its office when it is first needed. An alarm or a queue may need it after a file's last test, when nobody answers
// for its modules any more: so each file has it from the beginning.
import '../../worker/wire-office.ts';

// Before each test, since a test may `reset()` every binding behind it.
beforeEach(async () => {
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});
