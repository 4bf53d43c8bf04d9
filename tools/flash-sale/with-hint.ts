import * as z from 'zod';
import { availability } from '../../contracts/availability.ts';
import { channelReply, type ChannelReply } from '../../contracts/catalogue.ts';
import { yes } from '../replay/ask.ts';
import { put } from '../replay/set-up.ts';
import type { SaleItem } from './item.ts';
import type { SalesFront } from './sales-front.ts';

const STOPS = ['SIGINT', 'SIGTERM'] as const;

/** Where somebody asks us to break off, and how we do. */
interface Ending {
  readonly signals: Pick<NodeJS.EventEmitter, 'on' | 'off'>;
  readonly end: () => void;
}
const OURS: Ending = { signals: process, end: () => process.exit(130) };

/**
 * While the work lasts, buyers of the sales key's channel are told at the edge that all is sold; afterwards as it was before. Who is
 * killed outright puts nothing back, so how to do that is said at the beginning.
 */
export async function withHint<T>(
  front: Pick<SalesFront, 'ask' | 'keys' | 'url'>,
  { sku }: SaleItem,
  work: () => Promise<T>,
  say: (line: string) => void,
  { signals, end }: Ending = OURS,
): Promise<T> {
  const look = async (path: string, token: string) => front.ask({ kind: 'look', method: 'GET', path, token });
  const where = `/v1/availability/${sku}?consistency=strong`;
  const { channel } = yes(`GET ${where}`, await look(where, front.keys.sales), availability.pick({ channel: true }));
  const path = `/v1/channels/${channel}`;
  const { id: _, ...before } = yes(`GET ${path}`, await look(path, front.keys.admin), channelReply);
  if (before.sold_out_hint)
    say(`The channel ${channel} has its hint on already, and keeps it. Should an earlier sale have left it so, switch it off:`);
  else say(`The channel ${channel} has its hint on while the sale lasts. Should the sale be killed, switch it off:`);
  say(switchOff(front.url + path, before));
  // Whoever breaks off would leave it on for all that is sold there.
  const breakOff = (): void => void put(front, path, before).finally(end);
  for (const signal of STOPS) signals.on(signal, breakOff);
  try {
    yes(`PUT ${path}`, await put(front, path, { ...before, sold_out_hint: true }), z.unknown());
    return await work();
  } finally {
    for (const signal of STOPS) signals.off(signal, breakOff);
    await put(front, path, before);
  }
}

/** To be pasted, with the key of an administrator in ADMIN. */
function switchOff(address: string, channel: Omit<ChannelReply, 'id'>): string {
  const body = JSON.stringify({ ...channel, sold_out_hint: false }).replaceAll("'", String.raw`'\''`);
  return `  curl -X PUT ${address} -H "Authorization: Bearer $ADMIN" -d '${body}'`;
}
