// What it was when this was written and a tenth more: every isolate compiles all of it before its first answer, so growth is decided
// (docs/script.md) and does not just happen.
export const SCRIPT_GZIP_BYTES_MAX = 370_000;
