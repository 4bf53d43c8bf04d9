import { fromBase64url, toBase64url } from '../request/base64url.ts';

/** Text that only this deployment can read, and only as what it was sealed for. */
export interface Seal {
  seal(text: string, about: string): Promise<string>;
  open(sealed: string, about: string): Promise<string>;
}

const IV_BYTES = 12;

/** AES-GCM. Every text has a random start of its own; some thousands of secrets never meet the same one. */
export function sealWith(deploymentSecret: string): Seal {
  let imported: Promise<CryptoKey> | undefined;
  const key = (): Promise<CryptoKey> => (imported ??= keyOf(deploymentSecret));
  const encoder = new TextEncoder();
  return {
    seal: async (text, about) => {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const algorithm = { name: 'AES-GCM', iv, additionalData: encoder.encode(about) };
      const encrypted = new Uint8Array(await crypto.subtle.encrypt(algorithm, await key(), encoder.encode(text)));
      const both = new Uint8Array(IV_BYTES + encrypted.byteLength);
      both.set(iv);
      both.set(encrypted, IV_BYTES);
      return toBase64url(both);
    },
    open: async (sealed, about) => {
      const bytes = fromBase64url(sealed);
      if (bytes === null) throw new Error('what was sealed is base64url');
      const algorithm = { name: 'AES-GCM', iv: bytes.slice(0, IV_BYTES), additionalData: encoder.encode(about) };
      return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, await key(), bytes.slice(IV_BYTES)));
    },
  };
}

async function keyOf(deploymentSecret: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', new TextEncoder().encode(deploymentSecret), 'HKDF', false, ['deriveKey']);
  const info = new TextEncoder().encode('holdfast webhook secrets');
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
