import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { programOf } from '../rivals/installed.ts';

const SCRIPT = path.join(import.meta.dirname, 'load.lua');
const told = z.object({
  requests: z.number(),
  microseconds: z.number(),
  refused: z.number(),
  broken: z.number(),
  p50us: z.number(),
  p99us: z.number(),
});

export type Told = z.infer<typeof told>;

/** What wrk asks, again and again. In path and body `ITEMXXXX` stands for eight digits, 1 to `items` in turn. */
export interface Load {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly authorization: string;
  readonly body?: string;
  readonly items?: number;
  readonly connections: number;
  /** Its answers are refusals, and one that is not would be wrong. */
  readonly isRefused?: true;
}

const WRK = programOf('wrk');
export const wrkIsThere = WRK !== null;

/** Who has no answer by then has none. */
const SECONDS_MAX = 16;

/** So many seconds of it from one thread; each POST under an Idempotency-Key that nobody used before. An answer that is not 2xx, or is where none should be, ends the run. */
export async function wrk(load: Load, seconds: number): Promise<Told> {
  const outcome = await asked(load, seconds);
  const wrong = load.isRefused === true ? outcome.requests - outcome.refused : outcome.refused;
  // Where others have the machine, a second may pass without an answer; then it is asked for longer.
  if (outcome.requests + outcome.broken === 0 && seconds < SECONDS_MAX) return wrk(load, seconds * 4);
  if (wrong + outcome.broken > 0 || outcome.requests === 0) throw new Error(await complaint(load, outcome));
  return outcome;
}

async function asked(load: Load, seconds: number): Promise<Told> {
  const args = ['-t1', `-c${load.connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', SCRIPT, load.url];
  const { stdout } = await promisify(execFile)(WRK ?? 'wrk', args, { env: { ...process.env, ...environmentOf(load) } });
  const [, json = ''] = /^BENCH(.*)$/m.exec(stdout) ?? [];
  return told.parse(JSON.parse(json));
}

function environmentOf({ method, path: asked, authorization, body, items = 1 }: Load): Record<string, string> {
  return {
    BENCH_METHOD: method,
    BENCH_PATH: asked,
    BENCH_AUTHORIZATION: authorization,
    BENCH_ITEMS: String(items),
    ...(body === undefined ? {} : { BENCH_BODY: body }),
    ...(method === 'POST' ? { BENCH_KEY_PREFIX: newKey() } : {}),
  };
}

function newKey(): string {
  return `bench-${randomBytes(9).toString('base64url')}-`;
}

/** wrk only counts what it is refused; so we ask once more ourselves. */
async function complaint({ url, method, path: asked, authorization, body }: Load, outcome: Told): Promise<string> {
  const whole = (text: string): string => text.replaceAll('ITEMXXXX', '00000001');
  const reply = await fetch(url + whole(asked), {
    method,
    headers: { authorization, 'content-type': 'application/json', 'idempotency-key': newKey() },
    ...(body === undefined ? {} : { body: whole(body) }),
    signal: AbortSignal.timeout(SECONDS_MAX * 1_000),
  }).then(
    async (answer) => `${answer.status} ${(await answer.text()).slice(0, 300)}`,
    (error: unknown) => String(error),
  );
  return `${method} ${asked}: of ${outcome.requests} answers ${outcome.refused} were refusals and ${outcome.broken} broke off; asked once more: ${reply}`;
}
