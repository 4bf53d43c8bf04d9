import type { ErpNote, ErpNotes, NoteClaim } from '../notes.ts';

/** Notes that live as long as the process, for tests. */
export class MemoryNotes implements ErpNotes {
  readonly #notes = new Map<string, ErpNote>();

  async find(keys: readonly string[]): Promise<ReadonlyMap<string, ErpNote>> {
    return new Map(keys.flatMap((key) => this.#entry(key)));
  }

  async claim(claims: readonly NoteClaim[]): Promise<ReadonlyMap<string, ErpNote>> {
    for (const { instead, ...note } of claims) {
      const noted = this.#notes.get(note.key);
      if (noted === undefined || String(noted.documents) === String(instead)) this.#notes.set(note.key, note);
    }
    return this.find(claims.map(({ key }) => key));
  }

  async ofDocuments(documents: readonly number[]): Promise<ReadonlyMap<number, ErpNote>> {
    const asked = new Set(documents);
    const notes = [...this.#notes.values()];
    return new Map(
      notes.flatMap((note) => note.documents.filter((id) => asked.has(id)).map((id): [number, ErpNote] => [id, note])),
    );
  }

  #entry(key: string): [string, ErpNote][] {
    const noted = this.#notes.get(key);
    return noted === undefined ? [] : [[key, noted]];
  }
}
