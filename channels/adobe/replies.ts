import * as z from 'zod';

// What we read of a shop's replies; they may say more.

const scalar = z.union([z.string(), z.number()]);

/** Parameters go by place (`%1`) or by name (`%fieldName`); the stack trace that a shop may add is not read. */
export const errorReply = z.object({
  message: z.string(),
  parameters: z
    .union([z.array(z.union([scalar, z.record(z.string(), scalar)])), z.record(z.string(), scalar)])
    .nullish()
    .catch(null),
});

/** A shop that saved the source items says nothing. */
export const savedReply = z.array(z.never());

export const bulkReply = z.object({
  bulk_uuid: z.string().min(1).max(100),
  request_items: z.array(
    z.object({ id: z.int(), status: z.enum(['accepted', 'rejected']), error_message: z.string().nullish() }),
  ),
});

const operation = {
  status: z.int(),
  result_message: z.string().nullish(),
  error_code: z.int().nullish(),
} as const;

export const bulkStateReply = z.object({ operation_count: z.int(), operations_list: z.array(z.object(operation)) });

export const bulkDetailsReply = z.object({
  operations_list: z.array(z.object({ ...operation, serialized_data: z.string().nullish() })),
});

export const sourceItemsReply = z.object({
  items: z.array(z.object({ sku: z.string(), source_code: z.string(), quantity: z.number(), status: z.int() })),
  total_count: z.int(),
});
