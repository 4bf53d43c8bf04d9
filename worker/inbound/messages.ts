import type { InboundFact, InboundMessage } from '../../contracts/inbound-messages.ts';
import { FACTS_MAX, INBOUND_FACT_BYTES_MAX, INBOUND_FACT_LEVELS_MAX } from '../../contracts/limits.ts';
import { Refused } from '../refused.ts';

/** As few messages as carry them, in order; a fact that no message takes refuses all. */
export function messagesOf(
  facts: readonly InboundFact[],
  common: Omit<InboundMessage, 'facts'>,
): readonly InboundMessage[] | Refused {
  const messages: InboundMessage[] = [];
  let page: InboundFact[] = [];
  let bytes = 0;
  for (const [index, fact] of facts.entries()) {
    if (isDeeper(fact.fact, INBOUND_FACT_LEVELS_MAX))
      return new Refused(
        'invalid_request',
        `fact ${index + 1} has more than ${INBOUND_FACT_LEVELS_MAX} levels of objects and lists`,
      );
    const size = new TextEncoder().encode(JSON.stringify(fact)).byteLength;
    if (size > INBOUND_FACT_BYTES_MAX) {
      return new Refused(
        'too_large',
        `fact ${index + 1} has ${size} bytes and may have ${INBOUND_FACT_BYTES_MAX}; state it at /v1/${fact.kind}s`,
      );
    }
    if (page.length === FACTS_MAX || (bytes + size > INBOUND_FACT_BYTES_MAX && page.length > 0)) {
      messages.push({ ...common, facts: page });
      page = [];
      bytes = 0;
    }
    page.push(fact);
    bytes += size;
  }
  return page.length === 0 ? messages : [...messages, { ...common, facts: page }];
}

export type SendInbound = (messages: readonly InboundMessage[], delaySeconds?: number) => Promise<void>;

/** Counts that have to wait for postings under way: they come again a little later, by themselves. */
export async function sendLater(
  late: readonly InboundFact[],
  common: Omit<InboundMessage, 'facts' | 'putOff'>,
  sendInbound: SendInbound,
): Promise<void> {
  const messages = messagesOf(late, { ...common, putOff: 1 });
  if (messages instanceof Refused) throw new Error(messages.detail);
  await sendInbound(messages, LATER_SECONDS);
}

const LATER_SECONDS = 15;

function isDeeper(value: unknown, levelsMax: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levelsMax === 0 || Object.values(value).some((part) => isDeeper(part, levelsMax - 1));
}
