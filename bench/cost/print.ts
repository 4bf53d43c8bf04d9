import { NAIVE } from './naive.ts';
import { PRICES } from './prices.ts';
import type { Report, Row } from './report.ts';

// Below half a cent in a million it would be printed as nothing.
const SHOWN_MIN = 0.005;
const MINUTES_PER_MONTH = 43_200;

/** As Markdown, which a terminal shows as well. */
export function asTable({ at, machine, assumed, rows, verdicts, cron, turn, open }: Report): string {
  const awake = `${assumed.activeMsPerObjectRequest} ms per object request, ${assumed.activeMsPerQueueMessage} ms per message sent`;
  return [
    `What a million costs, in dollars at list prices, from operations counted on ${at.slice(0, 10)} (${machine}).`,
    `Counted: requests, object requests and alarms, rows, queue operations, log lines. Assumed: objects are awake ${awake}.`,
    'CPU is of the whole runtime process, with the simulators of D1, queues and caches and the reference ERP: more than is billed.',
    'Each figure is a count per unit of work times its price, since both are of a million.',
    ...rows.flatMap(detail),
    '',
    ...table(
      ['A million of', 'requests', 'CPU', 'objects', 'rows written', 'rows read', 'queues', 'together', 'if all is logged, more'],
      [
        ...rows.map((row) => [
          row.name,
          ...COLUMNS.map((whats) => cell(row, whats)),
          dollars(row.dollarsPerMillion),
          dollars(row.logs.dollarsPerMillion),
        ]),
        ...open.map((name) => [name, ...COLUMNS.map(() => ''), 'not counted yet', '']),
      ],
    ),
    '',
    ...table(
      ['Target', 'ours', 'at most', 'naive', 'met'],
      verdicts.map(({ what, dollarsPerMillion, target, naive, met }) => {
        return [
          what,
          dollars(dollarsPerMillion),
          dollars(target),
          dollars(naive),
          met ? 'yes' : `no, by ${dollars(dollarsPerMillion - target)}`,
        ];
      }),
    ),
    '',
    `Naive reads: ${NAIVE.read.formula}.`,
    `Naive lives: ${NAIVE.life.formula}.`,
    `A month in which nothing happens: ${dollars((cron.dollarsPerMillion * MINUTES_PER_MONTH) / 1_000_000)} dollars, for the cron.`,
    `Each time tables turn, whatever is in them: ${Math.round(turn.rows.reduce((sum, { perUnit }) => sum + perUnit, 0))} rows written.`,
  ].join('\n');
}

const COLUMNS: readonly (readonly (keyof typeof PRICES)[])[] = [
  ['request'],
  ['cpuMs'],
  ['objectRequest', 'objectMs'],
  ['rowWritten'],
  ['rowRead'],
  ['queueOperation'],
];

function detail(row: Row): readonly string[] {
  const where = row.rows.filter(({ perUnit }) => perUnit >= SHOWN_MIN).map((one) => `${one.where} ${one.perUnit.toFixed(2)}`);
  const lines = [...row.lines, row.logs].filter(({ dollarsPerMillion }) => Math.abs(dollarsPerMillion) >= SHOWN_MIN);
  return [
    '',
    `## ${row.name} (${row.units} counted${row.notes.map((note) => `; ${note}`).join('')})`,
    '',
    ...table(
      [`per ${row.unit}`, 'count', 'price', 'dollars per million'],
      lines.map(({ what, where: place, perUnit, dollarsPerMillion }) => {
        const { unit, dollarsPerMillion: price } = PRICES[what];
        return [`${unit}: ${place}`, perUnit.toFixed(2), String(price), dollars(dollarsPerMillion)];
      }),
    ),
    ...(where.length === 0 ? [] : ['', `Rows written: ${where.join(', ')}.`]),
    ...(row.d1BytesPerUnit > 0 ? [`D1 grows by ${Math.round(row.d1BytesPerUnit)} bytes each.`] : []),
  ];
}

function cell({ lines }: Row, whats: (typeof COLUMNS)[number]): string {
  return dollars(lines.reduce((sum, line) => sum + (whats.includes(line.what) ? line.dollarsPerMillion : 0), 0));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

function dollars(amount: number): string {
  return (Math.abs(amount) < SHOWN_MIN ? 0 : amount).toFixed(2);
}
