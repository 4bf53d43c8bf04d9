import { written } from './written.ts';

type State = Readonly<Record<string, unknown>>;

/** What was stored of a change, named and written as the API names and writes it. */
export function stateInOurWords(json: string | null): State | null {
  if (json === null) return null;
  const stored = JSON.parse(json) as State | readonly unknown[];
  // Of all that is put, scheduled receipts alone are stored as a bare list.
  return Array.isArray(stored) ? { receipts: stored.map(inside) } : renamed(stored);
}

function renamed(state: object): State {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => member(name, value)));
}

function member(stored: string, value: unknown): readonly [string, unknown] {
  const name = stored.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (!name.endsWith('_at_ms')) return [name, inside(value)];
  return [name.slice(0, -'_ms'.length), typeof value === 'number' ? written(value) : value];
}

function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inside);
  return typeof value === 'object' && value !== null ? renamed(value) : value;
}
