import { statementOf } from './statement.ts';
import type { Tally } from './tally.ts';

type CountedStorage = Pick<DurableObjectStorage, 'setAlarm'> & { readonly sql: Pick<SqlStorage, 'exec'> };

/** Counts from now on what an object's storage reads and writes; setting the alarm writes a row, as the price list says. */
export function countStorage<State extends { readonly storage: CountedStorage }>(
  state: State,
  object: string,
  tally: Tally,
): State {
  const { storage } = state;
  const exec = storage.sql.exec.bind(storage.sql);
  storage.sql.exec = ((query: string, ...bindings: unknown[]) => {
    const cursor = exec(query, ...bindings);
    const detail = `${object} ${statementOf(query)}`;
    tally.later(() => {
      tally.add('object row read', detail, cursor.rowsRead);
      tally.add('object row written', detail, cursor.rowsWritten);
    });
    return cursor;
  }) as typeof storage.sql.exec;
  const setAlarm = storage.setAlarm.bind(storage);
  storage.setAlarm = (at, options) => {
    tally.add('object row written', `${object} alarm set`);
    return setAlarm(at, options);
  };
  return state;
}

/** Counts each call that reaches an object of this class, and each alarm: every one is a request on the bill. */
export function countCalls(counted: { readonly prototype: object }, object: string, tally: Tally): void {
  const plain = Object.getPrototypeOf(counted.prototype) as object;
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(plain))) {
    if (name === 'constructor' || typeof value !== 'function') continue;
    const method = value as (...args: unknown[]) => unknown;
    Object.defineProperty(counted.prototype, name, {
      value(this: unknown, ...args: unknown[]) {
        tally.add('object request', `${object}.${name}`);
        return method.apply(this, args);
      },
    });
  }
}
