import type { ImportFiles } from '../worker/imports/files.ts';

/** Files in memory, written part by part; reading can be made to fail. */
export class MemoryFiles implements ImportFiles {
  readonly files = new Map<string, Uint8Array>();
  /** Reads that go well before one that does not. */
  failAfterReads = Infinity;

  async write(name: string, parts: AsyncIterator<Uint8Array>): Promise<void> {
    const all: Uint8Array[] = [];
    for (let part = await parts.next(); part.done !== true; part = await parts.next()) all.push(part.value);
    this.files.set(name, new Uint8Array(Buffer.concat(all)));
  }

  async read(name: string, offset: number, length: number): Promise<Uint8Array> {
    if (this.failAfterReads <= 0) throw new Error('the file cannot be read just now');
    this.failAfterReads -= 1;
    const file = this.files.get(name);
    if (file === undefined) throw new Error(`the file ${name} is gone`);
    return file.subarray(offset, offset + length);
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name);
  }
}
