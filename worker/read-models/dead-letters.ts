import { jsonPages } from './json-pages.ts';

export interface DeadLetter {
  readonly queue: string;
  readonly messageId: string;
  readonly body: string;
  readonly attempts: number;
  readonly recordedAtMs: number;
}

/** A message that is recorded twice is there once. */
export function putDeadLetters(db: D1Database, letters: readonly DeadLetter[]): D1PreparedStatement[] {
  return jsonPages(letters).map((page) => db.prepare(INSERT).bind(page));
}

const INSERT = `
  INSERT INTO dead_letter (queue, message_id, body, attempts, recorded_at_ms)
  SELECT value->>'queue', value->>'messageId', value->>'body', value->>'attempts', value->>'recordedAtMs' FROM json_each(?) WHERE true
  ON CONFLICT DO NOTHING`;
