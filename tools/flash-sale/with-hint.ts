import * as z from 'zod';
import { availability } from '../../contracts/availability.ts';
import { channelReply } from '../../contracts/catalogue.ts';
import { yes } from '../replay/ask.ts';
import { put } from '../replay/set-up.ts';
import type { SaleItem } from './item.ts';
import type { SalesFront } from './sales-front.ts';

/** While the work lasts, buyers of the sales key's channel are told at the edge that all is sold; afterwards as it was before. */
export async function withHint<T>(
  front: Pick<SalesFront, 'ask' | 'keys'>,
  { sku }: SaleItem,
  work: () => Promise<T>,
): Promise<T> {
  const look = async (path: string, token: string) => front.ask({ kind: 'look', method: 'GET', path, token });
  const where = `/v1/availability/${sku}?consistency=strong`;
  const { channel } = yes(`GET ${where}`, await look(where, front.keys.sales), availability.pick({ channel: true }));
  const path = `/v1/channels/${channel}`;
  const { id: _, ...before } = yes(`GET ${path}`, await look(path, front.keys.admin), channelReply);
  yes(`PUT ${path}`, await put(front, path, { ...before, sold_out_hint: true }), z.unknown());
  try {
    return await work();
  } finally {
    await put(front, path, before);
  }
}
