/** The part of storage that tells when everything written so far is safe. */
export interface Disk {
  sync(): Promise<void>;
}

interface Waiting<In, Out> {
  readonly work: In;
  readonly settle: PromiseWithResolvers<Out>;
}

/**
 * One commit for many callers: whoever arrives while a commit is under way shares the next. Nothing waits for a timer,
 * so a lone caller pays nothing. Replies wait on the runtime's output gate, so nobody hears of what is not on disk.
 */
export class GroupCommit<In, Out> {
  readonly #disk: Disk;
  readonly #run: (work: In) => Out;
  readonly #afterwards: () => void;
  #waiting: Waiting<In, Out>[] = [];
  #waitingSize = 0;
  #committing = false;

  /** `run` may throw: that rejects its own caller alone. `afterwards` is called once per group, in the same turn. */
  constructor(disk: Disk, run: (work: In) => Out, afterwards: () => void) {
    this.#disk = disk;
    this.#run = run;
    this.#afterwards = afterwards;
  }

  /** How much waits, in the measure of `submit`. */
  get waiting(): number {
    return this.#waitingSize;
  }

  submit(work: In, size = 1): Promise<Out> {
    const settle = Promise.withResolvers<Out>();
    this.#waiting.push({ work, settle });
    this.#waitingSize += size;
    if (!this.#committing) this.#drain();
    return settle.promise;
  }

  #drain(): void {
    const group = this.#waiting;
    this.#waiting = [];
    this.#waitingSize = 0;
    this.#committing = true;
    for (const { work, settle } of group) {
      try {
        settle.resolve(this.#run(work));
      } catch (error) {
        settle.reject(error);
      }
    }
    const next = (): void => {
      this.#committing = false;
      if (this.#waiting.length > 0) this.#drain();
    };
    try {
      this.#afterwards();
    } catch (error) {
      // Nobody behind a group may wait for ever because of what failed after it; its callers keep their answers.
      console.error(JSON.stringify({ afterCommit: String(error) }));
    }
    // A disk that fails resets the object, which rejects every caller of the group: unknown, never no (R9).
    void this.#disk.sync().then(next, next);
  }
}
