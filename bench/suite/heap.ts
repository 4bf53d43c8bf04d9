import { once } from 'node:events';
import * as z from 'zod';
import { FRONT } from '../../tools/start/workers.ts';

const answer = z.object({ id: z.number(), result: z.object({ usedSize: z.number().optional() }) });

/** What the front's isolate keeps in memory once all that nobody needs has been collected. Asked by the runtime's inspector. */
export class Heap {
  readonly #socket: WebSocket;
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async of(inspectorPort: number): Promise<Heap> {
    const socket = new WebSocket(`ws://127.0.0.1:${inspectorPort}/core:user:${FRONT.name}`);
    await once(socket, 'open');
    return new Heap(socket);
  }

  async keptBytes(): Promise<number> {
    // What the first collection finds dead may hold on to more, which the second then collects.
    await this.#ask('HeapProfiler.collectGarbage');
    await this.#ask('HeapProfiler.collectGarbage');
    return (await this.#ask('Runtime.getHeapUsage')) ?? Number.NaN;
  }

  close(): void {
    this.#socket.close();
  }

  async #ask(method: string): Promise<number | undefined> {
    const id = (this.#asked += 1);
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const hear = ({ data }: MessageEvent): void => {
      const heard = answer.safeParse(JSON.parse(String(data)));
      if (heard.data?.id === id) resolve(heard.data.result.usedSize);
    };
    this.#socket.addEventListener('message', hear);
    this.#socket.send(JSON.stringify({ id, method }));
    const answered = await promise;
    this.#socket.removeEventListener('message', hear);
    return answered;
  }
}
