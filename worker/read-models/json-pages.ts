// D1 takes a parameter of 2 MB at most, in bytes; a character may need three of them.
const PAGE_CHARACTERS_MAX = 500_000;

/** Rows as JSON arrays for `json_each`, each short enough for one statement: a whole batch is one statement as a rule. */
export function jsonPages(rows: readonly object[]): readonly string[] {
  const pages: string[] = [];
  let page: string[] = [];
  let characters = 0;
  for (const text of rows.map((row) => JSON.stringify(row))) {
    if (characters + text.length > PAGE_CHARACTERS_MAX && page.length > 0) {
      pages.push(`[${page.join(',')}]`);
      page = [];
      characters = 0;
    }
    page.push(text);
    characters += text.length + 1;
  }
  return page.length === 0 ? pages : [...pages, `[${page.join(',')}]`];
}
