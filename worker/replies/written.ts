/** A time as the outside reads it. */
export function written(atMs: number): string {
  return new Date(atMs).toISOString();
}
