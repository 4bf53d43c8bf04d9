import type { FeedFormatName } from '../../contracts/feeds.ts';
import type { ChannelId } from '../../domain/ids.ts';
import { fromBase64url, toBase64url } from '../request/base64url.ts';

/** What a link lets its holder fetch, and in whose name. */
export interface LinkedFeed {
  readonly channel: ChannelId;
  readonly format: FeedFormatName;
  readonly sellerId: string | null;
  readonly productType: string;
  readonly keyId: string;
  /** Of the key: a link ends with the secret under which it was made. */
  readonly keyVersion: number;
  readonly expiresAtSeconds: number;
}

export interface FeedLinks {
  sign(feed: LinkedFeed): Promise<string>;
  isSigned(feed: LinkedFeed, signature: string): Promise<boolean>;
}

/** HMAC-SHA256 under a key of the deployment; the runtime compares in constant time. */
export function feedLinksWith(deploymentSecret: string): FeedLinks {
  let made: Promise<CryptoKey> | undefined;
  const key = (): Promise<CryptoKey> => (made ??= keyOf(deploymentSecret));
  return {
    sign: async (feed) => toBase64url(new Uint8Array(await crypto.subtle.sign('HMAC', await key(), textOf(feed)))),
    isSigned: async (feed, signature) => {
      const bytes = fromBase64url(signature);
      return bytes !== null && crypto.subtle.verify('HMAC', await key(), bytes, textOf(feed));
    },
  };
}

function textOf(feed: LinkedFeed): Uint8Array {
  const { channel, format, sellerId, productType, keyId, keyVersion, expiresAtSeconds } = feed;
  const said = ['feed link', channel, format, sellerId, productType, keyId, keyVersion, expiresAtSeconds];
  return new TextEncoder().encode(JSON.stringify(said));
}

async function keyOf(deploymentSecret: string): Promise<CryptoKey> {
  const encoder = new TextEncoder();
  const material = await crypto.subtle.importKey('raw', encoder.encode(deploymentSecret), 'HKDF', false, ['deriveKey']);
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode('holdfast feed links') };
  return crypto.subtle.deriveKey(derivation, material, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign', 'verify']);
}
