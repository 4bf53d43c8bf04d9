import * as z from 'zod';
import { shownKey } from '../../contracts/keys.ts';
import { readJson, writeJson } from '../start/state.ts';
import { yes } from './ask.ts';
import type { Front } from './front.ts';
import { ReplayStopped } from './replay-stopped.ts';
import { CHANNELS, SALES_CHANNELS, type SalesChannel } from './sales-network.ts';

const kept = z.record(z.enum(SALES_CHANNELS), z.string());
const shown = shownKey.pick({ id: true, key: true });
export type SalesKeys = z.output<typeof kept>;

/** The front remembers the answers under a key's name so long; a run that is taken up later might sell twice. */
const KEYS_LAST_MS = 14 * 86_400_000;

/** A key of its own for each channel: what is asked under another key is another request, so a run keeps to its own. */
export async function salesKeysOf(front: Front, file: string): Promise<SalesKeys> {
  const known = await readJson(file, kept);
  if (known !== undefined) return known;

  const made = await Promise.all(SALES_CHANNELS.map(async (channel) => [channel, await keyFor(front, channel)] as const));
  const keys = kept.parse(Object.fromEntries(made));
  await writeJson(file, keys);
  return keys;
}

async function keyFor(front: Front, channel: SalesChannel): Promise<string> {
  const { run, startedAt } = front.run;
  const body = {
    name: `replay ${run}: ${CHANNELS[channel].name}`,
    scopes: ['reservations:write'],
    channel,
    expires_at: new Date(Date.parse(startedAt) + KEYS_LAST_MS).toISOString(),
  };
  const idempotencyKey = `${run}:key:${channel}`;
  const call = { kind: 'declare', method: 'POST', path: '/v1/keys', token: front.keys.admin } as const;
  const made = yes('POST /v1/keys', await front.ask({ ...call, body, idempotencyKey }), shown);
  if (made.key !== null) return made.key;

  // It was made before, and its secret got lost on the way here. It stays the same key when it gets a new one.
  const path = `/v1/keys/${encodeURIComponent(made.id)}/rotate`;
  const { key } = yes(`POST ${path}`, await front.ask({ ...call, path, body: {} }), shown);
  if (key === null) throw new ReplayStopped(`POST ${path} shows no key.`);
  return key;
}
