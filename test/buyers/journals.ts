import type { Entry } from '../../domain/event.ts';
import type { Network } from '../../domain/network.ts';
import { PaperJournal, type PaperLine } from '../model/paper-journal.ts';
import type { Buyer } from './buyer.ts';
import { partsOf } from './scarce-shop.ts';
import { CLASSES, held, lapsed, unitsOf } from './expected.ts';

/** What must have been so when an entry had just been written; answers what was not. */
export interface Question {
  readonly sku: string;
  readonly sequence: number;
  readonly ask: (paper: PaperJournal) => readonly string[];
}

/** The journals of all items once all is over, each read from its beginning; questions are asked where they belong. */
export class Journals {
  readonly papers: ReadonlyMap<string, PaperJournal>;
  /** [I3] [I5] [I6] [I7] [I10] [I17] What was not allowed when it was written, and what the questions brought to light. */
  readonly broken: readonly string[];

  constructor(entries: ReadonlyMap<string, readonly Entry[]>, network: Network, questions: readonly Question[]) {
    const papers = new Map<string, PaperJournal>();
    const broken: string[] = [];
    for (const [sku, journal] of entries) {
      const mine = questions.filter((one) => one.sku === sku);
      const answers: string[] = [];
      papers.set(
        sku,
        PaperJournal.of(journal, network, (paper, sequence) => {
          for (const one of mine) if (one.sequence === sequence) answers.push(...one.ask(paper));
        }),
      );
      const asked = (one: Question): boolean => one.sequence >= 1 && one.sequence <= journal.length;
      const early = mine.filter((one) => !asked(one)).map(({ sequence }) => `there is no entry ${sequence}`);
      broken.push(...[...(papers.get(sku)?.broken ?? []), ...answers, ...early].map((what) => `${sku}: ${what}`));
    }
    this.papers = papers;
    this.broken = broken;
  }

  /** [I15] Every line of a cart is in the journals what its buyer was told last, or what time has made of it since. */
  brokenCart({ name, seen, basket }: Buyer): readonly string[] {
    if (seen === null) return [];
    const could = [held(seen), lapsed(held(seen))];
    const told = seen.lines.flatMap((line) => [...partsOf(line.sku)].map(([sku, units]) => ({ line, sku, units })));
    const lines = told.flatMap(({ line, sku, units: each }) => {
      const kept = linesOf(this.papers.get(sku), seen.id, line.line);
      const fits = could.some(({ lines: now }) =>
        // Attempts that were given up leave nothing but released and lapsed units behind.
        CLASSES.filter((of) => of !== 'released' && of !== 'expired').every(
          (of) => kept.reduce((total, { units }) => total + units[of], 0) === (now.get(line.line)?.[of] ?? 0) * each,
        ),
      );
      const is = (): string => JSON.stringify(kept.map(({ units }) => units));
      return fits ? [] : [`${name}: line ${line.line} of ${sku}: told ${JSON.stringify(unitsOf(line))}, kept ${is()}`];
    });
    const asked = new Set(basket.lines.flatMap(({ sku }) => [...partsOf(sku).keys()]));
    const elsewhere = [...this.papers].filter(([sku, paper]) => !asked.has(sku) && liveOf(paper, seen.id).length > 0);
    return [...lines, ...elsewhere.map(([sku]) => `${name}: has ${sku}, which it never asked for`)];
  }

  /** Promised units whose reservation nobody was told of. */
  nobodys(buyers: readonly Buyer[]): readonly string[] {
    const known = new Set(buyers.flatMap(({ id }) => id ?? []));
    return [...this.papers].flatMap(([sku, paper]) =>
      [...paper.reservations.keys()].flatMap((id) =>
        known.has(publicId(id)) || liveOf(paper, publicId(id)).length === 0 ? [] : [`${sku}: ${id} is nobody’s`],
      ),
    );
  }

  /** Pinned carts that a person is asked about, by their public id, as often as they are asked. */
  get pinCases(): readonly string[] {
    const cases = [...this.papers.values()].flatMap((paper) => [...paper.cases.values()]);
    return cases.flatMap(({ about }) => (about.kind === 'pin_without_outcome' ? [publicId(about.reservation)] : []));
  }

  get openUnits(): ReadonlyMap<string, number> {
    const open = new Map<string, number>();
    for (const paper of this.papers.values()) {
      for (const { id, lines } of paper.reservations.values()) {
        const units = lines.reduce((total, line) => total + line.units.open, 0);
        if (units > 0) open.set(publicId(id), (open.get(publicId(id)) ?? 0) + units);
      }
    }
    return open;
  }
}

/** The units of a line under its reservation’s id, and under those of attempts that were given up. */
export function linesOf(paper: PaperJournal | undefined, id: string, line: number): readonly PaperLine[] {
  return [...(paper?.reservations.values() ?? [])].flatMap((one) =>
    publicId(one.id) === id ? one.lines.filter((each) => each.line === line) : [],
  );
}

function liveOf(paper: PaperJournal, id: string): readonly PaperLine[] {
  const lines = [...paper.reservations.values()].flatMap((one) => (publicId(one.id) === id ? one.lines : []));
  return lines.filter(({ units }) => units.open + units.owed > 0);
}

/** A cart that begins anew holds its lines under `id~2`, `id~3` … */
function publicId(heldAs: string): string {
  return heldAs.replace(/~\d+$/, '');
}
