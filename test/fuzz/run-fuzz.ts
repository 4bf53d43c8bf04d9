// The fuzzer against the server of `npm start`, then webhooks, then what ERPs answer, by itself or as a part of `npm run prove`.
import { Dice } from '../model/dice.ts';
import { asked as askedFor, whole } from '../../tools/command-line.ts';
import { writeReport, type PartReport } from '../prove/part.ts';
import type { AnswersReport } from './erp-answers.ts';
import { ERPS, fuzzAnswersOf } from './erps.ts';
import { fuzz, type FuzzOptions, type FuzzReport } from './fuzz.ts';
import { HttpDoor } from './http-door.ts';
import { fuzzWebhooks, type WebhooksReport } from './webhooks.ts';

/** After so many requests each call has succeeded at least once, some a few times only. */
const ENOUGH = 6_000;
/** Of webhooks, and of calls of each ERP, so many fewer: they find what they find sooner. */
const REQUESTS_PER_DELIVERY = 5;
const REQUESTS_PER_ROUND = 40;

const USAGE = `npm run fuzz -- [--requests 20000] [--seed 1] [--report FILE]
  starts a server as \`npm start\` does and sends it calls of the whole API, valid ones and such with one thing wrong; then
  webhooks, and to the adapters what ERPs may answer. It prints what it did as a line of JSON each, and what it complains of; it
  ends with 1 if there is any, or if a call never succeeded.
    --requests 20000  so many, with fewer webhooks and answers; with less than 6000 a call may go without success
    --seed 1          what is sent
    --report FILE     writes down what was found, as JSON`;

async function main(): Promise<void> {
  const { requests, seed, file } = askedFor(
    USAGE,
    {
      requests: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      report: { type: 'string' },
    },
    (values) => ({ requests: whole('requests', values.requests), seed: whole('seed', values.seed), file: values.report }),
  );
  const again = `npm run fuzz -- --requests ${requests} --seed ${seed}`;
  const asked = told('requests', await fuzzHoldfast({ requests, seed }));
  const webhooks = told('webhooks', await fuzzWebhooks({ deliveries: Math.ceil(requests / REQUESTS_PER_DELIVERY), seed }));
  const answers: AnswersReport[] = [];
  for (const name of Object.keys(ERPS))
    answers.push(told(name, await fuzzAnswersOf(name, Math.ceil(requests / REQUESTS_PER_ROUND), new Dice(seed))));

  const part = asPart(asked, webhooks, answers, again);
  for (const { what } of part.failures) console.error(`\n${what}`);
  if (part.failures.length > 0) console.error(`\nAgain: ${again}`);
  await writeReport(file, part);
}

async function fuzzHoldfast(options: FuzzOptions): Promise<FuzzReport> {
  const door = await HttpDoor.open();
  try {
    return await fuzz(door, options);
  } finally {
    await door.close();
  }
}

function told<Report extends { readonly complaints: readonly string[] }>(what: string, report: Report): Report {
  console.log(JSON.stringify({ what, ...report, complaints: report.complaints.length }));
  return report;
}

/** The same in the words of the proof; `again` is the command that shows its complaints once more. */
function asPart(asked: FuzzReport, webhooks: WebhooksReport, answers: readonly AnswersReport[], again: string): PartReport {
  const { requests, mutated, refused, replays, byStatus, neverSucceeded } = asked;
  const untried = requests < ENOUGH ? [] : neverSucceeded;
  const complaints = [asked, webhooks, ...answers].flatMap((report) => report.complaints);
  const failures = [
    ...complaints,
    ...untried.map((operation) => `${operation} never succeeded: what is behind it was not tried`),
  ];
  const refusals = Object.entries(byStatus).filter(([status]) => Number(status) >= 400);
  return {
    part: 'fuzz',
    counted: {
      fuzz_requests: requests,
      fuzz_replays: replays,
      fuzz_refused_without_effect: refused,
      fuzz_webhooks: webhooks.deliveries,
      fuzz_erp_answers: sum(answers.map(({ spoiled }) => spoiled)),
    },
    faults: {
      'a request with one thing wrong': mutated,
      'a webhook signed wrongly': sum(Object.values(webhooks.refused)),
      'a webhook that came before': webhooks.repeated,
      'an answer of an ERP spoiled': sum(answers.map(({ spoiled }) => spoiled)),
    },
    reached: Object.fromEntries(refusals.map(([status, times]) => [`a request answered ${status}`, times])),
    failures: failures.map((what) => ({ what, again })),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

if (import.meta.main) await main();
