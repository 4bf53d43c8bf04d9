import { outcomeOf, type Answer } from '../answer.ts';
import type { Level, SetOutcome } from '../port.ts';
import { called, type AdobeWire } from './client.ts';
import { ADOBE_HALVINGS_MAX } from './limits.ts';
import { savedReply } from './replies.ts';
import { LATER, sourceItemsOf, withinCall } from './source-items.ts';

/**
 * The quick way: a few levels in a call, saved when it is answered. A shop saves all of a call or nothing, and often does not
 * say which it will not have; halves of it are sent until those are found.
 */
export async function setNow(wire: AdobeWire, levels: readonly Level[], signal: AbortSignal): Promise<readonly SetOutcome[]> {
  const [sent, outcomes] = withinCall(levels, wire.options.items_per_call);
  const waiting: (readonly number[])[] = sent.length === 0 ? [] : [sent];
  let callsLeft = 1 + ADOBE_HALVINGS_MAX;
  // Nothing is saved of what still waits when there are no calls left for it, or no answers.
  let rest: SetOutcome | null = null;
  for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
    const given: SetOutcome = rest ?? (await sendGroup(group));
    callsLeft -= 1;
    if (callsLeft === 0 || given.outcome === 'unknown') rest = LATER;
    if (given.outcome === 'throttled') rest = given;
    if (given.outcome !== 'refused' || group.length === 1) {
      for (const index of group) outcomes[index] = given;
      continue;
    }
    const middle = Math.ceil(group.length / 2);
    waiting.push(group.slice(middle), group.slice(0, middle));
  }
  return outcomes.map((outcome) => outcome ?? LATER);

  async function sendGroup(group: readonly number[]): Promise<SetOutcome> {
    const sourceItems = group.flatMap((index) => levels.slice(index, index + 1)).flatMap(sourceItemsOf);
    return outcomeOfSave(await called(wire, { path: 'V1/inventory/source-items', body: { sourceItems } }, savedReply, signal));
  }
}

function outcomeOfSave(answer: Answer<unknown>): SetOutcome {
  return answer.kind === 'answered' ? { outcome: 'applied' } : outcomeOf(answer);
}
