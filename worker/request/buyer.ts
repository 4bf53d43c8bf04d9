/** Whoever reserves, as a hash that nobody can undo without our secret. */
export type HashBuyer = (buyer: string) => Promise<string>;

export function buyerHasher(secret: string): HashBuyer {
  const encoder = new TextEncoder();
  return async (buyer) => {
    const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const signature = await crypto.subtle.sign('HMAC', key, encoder.encode(buyer));
    return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, '0')).join('');
  };
}
