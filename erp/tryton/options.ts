import * as z from 'zod';

const code = z.string().min(1).max(64);

/** Which location of Tryton's holds the units of a status: a zone of the warehouse, or the location with this code. */
const zone = z
  .union([
    z.enum(['input', 'output']),
    code.regex(/\{location\}/, "must contain {location}, which stands for the warehouse's code"),
  ])
  .meta({ example: '{location}-DAMAGED' });

/** `ERP_OPTIONS` of a deployment whose `ERP_ADAPTER` is `tryton`. `ERP_URL` ends with the database, `ERP_TOKEN` is the user's password. */
export const trytonOptions = z.strictObject({
  /** A user of our own: nobody else may work under it. */
  user: z.string().min(1).max(128),
  /** The company's name; absent: the user's own. */
  company: z.string().min(1).max(200).optional(),
  statuses: z
    .strictObject({ quality_control: zone, damaged: zone, in_transit: zone })
    .partial()
    .default({})
    .transform((given) => ({ quality_control: 'input', ...given }))
    .refine((given) => new Set(Object.values(given)).size === Object.values(given).length, 'two statuses share a location'),
  /** Codes or names of the locations that goods come from and go to; absent: the only one, or the first, of that type. */
  customer: code.optional(),
  supplier: code.optional(),
  lost_found: code.optional(),
});

export type TrytonOptions = z.output<typeof trytonOptions>;
