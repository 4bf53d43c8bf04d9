import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Dice } from '../model/dice.ts';
import type { Holdfast } from '../scenario/holdfast.ts';
import type { Shelf } from './buying.ts';
import type { ClientOptions, ToClient } from './client.ts';
import type { Door } from './http-network.ts';
import { monotonicNow } from './record.ts';

export interface LoadOptions {
  readonly kills: number;
  readonly secondsMin: number;
  readonly seed: number;
  readonly clients: number;
  readonly connections: number;
}

/** Items are changed after so many kills: what is checked of one stays below a few thousand operations. */
export const KILLS_PER_SHELF = 5;
/** Every so many kills a client dies too. */
const CLIENT_DIES_EVERY = 5;
/** Answers since it serves again, before it is killed. */
const ANSWERS = [1, 250] as const;
const SOON_MS = [0, 60] as const;
const IDLE_MS_MAX = 5_000;
const END_MS_MAX = 60_000;

/** Clients in processes of their own, and somebody who kills the runtime that serves them, and now and then one of them. */
export class Load {
  readonly killedAt: number[] = [];
  readonly files: string[] = [];
  /** What went wrong with clients. */
  readonly broken: string[] = [];
  clientsKilled = 0;
  readonly #holdfast: Holdfast;
  readonly #door: Door;
  readonly #options: LoadOptions;
  readonly #dice: Dice;
  readonly #shelves: readonly Shelf[];
  readonly #clients = new Map<string, ChildProcess>();
  #answers = 0;
  #heard = Promise.withResolvers<void>();

  constructor(holdfast: Holdfast, door: Door, shelves: readonly Shelf[], options: LoadOptions) {
    this.#holdfast = holdfast;
    this.#door = door;
    this.#shelves = shelves;
    this.#options = options;
    this.#dice = new Dice(options.seed);
  }

  /** Until it was killed often enough, and `met` all that is rare; whoever waits for luck waits for twice as many kills at most. */
  async run(met: () => boolean, say: (text: string) => void): Promise<void> {
    const untilMs = performance.now() + this.#options.secondsMin * 1_000;
    for (let n = 0; n < this.#options.clients; n += 1) this.#start(`c${n}`);
    try {
      const { kills } = this.#options;
      const killed = (): number => this.killedAt.length;
      while (killed() < kills || performance.now() < untilMs || (killed() < 2 * kills && !met())) {
        await this.#killOnce();
        say(`${this.killedAt.length} kills, ${this.#answers} answers`);
      }
      await this.#answered(this.#dice.roll(...ANSWERS));
    } finally {
      await this.#stop();
    }
  }

  async #killOnce(): Promise<void> {
    await this.#answered(this.#dice.roll(...ANSWERS));
    await new Promise((resolve) => setTimeout(resolve, this.#dice.roll(...SOON_MS)));
    const kills = this.killedAt.length + 1;
    if (kills % CLIENT_DIES_EVERY === 0) this.#killClient();
    this.killedAt.push(monotonicNow());
    await this.#holdfast.killRuntime(() => this.#tell({ tell: 'down' }));
    const shelf = this.#shelf();
    if (kills % KILLS_PER_SHELF === 0) this.#tell({ tell: 'shelf', shelf });
    this.#tell({ tell: 'up' });
  }

  #shelf(): Shelf {
    const shelf = this.#shelves[Math.floor(this.killedAt.length / KILLS_PER_SHELF) % this.#shelves.length];
    if (shelf === undefined) throw new Error('there is something to buy');
    return shelf;
  }

  async #answered(answers: number): Promise<void> {
    const wanted = this.#answers + answers;
    const idle = new Promise((resolve) => setTimeout(resolve, IDLE_MS_MAX));
    let late = false;
    void idle.then(() => (late = true));
    while (this.#answers < wanted && !late) await Promise.race([this.#heard.promise, idle]);
  }

  #start(name: string): void {
    const { seed, connections } = this.#options;
    const file = path.join(this.#holdfast.state, `history-${name}.ndjson`);
    const { url, keys } = this.#door;
    const shelf = structuredClone(this.#shelf()) as ClientOptions['shelf'];
    const options: ClientOptions = { name, seed: seed + this.files.length, connections, url, keys, file, shelf };
    const client = fork(path.join(import.meta.dirname, 'client.ts'), [JSON.stringify(options)]);
    this.files.push(file);
    this.#clients.set(name, client);
    client.on('message', () => {
      this.#answers += 1;
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    });
    client.on('exit', (code, signal) => {
      if (signal !== 'SIGKILL' && code !== 0) this.broken.push(`the client ${name} ended with ${code ?? signal}`);
    });
  }

  /** What it asked for last, its heirs ask for at the end. */
  #killClient(): void {
    const [name] = this.#dice.pick([...this.#clients]) ?? [];
    if (name === undefined) return;
    this.#clients.get(name)?.kill('SIGKILL');
    this.#clients.delete(name);
    this.clientsKilled += 1;
    this.#start(`${name.split('+')[0] ?? name}+${this.clientsKilled}`);
  }

  #tell(message: ToClient): void {
    for (const client of this.#clients.values()) if (client.connected) client.send(message);
  }

  async #stop(): Promise<void> {
    this.#tell({ tell: 'stop' });
    const limit = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), END_MS_MAX).unref());
    const running = [...this.#clients.values()].filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const ended = Promise.all(running.map((client) => once(client, 'exit')));
    if ((await Promise.race([ended, limit])) !== 'late') return;
    this.broken.push(`clients were not answered within ${END_MS_MAX} ms after the last kill`);
    for (const client of running) client.kill('SIGKILL');
  }
}
