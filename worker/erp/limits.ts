/** So long a caller stands in line before the ERP's lane, which a call or two of others take: to send its objects away and have them back costs far more. */
export const LANE_PATIENCE_MS = 4_000;
/** A lane that does not answer has moved within this, or has another trouble. */
export const LANE_AWAY_MS = 2_000;
/** Messages of one batch of the queue `erp-movements` (wrangler.toml), each of another SKU. */
export const MESSAGES_MAX = 100;
