import type { Ask } from './ask.ts';
import type { ApiKeys } from './keys.ts';
import type { Patience } from './patience.ts';
import type { RunStarted } from './run-log.ts';

/** The front as the replay meets it. */
export interface Front {
  readonly ask: Ask;
  readonly keys: ApiKeys;
  readonly run: Pick<RunStarted, 'run' | 'issueAt' | 'startedAt'>;
  readonly patience: Patience;
}
