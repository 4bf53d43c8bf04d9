import type { Job } from './jobs.ts';
import type { Ran, Running } from './run-job.ts';

export interface Machine {
  readonly cores: number;
  readonly start: (job: Job) => Running;
}

/** Runs as many at once as the machine has processors for; each begins as soon as there is room for it, in the order given. */
export class Jobs {
  readonly #machine: Machine;
  #waiting: readonly Job[];
  readonly #running = new Map<Job, Running>();
  readonly #ran: Ran[] = [];
  #stopped = false;

  constructor(jobs: readonly Job[], machine: Machine) {
    this.#waiting = jobs;
    this.#machine = machine;
  }

  /** What each of them became, in the order in which they ended. */
  async run(): Promise<readonly Ran[]> {
    for (;;) {
      this.#begin();
      if (this.#running.size === 0) return this.#ran;
      const ran = await Promise.race([...this.#running.values()].map((running) => running.ran));
      this.#running.delete(ran.job);
      this.#ran.push(ran);
    }
  }

  /** Begins none any more and ends those that run. */
  stop(): void {
    this.#stopped = true;
    for (const running of this.#running.values()) running.stop();
  }

  done(): number {
    return this.#ran.length;
  }

  now(): readonly { readonly name: string; readonly said: string }[] {
    return [...this.#running].map(([{ name }, running]) => ({ name, said: running.said() }));
  }

  #begin(): void {
    if (this.#stopped) return;
    let free = this.#machine.cores;
    for (const { cores } of this.#running.keys()) free -= Math.min(cores, this.#machine.cores);
    this.#waiting = this.#waiting.filter((job) => {
      // One that asks for more than there is has the machine to itself.
      const cores = Math.min(job.cores, this.#machine.cores);
      if (cores > free) return true;
      free -= cores;
      this.#running.set(job, this.#machine.start(job));
      return false;
    });
  }
}
