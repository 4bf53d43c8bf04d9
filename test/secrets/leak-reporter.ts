import type { UserConsoleLog } from 'vitest';
import type { Reporter, TestCase, VitestPluginContext } from 'vitest/node';
import { leaksIn } from './leaks.ts';

/**
 * [I25] Reads all that a run of tests prints, what the reporters leave out and what the runtime says of itself included, and
 * fails the run where a secret stands in it.
 */
class LeakReporter implements Reporter {
  readonly #leaks = new Set<string>();

  onInit(): void {
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean;
      stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
        this.#look('what it prints', typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk));
        return write(chunk, ...rest);
      };
    }
  }

  onUserConsoleLog({ content, type, origin }: UserConsoleLog): void {
    this.#look(`${type}${origin === undefined ? '' : ` (${origin.split('\n', 1)[0]})`}`, content);
  }

  onTestCaseResult(test: TestCase): void {
    for (const { message, stack = '', diff = '' } of test.result().errors ?? [])
      this.#look(`the error of ${JSON.stringify(test.fullName)}`, `${message}\n${stack}\n${diff}`);
  }

  onTestRunEnd(): void {
    if (this.#leaks.size === 0) return;
    process.exitCode = 1;
    console.error(`\nSecrets stand in the output of this run:\n${[...this.#leaks].map((leak) => `  ${leak}`).join('\n')}`);
  }

  #look(where: string, text: string): void {
    for (const leak of leaksIn(text)) this.#leaks.add(`${where}: ${leak}`);
  }
}

/** Whichever reporters the command line names, this one is among them. */
export function watchForLeaks() {
  return {
    name: 'watch-for-leaks',
    configureVitest: ({ vitest }: VitestPluginContext): void => {
      const { reporters } = vitest.config;
      if (!reporters.some((reporter) => reporter instanceof LeakReporter)) reporters.push(new LeakReporter());
    },
  };
}
