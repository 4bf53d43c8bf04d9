/** A time as the outside reads it. */
export function written(atMs: number): string {
  return new Date(atMs).toISOString();
}

export function writtenOrNull(atMs: number | null | undefined): string | null {
  return atMs === null || atMs === undefined ? null : written(atMs);
}
