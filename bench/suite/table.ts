import { verdictOf, type Row } from './row.ts';

const HEAD = ['', 'Work', 'Connections', 'Durability', 'Measured', 'Against', 'Ratio or figure', 'Rounds', 'Target', ''];

/** All rows as a Markdown table, which a terminal shows well enough. */
export function asTable(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(3, ...cells.map((line) => line[column]?.length ?? 0)));
  const [head = '', ...body] = cells.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [head, rule, ...body].join('\n');
}

function cellsOf(row: Row): readonly string[] {
  const { target, work, connections, durability, measured, against, base, range, wanted } = row;
  return [
    target,
    work,
    connections === null ? '' : String(connections),
    durability,
    measured,
    base === '' ? against : `${against}: ${base}`,
    figure(row.ratio),
    range === null ? '' : `${figure(range[0])}–${figure(range[1])}`,
    wanted.kind === 'report' ? '' : `${wanted.kind === 'at least' ? '≥' : '≤'} ${figure(wanted.figure)}${unitOf(row)}`,
    verdictOf(row),
  ];
}

function unitOf({ wanted }: Row): string {
  return wanted.unit === undefined ? '' : ` ${wanted.unit}`;
}

/** Three digits that mean something. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
