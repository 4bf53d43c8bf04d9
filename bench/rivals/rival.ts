/** A service that somebody might build instead of ours: it takes the same `POST /v1/reservations` and promises stock. */
export interface Rival {
  readonly name: string;
  /** What it is made of, in the words of a table. */
  readonly about: string;
  readonly durability: Durability;
  /** What must be installed first; null where everything is there. */
  missing(): string | null;
  /** Starts all its processes with their files in a folder of their own, which must be empty, and puts this stock on its shelves. */
  start(folder: string, stock: readonly RivalStock[]): Promise<RunningRival>;
}

/** When an answered reservation is safe on the disk. One fsync may serve several answers that wait for it together. */
export type Durability = 'fsync before the answer' | 'fsync up to a second after the answer' | 'no fsync';

export interface RivalStock {
  readonly sku: string;
  readonly quantity: number;
}

export interface RunningRival {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** Where reservations are posted. */
  readonly path: string;
  /** All its processes as they are now, the server of HTTP and those of the database. */
  pids(): readonly number[];
  stop(): Promise<void>;
}
