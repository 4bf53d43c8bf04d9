import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';

/** A row as JSON under the names of its columns, those left out that are named; NULL where there is no such row. */
export function rowAsJson(table: SQLiteTable, where: SQL, without: readonly string[], further: readonly SQL[] = []): SQL {
  const members = Object.values(getTableColumns(table))
    .filter(({ name }) => !without.includes(name))
    .map(({ name, dataType }) => {
      const column = sql.identifier(name);
      // SQLite knows neither: JSON would come back as text, and true as 1.
      const value =
        dataType === 'json' ? sql`json(${column})` : dataType === 'boolean' ? sql`json(iif(${column}, 'true', 'false'))` : column;
      return sql`${sql.raw(`'${name}'`)}, ${value}`;
    });
  return sql`(SELECT json_object(${sql.join([...members, ...further], sql`, `)}) FROM ${table} WHERE ${where})`;
}
