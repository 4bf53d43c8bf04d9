import * as z from 'zod';

const schema = z.object({
  DB: z.custom<D1Database>((value) => typeof value === 'object' && value !== null, 'The D1 binding DB is missing.'),
  FAULTS: z.enum(['on', 'off']).default('off'),
  ERP_TOKEN: z.string().min(1),
});

export interface ErpEnv {
  readonly database: D1Database;
  readonly faultsAllowed: boolean;
  readonly token: string;
}

export function parseEnv(env: unknown): ErpEnv {
  const { DB, FAULTS, ERP_TOKEN } = schema.parse(env);
  return { database: DB, faultsAllowed: FAULTS === 'on', token: ERP_TOKEN };
}
