import { booksOfTurn } from './books-of-turn.ts';
import type { Answer, Command } from './command.ts';
import { decide } from './decide.ts';
import type { Context } from './decision.ts';
import { lapse } from './lapse.ts';
import type { Entry, Event } from './event.ts';
import { evolve } from './evolve.ts';
import { consequences } from './consequences.ts';
import { nextEdgeMs } from './edges.ts';
import { promisedAtMs } from './promise.ts';
import type { Stock } from './stock.ts';

export interface Turn {
  /** What the journal gains, in order. */
  readonly entries: readonly Entry[];
  readonly answer: Answer;
}

/**
 * One command from beginning to end: time passes, the command is decided, and what follows of itself follows.
 * The stock holds the result; if anything here throws, the caller must forget it and read it anew.
 */
export function turn(stock: Stock, command: Command, context: Context, correlationId: string | null): Turn {
  const record = recorder(stock, context.nowMs, correlationId);
  const edgeMs = nextEdgeMs(stock, context.network, context, stock.lastNowMs);
  const lapsed = lapse(stock, context.nowMs);
  record(lapsed);
  // Who waited goes before who asks now, where time alone made units free.
  if (lapsed.length > 0 || (edgeMs !== null && edgeMs <= context.nowMs)) consequences(stock, context, record);
  const { entries } = record;
  const decision = decide(
    stock,
    command,
    entries.length === 0 ? context : { ...context, books: booksOfTurn(context.books, entries) },
  );
  if (!decision.accepted) {
    consequences(stock, context, record);
    return { entries: record.entries, answer: decision };
  }
  record(decision.events);
  consequences(stock, context, record);
  const reservation = command.type !== 'move' && 'reservation' in command ? (stock.live.get(command.reservation) ?? null) : null;
  const promised = reservation === null ? null : promisedAtMs(stock, reservation, context);
  return { entries: record.entries, answer: { accepted: true, reservation, fact: decision.fact, promisedAtMs: promised } };
}

/** Time passes without a command: the alarm's turn, and a read's. */
export function tidy(stock: Stock, context: Context): readonly Entry[] {
  const record = recorder(stock, context.nowMs, null);
  record(lapse(stock, context.nowMs));
  consequences(stock, context, record);
  return record.entries;
}

interface Recorder {
  (events: readonly Event[]): void;
  readonly entries: Entry[];
}

function recorder(stock: Stock, atMs: number, correlationId: string | null): Recorder {
  const entries: Entry[] = [];
  const record = (events: readonly Event[]): void => {
    for (const event of events) {
      const entry: Entry = { sequence: stock.sequence + 1, atMs, correlationId, event };
      evolve(stock, entry);
      entries.push(entry);
    }
  };
  return Object.assign(record, { entries });
}
