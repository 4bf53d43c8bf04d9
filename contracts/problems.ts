import type { Rejection } from '../domain/command.ts';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** Where the same name stands in the path, the address itself is wrong. */
  readonly inPath?: number;
}

/** Codes that the edge decides by itself; the others are the core's refusals. */
type EdgeCode =
  | 'invalid_request'
  | 'key_missing'
  | 'unauthenticated'
  | 'signature_invalid'
  | 'scope_missing'
  | 'channel_forbidden'
  | 'source_not_allowed'
  | 'not_found'
  | 'method_not_allowed'
  | 'key_in_progress'
  | 'too_many_operations'
  | 'version_conflict'
  | 'too_large'
  | 'key_reused'
  | 'sku_unknown'
  | 'location_unknown'
  | 'channel_unknown'
  | 'source_unknown'
  | 'alias_unknown'
  | 'unit_unknown'
  | 'location_not_served'
  | 'component_unknown'
  | 'kit_cycle'
  | 'meaning_conflict'
  | 'url_not_allowed'
  | 'too_many_webhooks'
  | 'replay_running'
  | 'rate_limited'
  | 'sold_out_hint'
  | 'reconciliation_running'
  | 'nothing_to_approve'
  | 'case_changed'
  | 'erp_unavailable'
  | 'internal_error'
  | 'overloaded';

/** The one table that speaks HTTP: a new code does not compile until somebody decides what it means outside. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is not well formed' },
  key_missing: { status: 400, title: 'The Idempotency-Key header is missing' },

  unauthenticated: { status: 401, title: 'No valid API key' },
  signature_invalid: { status: 401, title: 'The signature is not valid' },

  scope_missing: { status: 403, title: 'The API key may not do this' },
  channel_forbidden: { status: 403, title: 'The API key belongs to another channel' },
  source_not_allowed: { status: 403, title: 'The API key may not speak for this source or location' },

  not_found: { status: 404, title: 'Nothing here' },
  reservation_not_found: { status: 404, title: 'No such reservation' },
  case_not_found: { status: 404, title: 'No such case' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },

  insufficient_stock: { status: 409, title: 'Not enough stock' },
  exceeds_reservation: { status: 409, title: 'More than the reservation holds' },
  reservation_pinned: { status: 409, title: 'The reservation is pinned' },
  reservation_expired: { status: 409, title: 'The reservation has expired' },
  reservation_released: { status: 409, title: 'The reservation was released' },
  reservation_cancelled: { status: 409, title: 'The reservation was cancelled' },
  already_committed: { status: 409, title: 'The reservation is committed already' },
  already_fulfilled: { status: 409, title: 'The reservation is fulfilled already' },
  not_committed: { status: 409, title: 'The reservation is not committed' },
  key_in_progress: { status: 409, title: 'The first request with this key is still running' },
  too_many_operations: { status: 409, title: 'Too many operations on one reservation' },
  buyer_cap_exceeded: { status: 409, title: 'The buyer has had all that one buyer may have' },
  cap_below_consumption: { status: 409, title: 'The cap is below what the channel has sold' },
  protected_above_stock: { status: 409, title: 'More units are protected than there are' },
  case_still_true: { status: 409, title: 'What the case states is still so' },

  reconciliation_running: { status: 409, title: 'A run of this connection is under way' },
  nothing_to_approve: { status: 409, title: 'The case proposes nothing that could be booked' },
  case_changed: { status: 409, title: 'What the case states is no longer so' },

  too_many_webhooks: { status: 409, title: 'Too many webhooks are on' },
  replay_running: { status: 409, title: 'Another replay is not over yet' },

  version_conflict: { status: 412, title: 'Somebody else changed it first' },
  too_large: { status: 413, title: 'The body is too large' },

  key_reused: { status: 422, title: 'The Idempotency-Key was used for another request' },
  sku_unknown: { status: 422, inPath: 404, title: 'No such item' },
  location_unknown: { status: 422, title: 'No such location' },
  channel_unknown: { status: 422, title: 'No such channel' },
  source_unknown: { status: 422, title: 'No such source' },
  alias_unknown: { status: 422, title: 'No such alias' },
  unit_unknown: { status: 422, title: 'The item has no such unit' },
  location_not_served: { status: 422, title: 'The channel does not sell from this location' },
  component_unknown: { status: 422, title: 'No such component' },
  kit_cycle: { status: 422, title: 'A kit cannot contain itself' },
  meaning_conflict: { status: 422, title: 'The count means something else than what we post' },
  url_not_allowed: { status: 422, title: 'We do not call this address' },

  rate_limited: { status: 429, title: 'Too many requests' },
  sold_out_hint: { status: 429, title: 'Sold out when last seen' },
  internal_error: { status: 500, title: 'Something went wrong here' },
  erp_unavailable: { status: 503, title: 'The ERP cannot tell now' },
  overloaded: { status: 503, title: 'Too much at once' },
} as const satisfies Record<Rejection['code'] | EdgeCode, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

export function kindOf(code: ProblemCode): ProblemKind {
  return PROBLEMS[code];
}
