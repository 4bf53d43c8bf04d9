import { sku as skuSchema } from '../../contracts/names.ts';
import { publicId } from '../../domain/cart/cart.ts';
import type { ReservationId, Sku } from '../../domain/ids.ts';
import { fromBase64url, toBase64url } from './base64url.ts';
import { utf8 } from './utf8.ts';

const HASH_CHARACTERS = 22;

/** 22 characters that only this API key with this Idempotency-Key comes to; a letter more would name nothing new. */
export async function requestHash(apiKeyId: string, idempotencyKey: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', utf8(`${apiKeyId}\0${idempotencyKey}`));
  return toBase64url(new Uint8Array(digest)).slice(0, HASH_CHARACTERS);
}

/** The id says where the reservation lives, so that any later call finds its object. */
export function reservationIdOf(sku: Sku, hash: string): ReservationId {
  return `${toBase64url(utf8(sku))}.${hash}` as ReservationId;
}

const CART = 'cart';

/** The id under which an object holds a reservation, as a page of its explanation ended with; null where none looks like it. */
export function heldIdIn(text: string): ReservationId | null {
  return reservationNamed(publicId(text)) === null ? null : (text as ReservationId);
}

export function cartIdOf(hash: string): ReservationId {
  return `${CART}.${hash}` as ReservationId;
}

export interface NamedReservation {
  readonly id: ReservationId;
  /** null: a cart of several. */
  readonly sku: Sku | null;
  readonly hash: string;
}

/** The reservation that a text names, and the item that it is of; null where no id of ours looks like this. */
export function reservationNamed(text: string): NamedReservation | null {
  const [, route, unique] = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(text) ?? [];
  if (route === undefined || unique?.length !== HASH_CHARACTERS) return null;
  // No SKU has this route: it stands for bytes that are no text.
  if (route === CART) return { id: text as ReservationId, sku: null, hash: unique };
  const bytes = fromBase64url(route);
  if (bytes === null) return null;
  try {
    const spelled = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const sku = skuSchema.safeParse(spelled).data;
    // Another spelling of the same SKU is no id that we ever gave.
    return sku === spelled ? { id: text as ReservationId, sku, hash: unique } : null;
  } catch {
    return null;
  }
}
