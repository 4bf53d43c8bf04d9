import * as z from 'zod';
import { logOf } from './server.ts';

const ranJob = z.object({ job: z.enum(['post-movements', 'project-changes']), messages: z.number() });

/** Messages that the consumers of both queues were handed so far, by their own log. */
export async function countMessages(state: string): Promise<{ readonly movements: number; readonly changes: number }> {
  const counts = { movements: 0, changes: 0 };
  for (const line of (await logOf(state)).split('\n')) {
    if (!line.includes('"job"')) continue;
    const read = ranJob.safeParse(jsonOf(line));
    if (!read.success) continue;
    counts[read.data.job === 'post-movements' ? 'movements' : 'changes'] += read.data.messages;
  }
  return counts;
}

/** The last line may be half written. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
