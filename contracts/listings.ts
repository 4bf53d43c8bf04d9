/** What a channel is told under that has no name for it: our own, or nothing. */
export const UNMAPPED = ['own_sku', 'leave_out'] as const;
