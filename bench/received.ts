import type { Move } from '../domain/command.ts';
import type { LocationId, SourceId } from '../domain/ids.ts';

/** Goods that came into the dc, which the ERP hears of from us, unless the books are the ERP's own. */
export function received(id: string, quantity: number, books: Move['books'] = 'front'): Move {
  return {
    type: 'move',
    id,
    source: (books === 'erp' ? 'erp' : 'wms') as SourceId,
    books,
    kind: 'received',
    location: 'dc' as LocationId,
    status: 'sellable',
    quantity,
    to: null,
    reason: null,
    document: null,
    reservation: null,
    orderRef: null,
    mark: null,
    occurredAtMs: null,
  };
}
