import { availableParallelism } from 'node:os';
import path from 'node:path';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { ignoreLateMessages } from './test/late-messages.ts';
import { watchForLeaks } from './test/secrets/leak-reporter.ts';
import { TEST_SECRETS } from './test/secrets/leaks.ts';
import { WaitingFirst } from './test/waiting-first.ts';

const root = import.meta.dirname;

// Wrangler looks for the secrets in the environment and warns when they are missing.
Object.assign(process.env, TEST_SECRETS);

// A test that hangs is told from a machine that is busy: none takes a twentieth of this by itself.
const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

// Half of the time is spent waiting, for which a processor of its own is too much: with two, one file at a time would take twenty minutes.
const WORKERS_MIN = 4;

export default defineConfig({
  test: {
    maxWorkers: Math.max(WORKERS_MIN, availableParallelism()),
    sequence: { sequencer: WaitingFirst },
    // The Workers' own log would bury what the tests say, unless it speaks of an error.
    onConsoleLog: (text) => !text.startsWith('{"') || text.includes('"error"'),
    projects: [
      {
        plugins: [watchForLeaks()],
        test: {
          ...patience,
          name: 'node',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test/workerd/**', '.holdfast/**'],
          setupFiles: ['./test/property-seed.ts'],
        },
      },
      {
        plugins: [
          watchForLeaks(),
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                ...TEST_SECRETS,
                TEST_MIGRATIONS: await readD1Migrations(path.join(root, 'migrations/d1')),
              },
            },
          })),
          ignoreLateMessages(),
        ],
        test: {
          ...patience,
          name: 'workerd',
          include: ['test/workerd/**/*.test.ts'],
          setupFiles: ['./test/workerd/setup.ts'],
        },
      },
    ],
  },
});
