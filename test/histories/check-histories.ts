import { inWords, type Operation } from './history.ts';
import { itemModel } from './item-model.ts';
import { linearizable } from './linearizable.ts';
import { witness } from './witness.ts';

export interface Checked {
  readonly broken: readonly string[];
  readonly operations: number;
  readonly steps: number;
  readonly witnessMs: number;
  readonly blackBoxMs: number;
}

/** [I18] [I19] Both checkers over the history of one item. What the black box cannot decide is not right either. */
export function checkHistory(sku: string, history: readonly Operation[], opening: number): Checked {
  const startedMs = performance.now();
  const byWitness = witness(history, opening).map((what) => `${sku}: the witness: ${what}`);
  const betweenMs = performance.now();
  const found = linearizable(history, itemModel(opening, history));
  const endedMs = performance.now();
  const blackBox = `${sku}: the black box, after ${found.steps} steps of ${history.length} operations: `;
  const byBlackBox =
    found.verdict === 'linearizable'
      ? []
      : found.verdict === 'undecided'
        ? [`${blackBox}undecided`]
        : [`${blackBox}after ${found.longest.length} none of these fits:\n  ${found.stuck.map(inWords).join('\n  ')}`];
  return {
    broken: [...byWitness, ...byBlackBox],
    operations: history.length,
    steps: found.steps,
    witnessMs: betweenMs - startedMs,
    blackBoxMs: endedMs - betweenMs,
  };
}
