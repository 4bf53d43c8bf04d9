import type { Sku } from '../../domain/ids.ts';

export interface Segment {
  readonly period: number;
  readonly table: 'journal' | 'closed';
  readonly part: number;
}

/** Under what a segment of the archive is stored. Stored names are read forever (R40). */
export function segmentName(sku: Sku, { period, table, part }: Segment): string {
  return `${segmentsOf(sku)}${period.toFixed(0)}/${table}-${String(part).padStart(4, '0')}.ndjson`;
}

/** What the names of all segments of an item begin with. */
export function segmentsOf(sku: Sku): string {
  return `${encodeURIComponent(sku)}/`;
}

/** The segment that a name stands for; null: the name is none that we gave. */
export function segmentNamed(sku: Sku, name: string): Segment | null {
  if (!name.startsWith(segmentsOf(sku))) return null;
  const [, period, table, part] = /^(\d+)\/(journal|closed)-(\d{4,})\.ndjson$/.exec(name.slice(segmentsOf(sku).length)) ?? [];
  if (period === undefined || part === undefined || (table !== 'journal' && table !== 'closed')) return null;
  return { period: Number(period), table, part: Number(part) };
}

/** In the order in which they were chained: week by week, and in each its journal first. */
export function inOrderOfChain(one: Segment, other: Segment): number {
  const place = ({ table }: Segment): number => (table === 'journal' ? 0 : 1);
  return one.period - other.period || place(one) - place(other) || one.part - other.part;
}
