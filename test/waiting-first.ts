import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Whole servers that are killed and started again wait for half-minutes, and do so beside what computes: whichever began last
 * would be waited for alone. Then those for which a runtime is started.
 */
const FIRST = ['test/scenario/', 'erp/tryton/', 'test/workerd/'];

export class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => this.#place(one) - this.#place(other));
  }

  #place({ moduleId }: TestSpecification): number {
    const file = path.relative(this.ctx.config.root, moduleId);
    const place = FIRST.findIndex((folder) => file.startsWith(folder));
    return place === -1 ? FIRST.length : place;
  }
}
