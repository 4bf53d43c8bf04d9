import * as z from 'zod';

const text = z.string().min(1).max(200);

/** What `ERP_OPTIONS` may say; docs/odoo.md explains it. */
export const odooOptions = z.strictObject({
  database: text,
  /** The login that the key belongs to; only `/jsonrpc` asks for it. */
  user: text.optional(),
  /** `auto`: JSON-2 where the server is 19 or newer, or where there is no user. */
  protocol: z.enum(['auto', 'jsonrpc', 'json2']).default('auto'),
  /** Whose warehouses these are, by name; needed where the user sees several companies. */
  company: text.optional(),
  /** Where units of a status lie, as a path below the warehouse: `"damaged": "Stock/Damaged"` is `WH/Stock/Damaged`. */
  statuses: z
    .strictObject({ quality_control: text, damaged: text, in_transit: text })
    .partial()
    .default({})
    .refine((given) => new Set(Object.values(given)).size === Object.values(given).length, 'two statuses share a location'),
});

export type OdooOptions = z.output<typeof odooOptions>;
