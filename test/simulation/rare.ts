import type { CallResult } from '../../durable-objects/sku-stock/protocol.ts';

/** What a search must have met, or it searched less than it seems: a count of zero means that nobody tried. */
export const RARE = [
  'reply lost',
  'request duplicated',
  'request vanished',
  'reserves shared a call',
  'one key twice in a call',
  'sold-out hint',
  'crash before store',
  'crash after store',
  'commit of lapsed',
  're-take',
  'partial grant',
  'insufficient',
  'tombstone used',
  'late reserve refused',
  'over-reservation opened',
  'over-reservation closed',
  'pin refused',
  'cart aborted with some lines reserved',
  'ERP down',
  'time-out after apply',
  'asked-and-found',
  'ERP duplicate refused',
  'dead letter',
  'event duplicated',
  'event late',
  'event lost',
  'snapshot stale',
  'delta ahead of snapshot',
  'posting in flight at snapshot',
  'snapshot corrected',
  'alarm late',
  'cache stale read then refusal',
  'feed page twice',
  'feed page out of order',
  'run by the clock',
  'run on demand',
  'run taken up again',
  'drift made on purpose',
  'posting lost by the ERP',
  'drift found',
  'drift corrected by a run',
  'drift approved',
  'approved twice',
  'approval refused as changed',
  'readings that differ',
  'drift case closed by a run',
  'without marks: drift found',
  'ERP restored',
  'restored ERP noticed',
  'correction held back',
  'posted again after a restore',
  'restored ERP mended',
  'dead letter sent again',
  'dead letter sent twice',
] as const;

/** What an item answered tells which of its ways were gone. */
export function rareIn(method: string, args: readonly unknown[], answer: unknown): readonly string[] {
  if (method !== 'execute') return [];
  const [call] = args as readonly [{ readonly asked: readonly Told[] }];
  const result = answer as CallResult;
  if (result.outcome !== 'done') return [];
  return [
    ...sharedBy(call.asked),
    ...call.asked.flatMap(({ command }, index) => {
      const reply = result.replies[index];
      if (reply?.outcome !== 'answered') return [];
      const { answer: said } = reply;
      if (command.type === 'reserve') {
        return !said.accepted && said.rejection.code === 'reservation_released' ? ['late reserve refused'] : [];
      }
      if (command.type !== 'release' || command.tombstone !== true || !said.accepted) return [];
      return [said.reservation === null ? 'tombstone used' : 'cart aborted with some lines reserved'];
    }),
  ];
}

/** Several buyers' reserves came together, perhaps one of them twice. */
function sharedBy(asked: readonly Told[]): readonly string[] {
  if (asked.length < 2 || asked.some(({ command }) => command.type !== 'reserve')) return [];
  const keys = new Set(asked.map(({ key }) => key?.hash));
  return ['reserves shared a call', ...(keys.size < asked.length ? ['one key twice in a call'] : [])];
}

interface Told {
  readonly command: { readonly type: string; readonly tombstone?: boolean };
  readonly key: { readonly hash: string } | null;
}
