import { percentile } from './percentile.ts';

const CALL_KINDS = ['look', 'declare', 'move', 'reserve', 'pin', 'commit', 'release', 'fulfill', 'list', 'erp'] as const;
export type CallKind = (typeof CALL_KINDS)[number];

export interface CallSummary {
  readonly kind: CallKind;
  readonly calls: number;
  readonly repeats: number;
  readonly replays: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How long each call took until it was answered; an attempt that got no answer counts as a repeat, not as time. */
export class Timings {
  readonly #tookMs = new Map<CallKind, number[]>();
  readonly #repeats = new Map<CallKind, number>();
  readonly #replays = new Map<CallKind, number>();

  answered(kind: CallKind, tookMs: number, replayed: boolean): void {
    const all = this.#tookMs.get(kind) ?? [];
    all.push(tookMs);
    this.#tookMs.set(kind, all);
    if (replayed) this.#replays.set(kind, (this.#replays.get(kind) ?? 0) + 1);
  }

  repeated(kind: CallKind): void {
    this.#repeats.set(kind, (this.#repeats.get(kind) ?? 0) + 1);
  }

  get repeatsInAll(): number {
    return [...this.#repeats.values()].reduce((sum, count) => sum + count, 0);
  }

  summary(): CallSummary[] {
    return CALL_KINDS.flatMap((kind) => {
      const tookMs = this.#tookMs.get(kind) ?? [];
      const p50Ms = percentile(tookMs, 0.5);
      const p99Ms = percentile(tookMs, 0.99);
      if (p50Ms === null || p99Ms === null) return [];
      return [
        {
          kind,
          calls: tookMs.length,
          repeats: this.#repeats.get(kind) ?? 0,
          replays: this.#replays.get(kind) ?? 0,
          p50Ms,
          p99Ms,
        },
      ];
    });
  }
}
