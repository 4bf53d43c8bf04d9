// What clients write down, a line each: first that they ask, then what came of it. A line is in the file before anything
// leaves, so whatever a client that is killed had asked for is known, and somebody else can ask for its answer.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export type What =
  'reserve' | 'extend' | 'resize' | 'pin' | 'commit' | 'release' | 'fulfill' | 'cancel' | 'look' | 'receive' | 'read';

export interface Call {
  readonly id: string;
  readonly client: string;
  readonly what: What;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: unknown;
  /** The items that it is about. */
  readonly skus: readonly string[];
  readonly invokedAt: number;
  readonly invokedMs: number;
}

export interface Answered {
  readonly id: string;
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- what is read of it is checked where it is read.
  readonly body: any;
  readonly replayed: boolean;
  /** Tries that nobody answered: the connection broke, or the answer said that nobody knows. */
  readonly failed: number;
  /** Answers that were thrown away, and calls that were left while they ran. */
  readonly thrownAway: number;
  readonly left: number;
  /** The first answer that came, even if it was thrown away. */
  readonly heardAt: number;
  readonly returnedAt: number;
  readonly returnedMs: number;
}

export interface Recorded {
  readonly call: Call;
  readonly answered: Answered | null;
}

export interface Records {
  asks(call: Call): void;
  hears(answered: Answered): void;
}

export class Recorder implements Records {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  asks(call: Call): void {
    appendFileSync(this.#file, `${JSON.stringify(call)}\n`);
  }

  hears(answered: Answered): void {
    appendFileSync(this.#file, `${JSON.stringify(answered)}\n`);
  }
}

/** Of all files together; a line that its writer did not live to end was about to be asked, and never was. */
export function readRecords(files: readonly string[]): readonly Recorded[] {
  const calls = new Map<string, Call>();
  const answers = new Map<string, Answered>();
  for (const file of files.filter((one) => existsSync(one))) {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    for (const line of lines) {
      const entry = JSON.parse(line) as Call | Answered;
      // Who asks for the answer of another goes on with what that one began.
      if ('what' in entry && !calls.has(entry.id)) calls.set(entry.id, entry);
      if ('what' in entry) continue;
      answers.set(entry.id, entry);
    }
  }
  return [...calls.values()].map((call) => ({ call, answered: answers.get(call.id) ?? null }));
}

export interface Known {
  readonly call: Call;
  readonly answered: Answered;
}

export function knownOf(records: readonly Recorded[]): readonly Known[] {
  return records.flatMap(({ call, answered }) => (answered === null ? [] : [{ call, answered }]));
}

/** What was done for whoever asked: a plan that was granted, or goods that came in. */
export function isAcknowledged({ call, answered }: Known): boolean {
  return call.method === 'POST' && answered.status < 300;
}

/** In microseconds, the same in every process of this machine, and never set back. */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
