import { table, type Cells } from '../../tools/replay/table.ts';
import { distanceMs, type Simulated } from './simulate.ts';

const BANDS = 4;

export function report(sale: Simulated): string {
  const wrong = whatIsWrong(sale);
  const verdict = wrong.length === 0 ? ['Every unit was sold once.'] : wrong;
  return [table(figures(sale)), '', table(waits(sale)), '', table(fairness(sale)), '', ...verdict].join('\n');
}

/** Each sentence makes the simulation fail. */
export function whatIsWrong({ options, object, measures, sold, unlike }: Simulated): readonly string[] {
  const { units, buyers } = options;
  const ended = measures.lostMs.length + measures.abandoned + sumOf(measures.boughtAt);
  return [
    ...(sold > units ? [`${sold - units} units oversold`] : []),
    ...(sold < Math.min(units, buyers) ? [`${units - sold} units were not sold`] : []),
    ...(unlike > 0 ? [`${unlike} units differ between the object and the buyers`] : []),
    ...(object.availableNow() === units - sold ? [] : [`${object.availableNow()} left for sale, not ${units - sold}`]),
    ...(ended === buyers ? [] : [`${buyers - ended} buyers never had an answer`]),
  ];
}

function figures({ options, object, measures, sold, edgeQuestions, endedAtMs }: Simulated): Cells[] {
  const { counts } = object;
  const decided = counts.granted + counts.insufficient;
  const soldOutMs = object.soldOutAtMs ?? endedAtMs;
  const uptoSoldOut = object.decidedInSecond.slice(0, Math.max(1, Math.floor(soldOutMs / 1_000)));
  return [
    ['buyers', options.buyers, `in ${options.centres} data centres of ${options.isolatesPerCentre} isolates`],
    ['units', options.units, ''],
    ['sold', sold, `oversold: ${Math.max(0, sold - options.units)}`],
    ['sold out after', seconds(soldOutMs), 's; then what was given back'],
    ['given back', measures.abandoned, 'units, all of them sold again'],
    ['last visit ended after', seconds(endedAtMs), 's'],
    ['at the object', '', ''],
    [
      '  reserves decided',
      decided,
      `${counts.granted} granted, ${counts.insufficient} refused, ${counts.repeated} answered again`,
    ],
    [
      '  per second',
      Math.round(uptoSoldOut.reduce((a, b) => a + b, 0) / uptoSoldOut.length),
      `until sold out; at most ${Math.max(...Array.from(object.decidedInSecond, (n) => n ?? 0))}`,
    ],
    ['  in one commit', (decided / Math.max(1, counts.commits)).toFixed(1), `on average; at most ${object.waitingMax} waited`],
    ['  numbers told', counts.snapshots, `of ${edgeQuestions} questions`],
    ['  shed early', counts.shed, ''],
    ['  refused by the runtime', counts.refusedByRuntime, ''],
    ['  busy', `${Math.round((100 * object.busyMs) / endedAtMs)} %`, 'of the time'],
    ['at the edge', '', ''],
    ['  sold out, by the number', measures.endings.saw_zero, ''],
    ['  sold out, by the hint', measures.endings.hint, ''],
    ['  too many under way', measures.busyAtEdge, ''],
    ['asked again', measures.askedAgain, 'after 429, 503 or silence'],
    ['gave up', measures.endings.gave_up, `after ${options.patienceMs / 1_000} s without an answer`],
  ];
}

function waits({ measures }: Simulated): Cells[] {
  const row = (name: string, tookMs: readonly number[]): Cells => {
    const sorted = Float64Array.from(tookMs).sort();
    const upTo = (share: number): string => seconds(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
    return [name, tookMs.length, upTo(0.5), upTo(0.95), upTo(0.99), upTo(1)];
  };
  return [
    ['', 'count', 'p50 s', 'p95 s', 'p99 s', 'longest s'],
    row('winners, until they had a unit', measures.wonMs),
    row('losers, until they knew', measures.lostMs),
  ];
}

/** Whether those who are near get more than their share. */
function fairness({ options, measures }: Simulated): Cells[] {
  const size = Math.ceil(options.centres / BANDS);
  const bought = sumOf(measures.boughtAt);
  const bands = Array.from({ length: BANDS }, (_, band) => {
    const [from, to] = [band * size, Math.min(options.centres, (band + 1) * size)];
    const came = sumOf(measures.cameTo.slice(from, to));
    const won = sumOf(measures.boughtAt.slice(from, to));
    const away = `${distanceMs(options, from).toFixed(0)} to ${distanceMs(options, to - 1).toFixed(0)} ms`;
    const share = won / Math.max(1, bought) / (came / options.buyers);
    return [away, came, won, ((100 * won) / Math.max(1, came)).toFixed(2), share.toFixed(2)];
  });
  return [['one way to the object', 'buyers', 'bought', '% of them', 'of their share'], ...bands];
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
