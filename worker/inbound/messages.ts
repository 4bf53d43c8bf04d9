import type { InboundFact, InboundMessage } from '../../contracts/inbound-messages.ts';
import { FACTS_MAX, INBOUND_FACT_BYTES_MAX } from '../../contracts/limits.ts';
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
