import type { Entry } from '../../domain/event.ts';
import type { Known } from './record.ts';

export function faultsIn(known: readonly Known[]): Readonly<Record<string, number>> {
  const total = (of: (answered: Known['answered']) => number): number =>
    known.reduce((sum, { answered }) => sum + of(answered), 0);
  return {
    'reply lost': total(({ thrownAway }) => thrownAway),
    'call left while it ran': total(({ left }) => left),
    'no answer': total(({ failed }) => failed),
  };
}

/** The rare states that clients can see. */
export function reachedIn(
  known: readonly Known[],
  killedAt: readonly number[],
  events: readonly string[],
): Readonly<Record<string, number>> {
  const count = (is: (one: Known) => boolean): number => known.filter(is).length;
  const refusedWith = ({ answered }: Known, code: string): boolean => answered.status >= 300 && answered.body.code === code;
  const plans = known.filter(({ call }) => call.method === 'POST' && call.what !== 'receive');
  // Nobody had heard an answer, so what the key remembers was stored before the kill.
  const killedIn = plans.filter(({ call, answered }) => {
    const met = killedAt.some((at) => call.invokedAt < at && at < answered.returnedAt);
    return met && answered.failed > 0 && answered.thrownAway === 0 && answered.left === 0;
  });
  return {
    'reply lost': plans.filter(({ answered }) => answered.thrownAway > 0).length,
    'key replayed': plans.filter(({ answered }) => answered.replayed).length,
    'killed before store': killedIn.filter(({ answered }) => !answered.replayed).length,
    'killed after store': killedIn.filter(({ answered }) => answered.replayed).length,
    'commit of lapsed': count((one) => one.call.what === 'commit' && refusedWith(one, 'reservation_expired')),
    're-take': events.filter((type) => type === 'retaken').length,
    'partial grant': count(({ call, answered }) => {
      const granted = call.what === 'reserve' && answered.status === 201;
      return (
        granted && (answered.body.lines as readonly Line[]).some((line) => line.reserved > 0 && line.reserved < line.quantity)
      );
    }),
    insufficient: count((one) => refusedWith(one, 'insufficient_stock')),
    'refused for its state': count(({ answered }) => answered.status === 409 && answered.body.lines === undefined),
    'cart answered': plans.filter(({ call, answered }) => call.skus.length > 1 && answered.status < 300).length,
  };
}

/** The type of each entry of all journals. */
export function eventsOf(journals: ReadonlyMap<string, readonly Entry[]>): readonly string[] {
  return [...journals.values()].flatMap((entries) => entries.map(({ event }) => event.type));
}

interface Line {
  readonly reserved: number;
  readonly quantity: number;
}
