const DETAIL_LENGTH_MAX = 500;

/** What an ERP's reply says, or undefined where it is not JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an ERP says goes into cases and logs, so it has an end. */
export function shortened(text: string): string {
  return text.slice(0, DETAIL_LENGTH_MAX);
}
