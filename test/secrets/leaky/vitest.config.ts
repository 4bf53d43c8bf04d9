import { defineConfig } from 'vitest/config';
import { watchForLeaks } from '../leak-reporter.ts';

/** Tests that leak, for the test of whoever watches. Their log is not shown, as that of the Workers is not. */
export default defineConfig({
  plugins: [watchForLeaks()],
  test: { root: import.meta.dirname, include: ['*-leak.ts'], onConsoleLog: () => false },
});
