/** What one run did, in the words of the spec: one line in the log, whatever happens. */
export interface JobReport {
  readonly [word: string]: string | number | boolean | null;
}

export type Log = (line: Readonly<Record<string, unknown>>) => void;

/** Runs a job and says at its end what it did or why it failed. Whoever called hears of a failure too. */
export async function runJob(job: string, log: Log, run: () => Promise<JobReport>): Promise<void> {
  const startedAtMs = Date.now();
  try {
    const report = await run();
    log({ job, ...report, durationMs: Date.now() - startedAtMs });
  } catch (error) {
    log({ job, error: error instanceof Error ? error.message : String(error), durationMs: Date.now() - startedAtMs });
    throw error;
  }
}
