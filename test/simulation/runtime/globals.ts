import { createHash, createHmac, webcrypto } from 'node:crypto';
import type { Loop } from './loop.ts';

/**
 * Time, chance and hashing of this process are those of the simulation from here on: nothing real is waited for. A second
 * simulation takes over from the first.
 */
export function takeOver(loop: Loop): void {
  Date.now = () => loop.clockMs;
  Math.random = () => loop.dice.roll(0, 999_999) / 1_000_000;
  const timers = new Map<number, () => void>();
  let last = 0;
  const setTimer = (call: () => void, ms = 0): number => {
    const place = loop.here;
    const id = ++last;
    const off = loop.after(ms, `timer of ${place?.name ?? 'nobody'}`, () => {
      timers.delete(id);
      if (place?.alive !== false) call();
    });
    timers.set(id, off);
    return id;
  };
  const clearTimer = (id: number | undefined): void => {
    if (id === undefined) return;
    timers.get(id)?.();
    timers.delete(id);
  };
  const timeout = (ms: number): AbortSignal => {
    const controller = new AbortController();
    setTimer(() => controller.abort(new DOMException('timed out', 'TimeoutError')), ms);
    return controller.signal;
  };
  Object.assign(globalThis, { setTimeout: setTimer, clearTimeout: clearTimer });
  Object.assign(AbortSignal, { timeout });
  Object.defineProperty(globalThis, 'crypto', { value: cryptoOf(loop), configurable: true });
}

function cryptoOf(loop: Loop) {
  const getRandomValues = (bytes: Uint8Array): Uint8Array => {
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = loop.dice.roll(0, 255);
    return bytes;
  };
  const randomUUID = (): string => {
    const hex = Buffer.from(getRandomValues(new Uint8Array(16))).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  const subtle = {
    digest: async (_: string, data: Uint8Array) => bufferOf(createHash('sha256').update(data).digest()),
    importKey: async (_: string, secret: Uint8Array) => secret,
    sign: async (_: string, secret: Uint8Array, data: Uint8Array) => bufferOf(createHmac('sha256', secret).update(data).digest()),
  };
  return { getRandomValues, randomUUID, subtle: Object.assign(Object.create(webcrypto.subtle), subtle) };
}

function bufferOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
