/**
 * Rows about these, which the statement takes as a JSON list. They are ours, written through a schema, so they are read as they are:
 * an isolate that sells needs neither drizzle nor a schema for it, and does not begin with them (docs/script.md).
 */
export async function listed<Row>(db: D1Database, statement: string, asked: readonly unknown[], ...more: readonly string[]) {
  const { results } = await db
    .prepare(statement)
    .bind(JSON.stringify(asked), ...more)
    .all<Row>();
  return results as readonly Row[];
}

/** What a column holds as JSON; null where there is nothing. */
export function inJson<Value>(text: string | null): Value | null {
  return text === null ? null : (JSON.parse(text) as Value);
}
