import type { Freshness } from './shop-item.ts';

/** The sale, the network around it, and what the parts can do. All that is assumed stands here. */
export interface SimulationOptions extends Freshness {
  readonly seed: number;
  readonly buyers: number;
  readonly units: number;
  /** Buyers come after the start at any moment alike, on average after this long: two thirds within that time. */
  readonly arrivalMs: number;
  /** From seeing the number to asking for a unit, on average. */
  readonly decidingMs: number;
  /** From the pin to the commit, on average. */
  readonly payingMs: number;
  /** Who gets a unit and gives it back, while others still come. */
  readonly abandonPercent: number;
  /** Answers that get lost on their way; their buyers ask again under the same key. */
  readonly lostPercent: number;
  /** How long a buyer who gets no answer waits before asking again, and how long one goes on at all. */
  readonly timeoutMs: number;
  readonly patienceMs: number;

  readonly centres: number;
  /** Each with a memory of its own; nothing is shared between them here, though a data centre has a cache that they share. */
  readonly isolatesPerCentre: number;
  /** One way from the nearest data centre to the object, and from the farthest. */
  readonly nearestMs: number;
  readonly farthestMs: number;
  /** One way from a buyer to the data centre. */
  readonly lastMileMs: number;

  /** Whether a reserve is refused at the edge while a fresh snapshot says 0. */
  readonly hint: boolean;
  /** Whether a refusal that says "none left" also tells its isolate so. */
  readonly learnsFromRefusals: boolean;
  /** Reserves of one isolate that may be under way to the object; null: any number, as it is built. */
  readonly atOncePerIsolate: number | null;

  /** Of the object's thread: to take in a call and see whether it is shed; to decide and record one; to say a snapshot. */
  readonly receiveMs: number;
  readonly commandMs: number;
  readonly snapshotMs: number;
  /** From the end of a group's work until it is safe and answered; the thread is free meanwhile. */
  readonly commitMs: number;
  /** Calls that may wait for the thread; the runtime refuses more as overloaded. */
  readonly callsWaitingMax: number;
}

/** Where each figure comes from: docs/scaling.md. */
export const DEFAULTS: SimulationOptions = {
  seed: 1,
  buyers: 1_000_000,
  units: 10_000,
  arrivalMs: 10_000,
  decidingMs: 1_500,
  payingMs: 20_000,
  abandonPercent: 5,
  lostPercent: 0.1,
  timeoutMs: 5_000,
  patienceMs: 60_000,
  centres: 100,
  isolatesPerCentre: 4,
  nearestMs: 1,
  farthestMs: 120,
  lastMileMs: 15,
  freshForMsMax: 5_000,
  adapts: true,
  hint: true,
  learnsFromRefusals: true,
  atOncePerIsolate: null,
  receiveMs: 0.1,
  commandMs: 0.4,
  snapshotMs: 0.15,
  commitMs: 10,
  callsWaitingMax: 1_000,
};
