import * as z from 'zod';

export const healthReply = z.object({ status: z.enum(['ok', 'unavailable']) }).meta({ id: 'Health' });
export const readinessReply = healthReply.extend({ database: z.enum(['ok', 'unavailable']) }).meta({ id: 'Readiness' });
