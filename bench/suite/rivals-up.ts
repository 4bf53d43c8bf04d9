import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { QUANTITY_MAX } from '../../contracts/limits.ts';
import { forgetWithUs } from '../../tools/start/with-us.ts';
import type { Rival, RunningRival } from '../rivals/rival.ts';
import { reserveBody } from './shop.ts';
import type { Measured } from './slice.ts';
import type { Load } from './wrk.ts';

export interface RivalUp extends Measured {
  readonly rival: Rival;
  reserve(sku: string, connections: number, items?: number): Load;
}

/** The rivals that run, each started when it is first asked for, with much of everything on its shelves. */
export class RivalsUp {
  readonly #skus: readonly string[];
  readonly #up = new Map<Rival, { readonly running: RunningRival; readonly forget: () => void }>();

  constructor(skus: readonly string[]) {
    this.#skus = skus;
  }

  /** Null once it runs. */
  async whyNot(rival: Rival): Promise<string | null> {
    try {
      await this.serve(rival);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async serve(rival: Rival): Promise<RivalUp> {
    const { running } = this.#up.get(rival) ?? (await this.#start(rival));
    const asked = { url: running.url, path: running.path, authorization: 'Bearer unread' };
    return {
      rival,
      pids: () => running.pids(),
      helperPids: [],
      reserve: (sku, connections, items = 1) => ({
        ...asked,
        method: 'POST',
        body: JSON.stringify(reserveBody(sku)),
        connections,
        items,
      }),
    };
  }

  async stop(rival: Rival): Promise<void> {
    const up = this.#up.get(rival);
    this.#up.delete(rival);
    await up?.running.stop();
    up?.forget();
  }

  async stopAll(): Promise<void> {
    for (const rival of this.#up.keys()) await this.stop(rival);
  }

  async #start(rival: Rival): Promise<{ running: RunningRival; forget: () => void }> {
    const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-rival-'));
    // Its processes end with us however we end; its files must be gone then too.
    forgetWithUs(folder);
    const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    process.once('exit', remove);
    const running = await rival.start(
      folder,
      this.#skus.map((sku) => ({ sku, quantity: QUANTITY_MAX })),
    );
    const forget = (): void => {
      process.off('exit', remove);
      remove();
    };
    const up = { running, forget };
    this.#up.set(rival, up);
    return up;
  }
}
