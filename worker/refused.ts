import type { ProblemCode } from '../contracts/problems.ts';
import type { ProblemReply } from '../contracts/problem.ts';

export type Extra = Pick<ProblemReply, 'as_of' | 'lines' | 'source' | 'present_status' | 'issues'>;

/** A refusal of the edge, as a value: whoever receives one hands it on or answers with it. */
export class Refused {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly extra: Extra;
  /** The name stood in the path, so the address itself is wrong. */
  readonly inPath: boolean;
  /** After how long it is worth to ask again; null: nobody says. */
  readonly retryAfterSeconds: number | null;
  /** A try before this one broke off, and may have done what is refused now: the outcome is unknown (R9). */
  readonly mayBeDone: boolean;

  constructor(
    code: ProblemCode,
    detail: string,
    options: {
      readonly extra?: Extra;
      readonly inPath?: boolean;
      readonly retryAfterSeconds?: number;
      readonly mayBeDone?: boolean;
    } = {},
  ) {
    this.code = code;
    this.detail = detail;
    this.extra = options.extra ?? {};
    this.inPath = options.inPath ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.mayBeDone = options.mayBeDone ?? false;
  }
}
