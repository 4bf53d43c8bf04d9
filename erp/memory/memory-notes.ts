import type { ErpNote, ErpNotes, NoteClaim } from '../notes.ts';

/** Notes that live as long as the process, for tests. */
export class MemoryNotes implements ErpNotes {
  readonly #notes = new Map<string, readonly number[]>();

  async find(keys: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    return new Map(keys.flatMap((key) => this.#entry(key)));
  }

  async claim(claims: readonly NoteClaim[]): Promise<ReadonlyMap<string, readonly number[]>> {
    for (const { key, documents, instead } of claims) {
      const noted = this.#notes.get(key);
      if (noted === undefined || String(noted) === String(instead)) this.#notes.set(key, documents);
    }
    return this.find(claims.map(({ key }) => key));
  }

  async ofDocuments(documents: readonly number[]): Promise<ReadonlyMap<number, ErpNote>> {
    const asked = new Set(documents);
    const notes = [...this.#notes].map(([key, noted]) => ({ key, documents: noted }));
    return new Map(
      notes.flatMap((note) => note.documents.filter((id) => asked.has(id)).map((id): [number, ErpNote] => [id, note])),
    );
  }

  #entry(key: string): [string, readonly number[]][] {
    const noted = this.#notes.get(key);
    return noted === undefined ? [] : [[key, noted]];
  }
}
