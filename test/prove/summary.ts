import type { Proof, ProvenPart } from './add-up.ts';

export interface Circumstances {
  readonly title: string;
  readonly seconds: number;
}

/** What the summary names even if nobody counted it, in this order. */
const HEADLINES: readonly (readonly [string, string])[] = [
  ['seeds', 'seeds of the simulation'],
  ['steps', 'steps of it, with all invariants checked'],
  ['turns', 'turns of its items’ objects'],
  ['crashes', 'crashes, simulated ones and those of the real runtime'],
  ['clients', 'clients of the real runtime'],
  ['operations', 'operations that they asked for, each until it was answered'],
  ['acknowledged', 'of them effects that were acknowledged'],
  ['lost', 'of these lost'],
  ['doubled', 'of these doubled'],
  ['histories', 'histories checked, one per item'],
  ['histories_operations', 'operations in them, each line of a cart by itself'],
  ['histories_steps', 'steps of the search for an order that explains them'],
  ['witness_ms', 'milliseconds of the witness check'],
  ['black_box_ms', 'milliseconds of that search'],
  ['erp_documents', 'documents of theirs in the ERP'],
  ['fuzz_requests', 'requests of the fuzzer'],
  ['model_sequences', 'sequences of commands beside the naive model'],
  ['model_commands', 'commands in them'],
  ['ledger_seeds', 'seeds of the ledger’s simulations'],
  ['ledger_steps', 'steps of them'],
  ['cart_seeds', 'seeds of the carts’ simulations'],
  ['cart_events', 'events of them'],
  ['naive_carts', 'carts beside the naive one'],
  ['bugs', 'bugs put in on purpose'],
  ['bugs_caught', 'of them caught'],
];
const LINE_MAX = 120;

export function summary(proof: Proof, { title, seconds }: Circumstances): string {
  const known = new Set(HEADLINES.map(([name]) => name));
  const rest = Object.keys(proof.counted).filter((name) => !known.has(name));
  const figures = [
    ...HEADLINES.flatMap(([name, words]) => (name in proof.counted ? [[words, proof.counted[name] ?? 0] as const] : [])),
    ...rest.map((name) => [name.replaceAll('_', ' '), proof.counted[name] ?? 0] as const),
  ];
  const width = Math.max(0, ...figures.map(([words]) => words.length));
  const { met, states } = statesOf(proof);
  return [
    title,
    '',
    ...figures.map(([words, count]) => `  ${words.padEnd(width)}  ${figure(count).padStart(12)}`),
    ...named('Faults', inWords(proof.faults)),
    ...(states === 0 ? [] : ['', `Rare states met, ${met} of ${states}:`]),
    ...proof.parts.flatMap(({ part, reached }) => wrapped(listed(reached), `${part}: `)),
    ...proof.parts.flatMap(tableOf),
    '',
    `Seconds: ${proof.parts.map(({ part, seconds: own }) => `${part} ${figure(own)}`).join(', ')}; ${figure(seconds)} in all`,
    '',
    ...verdict(proof),
  ].join('\n');
}

function verdict(proof: Proof): readonly string[] {
  const { parts, failures, counted } = proof;
  if (failures.length === 0) {
    const caught = counted['bugs'] === undefined ? [] : [`${counted['bugs_caught'] ?? 0} of ${counted['bugs']} bugs caught`];
    const { met } = statesOf(proof);
    return [
      `Proven: ${[`${parts.map(({ part }) => part).join(', ')} found nothing`, `${met} rare states met`, ...caught].join('; ')}.`,
    ];
  }
  return [
    `NOT proven, for ${failures.length} ${failures.length === 1 ? 'reason' : 'reasons'}:`,
    ...failures.flatMap(({ what, again }) => ['', `- ${what.replaceAll('\n', '\n  ')}`, `  Again: ${again}`]),
  ];
}

function statesOf({ parts }: Proof): { readonly met: number; readonly states: number } {
  const times = parts.flatMap(({ reached }) => Object.values(reached));
  return { met: times.filter((one) => one > 0).length, states: times.length };
}

function named(heading: string, counts: Readonly<Record<string, number>>): readonly string[] {
  const items = listed(counts);
  return items.length === 0 ? [] : ['', `${heading}:`, ...wrapped(items)];
}

/** The rarest last: they are what to look at when less is run. */
function listed(counts: Readonly<Record<string, number>>): readonly string[] {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return entries.map(([name, count]) => `${name} ${figure(count)}`);
}

/** Parts name what they do as they like, and the same thing once. */
function inWords(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [name, count] of Object.entries(counts)) {
    const words = name
      .replaceAll('_', ' ')
      .replaceAll(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
    sums[words] = (sums[words] ?? 0) + count;
  }
  return sums;
}

function wrapped(items: readonly string[], heading = ''): readonly string[] {
  const lines: string[] = [];
  for (const item of items) {
    const line = lines.at(-1);
    if (line === undefined) lines.push(`  ${heading}${item}`);
    else if (line.length + item.length + 3 > LINE_MAX) lines.push(`    ${item}`);
    else lines[lines.length - 1] = `${line} · ${item}`;
  }
  return lines;
}

function tableOf({ part, table }: ProvenPart): readonly string[] {
  if (table.length === 0) return [];
  const widths: number[] = [];
  for (const row of table) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  const line = (row: readonly string[]): string => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`;
  return ['', `${part}:`, ...table.map((row) => line(row).trimEnd())];
}

function figure(count: number): string {
  return Math.round(count).toLocaleString('en');
}
