import path from 'node:path';
import * as z from 'zod';
import { askAt, type Ask } from '../replay/ask.ts';
import { readErpToken, readJson } from '../replay/keys.ts';
import { PATIENCE } from '../replay/patience.ts';
import { Timings } from '../replay/timings.ts';
import { spawnServer } from '../start/spawned-server.ts';
import { readRun } from '../start/state.ts';
import type { Where } from './options.ts';

const LOOK_MS_MAX = 2_000;

/** Where the sale takes place, and with which keys. */
export interface SalesFront {
  readonly url: string;
  readonly ask: Ask;
  /** How often a call had to be asked again, and how long each took. */
  readonly timings: Timings;
  readonly keys: { readonly admin: string; readonly sales: string };
  /** null: nobody said where it is. */
  readonly erp: { readonly ask: Ask; readonly token: string } | null;
  /** Ends what was started for this sale alone. */
  stop(): Promise<void>;
}

export async function salesFront(where: Where, say: (line: string) => void): Promise<SalesFront> {
  switch (where.at) {
    case 'front':
      return frontAt(where, async () => undefined);
    case 'own':
      return ownFront(say);
    case 'state':
      return runningFront(where.stateDir, say);
  }
}

/** The front that `npm start` keeps running, or one of our own where none runs. */
async function runningFront(stateDir: string, say: (line: string) => void): Promise<SalesFront> {
  const run = await readRun(stateDir);
  if (run === undefined || !(await answers(run.port))) {
    say(`No front runs from ${stateDir}, so one is started for this sale.`);
    return ownFront(say);
  }
  return frontOfState(stateDir, { url: at(run.port), erpUrl: at(run.erpPort) }, async () => undefined);
}

async function ownFront(say: (line: string) => void): Promise<SalesFront> {
  const server = await spawnServer();
  say(`The front of this sale answers at ${server.url}.`);
  return frontOfState(server.state, server, () => server.stop());
}

const apiKeys = z.object({ admin: z.string(), sales_web: z.string() });

async function frontOfState(
  stateDir: string,
  { url, erpUrl }: { readonly url: string; readonly erpUrl: string },
  stop: () => Promise<void>,
): Promise<SalesFront> {
  const { admin, sales_web: sales } = await readJson(path.join(stateDir, 'dev-keys.json'), apiKeys);
  const token = await readErpToken(path.join(stateDir, 'secrets.json'));
  return frontAt({ url, keys: { admin, sales }, erp: { url: erpUrl, token } }, stop);
}

function frontAt({ url, keys, erp }: Omit<Extract<Where, { at: 'front' }>, 'at'>, stop: () => Promise<void>): SalesFront {
  const timings = new Timings();
  const asked = { timings, patience: PATIENCE };
  return {
    url,
    // A hint that all is sold is an answer that a shop would show; whoever wants to know for sure asks strongly.
    ask: askAt({ ...asked, url, hintsAreAnswers: true }),
    timings,
    keys,
    erp: erp === null ? null : { ask: askAt({ ...asked, url: erp.url }), token: erp.token },
    stop,
  };
}

const at = (port: number): string => `http://127.0.0.1:${port}`;

async function answers(port: number): Promise<boolean> {
  const reply = await fetch(`${at(port)}/healthz`, { signal: AbortSignal.timeout(LOOK_MS_MAX) }).catch(() => undefined);
  return reply?.ok === true;
}
