import { IMPORTS_KEPT_DAYS } from '../../contracts/limits.ts';
import type { ImportFiles } from '../imports/files.ts';
import { importIdAt, type ImportStore } from '../imports/import-store.ts';
import { IMPORTS_SWEPT_MAX } from './limits.ts';
import type { JobReport } from './run-job.ts';

const DAY_MS = 86_400_000;

/** Lets go of files and of what became of their rows, after so long as their owners were told. */
export async function trimOldImports({
  imports,
  files,
  nowMs,
}: {
  readonly imports: ImportStore;
  readonly files: ImportFiles;
  readonly nowMs: () => number;
}): Promise<JobReport> {
  const old = await imports.old(importIdAt(nowMs() - IMPORTS_KEPT_DAYS * DAY_MS, ''), IMPORTS_SWEPT_MAX);
  for (const id of old) {
    await files.remove(id);
    await imports.forget(id);
  }
  return { trimmed: old.length };
}
