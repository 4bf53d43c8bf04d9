const DETAIL_LENGTH_MAX = 500;

/** What a reply says, or undefined where it is not JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What others say goes into cases and logs, so it has an end. */
export function shortened(text: string): string {
  return text.slice(0, DETAIL_LENGTH_MAX);
}
