/** I24: what a spreadsheet would take for a formula; full-width signs count, since some read them as the others. */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/**
 * Whether a name may stand in a cell as it is. A name must come back as it is, so it cannot be made inert by a sign before it,
 * as other text is: an item under such a name is left out, until it has another name for this channel.
 */
export function isInert(name: string): boolean {
  return !FORMULA.test(name) && isLine(name);
}

/**
 * Whether it may stand between tabs: some read a quotation mark that a cell begins with as one around it, up to the next, over all the
 * rows between; others read it as it is. So there is no way to write it for both.
 */
export function isInertBetweenTabs(name: string): boolean {
  return isInert(name) && !name.startsWith('"');
}

/** Whether it is one line of text, as XML and tables need it. */
export function isLine(name: string): boolean {
  return !/[\p{Cc}\u2028\u2029\ufffe\uffff]/u.test(name);
}

/** A row of cells that need no quotes: a name has no tab and no line break. */
export function tsvRow(cells: readonly (string | number)[]): string {
  return `${cells.join('\t')}\n`;
}

/** What XML has marks for is written as text. */
export function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
