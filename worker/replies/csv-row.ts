/**
 * One row of a CSV file as RFC 4180 has it. Text that a spreadsheet would take for a formula comes inert (I24); full-width
 * signs count, since some spreadsheets read them as the others. The library that writes CSV brings 80 kB along, most of it a
 * stand-in for Node's buffers, into every Worker that starts; this is all that is needed of it.
 */
export function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
