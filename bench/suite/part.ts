import type { Pace } from './interleave.ts';
import type { Row } from './row.ts';
import type { ServersUp } from './servers.ts';

/** Some of the targets, measured together. */
export interface Part {
  readonly name: string;
  readonly about: string;
  readonly needsWrk: boolean;
  /** The short form of the suite has no time for it, unless it is named. */
  readonly isSlow?: true;
  readonly run: (bench: Bench) => Promise<readonly Row[]>;
}

export interface Bench {
  readonly quick: boolean;
  readonly pace: Pace;
  readonly servers: ServersUp;
  /** What goes on just now, for whoever waits. */
  readonly say: (what: string) => void;
  /** What cannot be measured here, and why; it is said again at the end. */
  readonly leaveOut: (what: string) => void;
}
