import type { Move } from '../../domain/command.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { PostingLine } from '../../domain/posting.ts';
import type { ErpChange } from '../../erp/port.ts';

/**
 * A booking of the ERP in our words. Its key is the fact's id, so that a page that is read twice counts once. Empty:
 * nothing on hand changed, so there is no movement that we could book.
 */
export function movesOf(change: ErpChange, source: SourceId): readonly Move[] {
  const lines = change.lines.filter(({ onHand }) => onHand !== 0);
  const [first, second, ...more] = lines;
  if (first === undefined) return [];
  const bare = bareOf(change, source);
  if (second === undefined) return [single(change, first, bare)];
  const pair = inOut(first, second);
  if (more.length === 0 && pair !== null && (change.kind === 'transferred' || change.kind === 'status_changed')) {
    const { from, to } = pair;
    const { location, status } = from;
    return [
      {
        ...bare,
        id: change.key,
        kind: change.kind,
        location,
        status,
        quantity: to.onHand,
        to: { location: to.location, status: to.status },
      },
    ];
  }
  // With its mark, so that no other booking's key can look like one of these.
  return lines.map((line, index) => ({ ...adjusted(line, bare), id: `${change.key}@${change.mark ?? ''}:${index + 1}` }));
}

type Bare = Omit<Move, 'id' | 'kind' | 'location' | 'status' | 'quantity' | 'to'>;

function bareOf({ reason, document, orderRef, mark, occurredAtMs }: ErpChange, source: SourceId): Bare {
  return { type: 'move', source, books: 'erp', reason, document, reservation: null, orderRef, mark, occurredAtMs };
}

function single({ key, kind, orderRef }: ErpChange, line: PostingLine, bare: Bare): Move {
  const { location, status, onHand } = line;
  const at = { ...bare, id: key, location, status, quantity: Math.abs(onHand), to: null };
  switch (kind) {
    case 'adjusted':
    case 'counted':
    case 'reconciled':
      return { ...adjusted(line, bare), id: key };
    case 'returned':
      return onHand > 0 ? { ...at, kind: 'returned' } : { ...adjusted(line, bare), id: key };
    case 'received':
    case 'sold':
    case 'shipped':
    case 'committed':
    case 'cancelled':
    case 'reallocated':
    case 'transferred':
    case 'status_changed':
      if (onHand > 0) return { ...at, kind: 'received' };
      return { ...at, kind: orderRef === null ? 'sold' : 'shipped' };
  }
}

function adjusted({ location, status, onHand }: PostingLine, bare: Bare): Omit<Move, 'id'> {
  return { ...bare, kind: 'adjusted', location, status, quantity: onHand, to: null };
}

function inOut(a: PostingLine, b: PostingLine): { readonly from: PostingLine; readonly to: PostingLine } | null {
  if (a.onHand + b.onHand !== 0) return null;
  return a.onHand < 0 ? { from: a, to: b } : { from: b, to: a };
}
