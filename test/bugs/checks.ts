import type { Check, Layer } from './bug.ts';

/** Tests in plain Node: rules of the core, shells and routes with fakes beside them. */
export function stories(...files: readonly string[]): Check {
  return inNode('stories', files);
}

export function contractSuite(...files: readonly string[]): Check {
  return inNode('contract suite', files);
}

export function inRuntime(file: string): Check {
  return { layer: 'real runtime', command: ['vitest', 'run', '--project', 'workerd', file] };
}

/** An object on the real runtime: its rows, its alarm, its restart. */
export const IN_OBJECT: Check = inRuntime('test/workerd/sku-stock.test.ts');
/** Every call by every kind of key. */
export const AUTHORISATION: Check = inNode('fuzz', ['test/fuzz/authorisation.test.ts']);
export const SIMULATION: Check = {
  layer: 'simulation',
  command: ['test/simulation/run-simulation.ts', '--seeds', '20', '--bail'],
};
/** Runs are rarer than sales, and what is wrong with them shows later. */
export const RUNS: Check = {
  layer: 'simulation',
  command: ['test/simulation/run-simulation.ts', '--seeds', '60', '--bail'],
};
/** Not without a kill, and hardly longer. */
export const HISTORIES: Check = {
  layer: 'histories',
  command: ['test/histories/run-histories.ts', '--kills', '1'],
};
export const LEDGER: Check = inNode('ledger simulation', ['test/model/ledger.test.ts']);
export const CARTS: Check = {
  layer: 'cart simulation',
  command: ['test/cart/run-carts.ts', '--seeds', '8'],
};
/** Carts of kits and their parts beside a slow model. */
export const KITS: Check = inNode('cart simulation', ['test/cart/kits-in-carts.test.ts']);
export const MODEL: Check = {
  layer: 'naive model',
  command: ['test/model/run-models.ts', '--sequences', '1000'],
};

function inNode(layer: Layer, files: readonly string[]): Check {
  return { layer, command: ['vitest', 'run', '--project', 'node', '--bail', '1', ...files] };
}
