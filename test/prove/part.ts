import { writeFile } from 'node:fs/promises';

/** What a part of the proof found. Its process writes it as JSON to the file of `--report`, and ends with 1 if anything failed. */
export interface PartReport {
  readonly part: string;
  /** How much it did: seeds, steps, crashes, operations … Processes of one part are added up. */
  readonly counted: Readonly<Record<string, number>>;
  /** What went wrong on purpose, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often each rare state was met; one that never was means that less was tried than it seems. */
  readonly reached: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
  /** Lines of cells for people, where sums do not tell what was found. */
  readonly table?: readonly (readonly string[])[];
}

export interface Failure {
  readonly what: string;
  /** The command that shows it again. */
  readonly again: string;
}

export async function writeReport(file: string | undefined, report: PartReport): Promise<void> {
  if (file !== undefined) await writeFile(file, `${JSON.stringify(report)}\n`);
  if (report.failures.length > 0) process.exitCode = 1;
}
