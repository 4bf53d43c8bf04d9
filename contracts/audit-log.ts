import * as z from 'zod';
import { PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from './limits.ts';
import { text } from './names.ts';
import { instant, units } from './quantities.ts';

export const auditLogQuery = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the id of an entry')
    .transform(Number)
    .default(0)
    .meta({ description: 'The id of the last entry read: `next_cursor`, or that of any entry.' }),
  limit: z.coerce.number().int().min(1).max(PAGE_ITEMS_MAX).default(PAGE_ITEMS_DEFAULT),
  actor: text.optional().meta({ description: 'The id of an API key.' }),
  target: text.optional().meta({ description: 'What was changed, or its kind alone.', example: 'policy:TEA-GREEN-100' }),
});

const state = z.record(z.string(), z.unknown()).nullable();

const auditEntry = z
  .object({
    id: units.meta({ description: 'Rises; never used twice.' }),
    at: instant,
    actor: z.string().meta({ description: 'The API key.' }),
    actor_name: z.string().nullable(),
    action: z.string().meta({ example: 'put' }),
    target: z.string().meta({ example: 'policy:TEA-GREEN-100' }),
    before: state.meta({ description: 'What the change replaced; null: nothing was there.' }),
    after: state,
    version: units.nullable().meta({ description: 'That it has since.' }),
    correlation_id: z.string(),
  })
  .meta({ id: 'AuditEntry', description: 'One administrative change.' });
export type AuditEntry = z.output<typeof auditEntry>;
export const auditLogReply = z.object({ items: z.array(auditEntry), next_cursor: z.string().nullable() });
