// The words in which stories expect: parts of what the journal gained.

type Parts = Readonly<Record<string, unknown>>;

export function reserved(id: string, quantity: number, more: Parts = {}): object {
  return { type: 'reserved', reservation: id, lines: [{ quantity }], ...more };
}

export function ordered(id: string, quantity: number, at: string | null, more: Parts = {}): object {
  const placed = at === null ? [] : [{ location: at, quantity }];
  return { type: 'ordered', reservation: id, location: at, lines: [{ quantity, placed }], onHand: 0, ...more };
}

export function handedOver(id: string, buyer: string | null, reference: string | null): object {
  return { type: 'handed_over', reservation: id, buyer, reference };
}

export function extended(id: string, expiresAtMs: number): object {
  return { type: 'extended', reservation: id, expiresAtMs };
}

export function grown(id: string, quantity: number): object {
  return { type: 'grown', reservation: id, lines: [{ quantity }] };
}

export function released(
  id: string,
  quantity: number,
  reason: 'asked' | 'resized' | 'rest' | 'over_reservation' = 'asked',
): object {
  return { type: 'released', reservation: id, reason, lines: [{ quantity }] };
}

export function pinned(id: string, outcomeDueMs?: number): object {
  return { type: 'pinned', reservation: id, ...(outcomeDueMs === undefined ? {} : { outcomeDueMs }) };
}

export function retaken(id: string, quantity: number): object {
  return { type: 'retaken', reservation: id, lines: [{ quantity }] };
}

/** Reservations that lapsed, each with its own deadline. */
export function expired(...lapsed: readonly (readonly [id: string, atMs: number])[]): object {
  return { type: 'expired', reservations: lapsed.map(([reservation, atMs]) => ({ reservation, atMs })) };
}

export function committed(id: string, quantity: number, at?: string): object {
  return {
    type: 'committed',
    reservation: id,
    lines: [at === undefined ? { quantity } : { quantity, placed: [{ location: at, quantity }] }],
  };
}

export function cancelled(id: string, quantity: number): object {
  return { type: 'cancelled', reservation: id, lines: [{ quantity }] };
}

export function shipped(id: string, quantity: number, more: Parts = {}): object {
  return { type: 'shipped', reservation: id, lines: [{ quantity }], onHand: -quantity, ...more };
}

export function placed(id: string, quantity: number, at: string): object {
  return { type: 'placed', reservation: id, at: { location: at, quantity } };
}

export function reallocated(id: string, quantity: number, from: string, at: string): object {
  return { type: 'reallocated', reservation: id, from, at: { location: at, quantity } };
}

/** Lost its place. */
export function backordered(id: string, quantity: number, from: string): object {
  return { type: 'backordered', reservation: id, from: { location: from, quantity } };
}

export function booked(
  kind: string,
  ...changes: readonly (readonly [location: string, onHand: number, status?: string])[]
): object {
  return {
    type: 'moved',
    kind,
    changes: changes.map(([location, onHand, status = 'sellable']) => ({ location, onHand, status })),
  };
}

export function counted(onHand: number, more: Parts = {}): object {
  return { type: 'counted', onHand, ...more };
}

export function caseOpened(kind: string, difference: number): object {
  return { type: 'case_opened', about: { kind }, difference };
}

export function caseChanged(difference: number): object {
  return { type: 'case_changed', case: { difference } };
}

export const caseClosed: object = { type: 'case_closed' };
