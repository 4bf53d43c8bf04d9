import * as z from 'zod';
import { units } from './quantities.ts';

/** What an audit checks: invariants by their numbers (docs/spec.md), and the archive. */
const AUDITED = ['I1', 'I2', 'I3', 'I7', 'I10', 'I11', 'archive'] as const;

export const itemAuditReply = z
  .object({
    sku: z.string(),
    sequence: units.meta({ description: 'That the item had when it was added up.' }),
    checks: z.array(
      z.object({
        invariant: z.enum(AUDITED),
        holds: z.boolean(),
        left: units.meta({ description: 'What is stored; of the archive: segments that are as they were written.' }),
        right: units.meta({ description: 'What it must be; of the archive: segments that there must be.' }),
      }),
    ),
  })
  .meta({ id: 'ItemAudit', description: 'The numbers of an item, added up anew from its journal and its rows.' });
export type ItemAuditReply = z.output<typeof itemAuditReply>;
