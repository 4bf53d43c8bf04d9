import * as z from 'zod';
import type { ErpNote, ErpNotes, NoteClaim } from '../../erp/notes.ts';

/**
 * Notes in D1, of one connection. A posting of one document costs two rows: its note, and the document's way back to it.
 * They are kept: a feed that is read anew from its beginning must know its own again.
 */
export function d1Notes(db: D1Database, connection: string): ErpNotes {
  async function find(keys: readonly string[]): Promise<ReadonlyMap<string, ErpNote>> {
    if (keys.length === 0) return new Map();
    const { results } = await db.prepare(FIND).bind(connection, JSON.stringify(keys)).all<StoredNote>();
    return new Map(results.map((row) => [row.key, noteIn(row)]));
  }

  async function claim(claims: readonly NoteClaim[], nowMs: number): Promise<ReadonlyMap<string, ErpNote>> {
    const body = JSON.stringify(claims);
    // One transaction: a note whose documents could not be found by would make ours look like somebody else's.
    await db.batch([
      db.prepare(INSERT).bind(connection, body, nowMs),
      db.prepare(REPLACE).bind(connection, body, nowMs),
      db.prepare(POINT_BACK).bind(connection, body),
    ]);
    return find(claims.map(({ key }) => key));
  }

  async function ofDocuments(documents: readonly number[]): Promise<ReadonlyMap<number, ErpNote>> {
    if (documents.length === 0) return new Map();
    const statement = db.prepare(OF_DOCUMENTS).bind(connection, JSON.stringify(documents));
    const { results } = await statement.all<StoredNote & { readonly document: number }>();
    const notes = results.map(({ document, ...row }) => [document, noteIn(row)] as const);
    // A document of a note that was replaced is nobody's any more.
    return new Map(notes.filter(([document, note]) => note.documents.includes(document)));
  }

  return { find, claim, ofDocuments };
}

interface StoredNote {
  readonly key: string;
  readonly documents: string;
  readonly stamp: string | null;
}

const documentsOfNote = z.array(z.int());

function noteIn({ key, documents, stamp }: StoredNote): ErpNote {
  return { key, documents: documentsOfNote.parse(JSON.parse(documents)), stamp };
}

const FIND = 'SELECT key, documents, stamp FROM erp_note WHERE connection = ?1 AND key IN (SELECT value FROM json_each(?2))';

const INSERT = `
  INSERT INTO erp_note (connection, key, documents, stamp, noted_at_ms)
  SELECT ?1, value->>'key', value->>'documents', value->>'stamp', ?3 FROM json_each(?2) WHERE true
  ON CONFLICT (connection, key) DO NOTHING`;

const REPLACE = `
  UPDATE erp_note SET documents = claim.value->>'documents', stamp = claim.value->>'stamp', noted_at_ms = ?3 FROM json_each(?2) AS claim
  WHERE connection = ?1 AND erp_note.key = claim.value->>'key' AND documents = claim.value->>'instead'`;

const POINT_BACK = `
  INSERT INTO erp_note_document (connection, document, key)
  SELECT ?1, document.value, erp_note.key
  FROM erp_note, json_each(documents) AS document
  WHERE connection = ?1 AND erp_note.key IN (SELECT value->>'key' FROM json_each(?2))
  ON CONFLICT (connection, document) DO UPDATE SET key = excluded.key WHERE key <> excluded.key`;

const OF_DOCUMENTS = `
  SELECT document, erp_note.key, documents, stamp
  FROM erp_note_document JOIN erp_note USING (connection, key)
  WHERE connection = ?1 AND document IN (SELECT value FROM json_each(?2))`;
