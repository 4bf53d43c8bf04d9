import type { VitestPluginContext } from 'vitest/node';

/**
 * An alarm or a queue may go on after a file's last test and ask for a module, when nobody answers for it any more. The pool of
 * the Workers throws then, outside of any test, and the whole run ends without a report. So whoever is stopped is no longer heard.
 */
export function ignoreLateMessages() {
  return {
    name: 'ignore-late-messages',
    configureVitest: ({ project: { config } }: VitestPluginContext): void => {
      const { poolRunner } = config;
      if (poolRunner === undefined) throw new Error('it comes after the plugin that makes the pool');
      config.poolRunner = {
        ...poolRunner,
        createPoolWorker: (options) => {
          const worker = poolRunner.createPoolWorker(options);
          const stop = worker.stop.bind(worker);
          worker.stop = async () => {
            worker.off('message', () => undefined);
            await stop();
          };
          return worker;
        },
      };
    },
  };
}
