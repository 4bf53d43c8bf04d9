import type { ChannelId } from '../../domain/ids.ts';
import type { AvailabilityStatus, Shown } from '../../domain/label.ts';
import { CROSSED_BYTES_MAX } from './limits.ts';
import { newestWithin } from './message-size.ts';
import { positionBeside } from './positions.ts';
import type { StockEvent } from './protocol.ts';
import { readMeta, writeMeta } from './schema.ts';

interface Stored {
  readonly words: Readonly<Record<ChannelId, AvailabilityStatus>>;
  /** What was told and may not have been heard. */
  readonly crossed: readonly StockEvent[];
}

/**
 * The word that each channel shows (sold out, low …), written down with every change of one: a change that time alone
 * brought about stands in no journal, and must not be forgotten because somebody restarts before it was told.
 */
export class Thresholds {
  readonly #sql: SqlStorage;
  #words: ReadonlyMap<string, AvailabilityStatus> | null = null;
  #crossed: readonly StockEvent[] = [];

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** What crossed beyond this position and was not acknowledged. */
  read(through: number): readonly StockEvent[] {
    const text = readMeta(this.#sql, 'thresholds');
    const stored = text === null ? null : (JSON.parse(text) as Stored);
    this.#words = stored === null ? null : new Map(Object.entries(stored.words));
    this.#crossed = stored?.crossed.filter(({ position }) => position > through) ?? [];
    return this.#crossed;
  }

  /**
   * The event that says which words changed since the last look, or null. Costs a row only where one did. What is told up to
   * `through` stands before it; up to `heard` nobody needs it any more.
   */
  look(
    shown: ReadonlyMap<ChannelId, Shown>,
    at: { readonly sequence: number; readonly atMs: number; readonly through: number; readonly heard: number },
  ): StockEvent | null {
    const before = this.#words;
    const differs = [...shown].filter(([channel, { status }]) => before?.get(channel) !== status);
    if (before !== null && differs.length === 0) return null;

    // A channel that was not there before has crossed nothing.
    const channels = differs.flatMap(([channel, now]) => {
      const was = before?.get(channel);
      return was === undefined ? [] : [{ channel, was, ...now }];
    });
    const { sequence, atMs, through, heard } = at;
    const position = positionBeside(sequence, Math.max(through, this.#crossed.at(-1)?.position ?? 0));
    const event: StockEvent | null =
      channels.length === 0 ? null : { type: 'availability.threshold', position, sequence, atMs, channels };
    this.#words = new Map([...shown].map(([channel, { status }]) => [channel, status]));
    // A message that is under way may be lost together with this memory.
    const unheard = this.#crossed.filter((one) => one.position > heard);
    this.#crossed = newestWithin(CROSSED_BYTES_MAX, [...unheard, ...(event === null ? [] : [event])]);
    const words = Object.fromEntries(this.#words);
    writeMeta(this.#sql, 'thresholds', JSON.stringify({ words, crossed: this.#crossed } satisfies Stored));
    return event;
  }
}
