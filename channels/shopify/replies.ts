import * as z from 'zod';

/** What came of setting quantities: with any complaint, nothing was set. */
export const setReply = z.object({
  inventorySetQuantities: z.object({
    userErrors: z.array(z.object({ code: z.string().nullable(), field: z.array(z.string()).nullable(), message: z.string() })),
  }),
});

export type UserError = z.output<typeof setReply>['inventorySetQuantities']['userErrors'][number];

/** Which of the quantities a complaint is about; null: the call as a whole. */
export function quantityOf({ field }: UserError): number | null {
  const at = field?.indexOf('quantities') ?? -1;
  const index = at === -1 ? undefined : field?.[at + 1];
  return index !== undefined && /^\d+$/.test(index) ? Number(index) : null;
}
