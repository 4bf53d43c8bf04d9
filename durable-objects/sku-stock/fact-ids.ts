import type { Fact } from '../../domain/command.ts';

/**
 * Under what a fact is known. A return or a change of status by document counts once per document and place, whoever
 * repeats it (R30); the ERP's own facts are told apart by their id alone, since its books count each of them.
 */
export function factIds(fact: Fact): readonly string[] {
  // Who numbers orders and movements alike means two things by one number.
  if (fact.type === 'take_order') return [JSON.stringify(['order', fact.source, fact.id])];
  if (fact.type === 'reconcile') return [JSON.stringify(['reconcile', fact.source, fact.id])];
  const own = JSON.stringify([fact.source, fact.id]);
  if (fact.type !== 'move' || fact.books === 'erp' || fact.document === null) return [own];
  if (fact.kind !== 'returned' && fact.kind !== 'status_changed') return [own];
  const { kind, document, location, status, to } = fact;
  return [own, JSON.stringify(['document', kind, document, location, status, to?.location ?? null, to?.status ?? null])];
}
