import type { Faults } from './faults.ts';
import type { Loop, Place } from './loop.ts';
import { Database } from './sql.ts';

/** What somebody hears of a disk: a turn has ended, or what was written is gone again. */
export interface Watcher {
  readonly turnEnded: () => void;
  readonly rolledBack: () => void;
  readonly alarmSet: () => void;
}

/**
 * The storage of one object, which outlives it. Everything written without an await between is one turn, and is kept whole
 * or not at all; a turn is safe some time after it ended, and before that a crash may take it, and those after it, back.
 */
export class Disk {
  readonly database = new Database();
  /** null: none is set. */
  alarmAtMs: number | null = null;
  readonly #loop: Loop;
  readonly #faults: Faults;
  readonly #watcher: Watcher;
  /** The alarm as each turn left it that is not safe yet; the first one: as it was before them. */
  #alarms: (number | null)[] = [];
  #turns = 0;
  #safe = 0;
  #firstUnsafe = 0;
  #safeAtMs = 0;
  #turnIsOpen = false;
  #waiting: { readonly turn: number; readonly resolve: () => void }[] = [];
  #deep = 0;

  constructor(loop: Loop, faults: Faults, watcher: Watcher) {
    this.#loop = loop;
    this.#faults = faults;
    this.#watcher = watcher;
  }

  get isEmpty(): boolean {
    return this.database.run("SELECT 1 FROM sqlite_master WHERE type = 'table' LIMIT 1", []).rows.length === 0;
  }

  get hasUnsafe(): boolean {
    return this.#turns > this.#safe;
  }

  /** What an object is given: once it has died it can neither read nor write. */
  handle(place: Place): DurableObjectStorage {
    const alive = (): void => {
      if (!place.alive) throw new Error(`${place.name} has died and cannot touch its storage`);
    };
    const exec = (query: string, ...values: unknown[]) => {
      alive();
      return cursor(this.#exec(query, values));
    };
    const handle = {
      sql: { exec },
      transactionSync: <T>(work: () => T): T => {
        alive();
        return this.#inTransaction(work);
      },
      sync: async () => {
        alive();
        await this.allSafe();
      },
      getAlarm: async () => {
        alive();
        return this.alarmAtMs;
      },
      setAlarm: async (atMs: number) => {
        alive();
        this.#setAlarm(atMs);
      },
      deleteAlarm: async () => {
        alive();
        this.#setAlarm(null);
      },
      deleteAll: async () => {
        alive();
        this.#deleteAll();
      },
    };
    return handle as unknown as DurableObjectStorage;
  }

  /** Resolves when all that is written now is safe; never, if it is lost. */
  allSafe(): Promise<void> {
    if (this.#turns === this.#safe) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ turn: this.#turns, resolve }));
  }

  /** The object dies: of what is not safe, as many turns are kept as chance wants. Says how many are lost. */
  crash(): number {
    const kept = this.#loop.dice.roll(this.#safe, this.#turns);
    const lost = this.#turns - kept;
    if (this.#turns > this.#safe) {
      const turn = kept - this.#firstUnsafe;
      this.database.script(
        turn < 0 ? 'ROLLBACK' : turn === this.#alarms.length - 2 ? 'COMMIT' : `ROLLBACK TO turn_${turn}; COMMIT`,
      );
      this.alarmAtMs = this.#alarms[turn + 1] ?? null;
    }
    this.#turnIsOpen = false;
    this.#turns = kept;
    this.#safe = kept;
    this.#alarms = [];
    this.#waiting = [];
    if (lost > 0) this.#watcher.rolledBack();
    return lost;
  }

  #exec(query: string, values: readonly unknown[]): readonly object[] {
    if (values.length === 0 && this.database.isSeveral(query)) {
      this.#writes();
      this.database.script(query);
      return [];
    }
    if (!this.database.reads(query)) {
      this.#writes();
      if (this.#deep > 0 && this.#faults.strikes('diskFails')) throw new Error('disk I/O error');
    }
    return this.database.run<object>(query, values).rows;
  }

  #inTransaction<T>(work: () => T): T {
    this.#writes();
    const alarm = this.alarmAtMs;
    this.database.script('SAVEPOINT part');
    this.#deep += 1;
    try {
      const result = work();
      this.database.script('RELEASE part');
      return result;
    } catch (error) {
      this.database.script('ROLLBACK TO part; RELEASE part');
      this.alarmAtMs = alarm;
      throw error;
    } finally {
      this.#deep -= 1;
    }
  }

  #setAlarm(atMs: number | null): void {
    this.#writes();
    this.alarmAtMs = atMs;
    this.#watcher.alarmSet();
  }

  #deleteAll(): void {
    this.#writes();
    const tables = this.database.run<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'", []).rows;
    for (const { name } of tables) this.database.script(`DROP TABLE ${name}`);
  }

  #writes(): void {
    if (this.#turnIsOpen) return;
    if (this.#turns === this.#safe) {
      this.database.script('BEGIN');
      this.#firstUnsafe = this.#turns + 1;
      this.#alarms = [this.alarmAtMs];
    }
    this.#turnIsOpen = true;
    this.#turns += 1;
    const turn = this.#turns;
    queueMicrotask(() => {
      if (this.#turnIsOpen && this.#turns === turn) this.#endTurn();
    });
  }

  #endTurn(): void {
    this.#turnIsOpen = false;
    this.database.script(`SAVEPOINT turn_${this.#turns - this.#firstUnsafe}`);
    this.#alarms.push(this.alarmAtMs);
    const { dice, nowMs } = this.#loop;
    this.#safeAtMs = Math.max(this.#safeAtMs, nowMs + (dice.oneIn(20) ? dice.roll(5, 60) : dice.roll(0, 3)));
    const turn = this.#turns;
    const alarms = this.#alarms;
    this.#loop.after(this.#safeAtMs - nowMs, 'safe', () => {
      if (this.#alarms === alarms && this.#safe < turn) this.#becomeSafe(turn);
    });
    this.#watcher.turnEnded();
  }

  #becomeSafe(turn: number): void {
    this.#safe = turn;
    if (this.#turns === turn) {
      this.database.script('COMMIT');
      this.#alarms = [];
    }
    const ready = this.#waiting.filter((one) => one.turn <= turn);
    this.#waiting = this.#waiting.filter((one) => one.turn > turn);
    for (const { resolve } of ready) resolve();
  }
}

function cursor(rows: readonly object[]) {
  return {
    toArray: () => [...rows],
    one: () => {
      const [row] = rows;
      if (row === undefined || rows.length > 1) throw new Error(`expected exactly one row, found ${rows.length}`);
      return row;
    },
    [Symbol.iterator]: () => rows[Symbol.iterator](),
  };
}
