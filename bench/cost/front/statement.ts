/** What a statement does and to which table, so that a bill can say where its rows go. Tables per week count as one. */
export function statementOf(sql: string): string {
  const text = sql.replaceAll('"', '').replaceAll('`', '');
  const change = /\b(INSERT|REPLACE|DELETE|UPDATE)\s+(?:OR\s+\w+\s+)?(?:INTO\s+|FROM\s+)?(\w+)/i.exec(text);
  const [, verb = '', table = ''] =
    change ??
    /\b(SELECT)\b.*?\bFROM\s+(\w+)/is.exec(text) ??
    /\b(CREATE|DROP) TABLE (?:IF (?:NOT )?EXISTS )?(\w+)/i.exec(text) ??
    [];
  return verb === '' ? 'other' : `${verb.toUpperCase()} ${table.replace(/_\d+$/, '_N')}`;
}
