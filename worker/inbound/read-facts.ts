import type { Context } from 'hono';
import { cloudEvent, cloudEvents, inboundEnvelope, type CloudEvent } from '../../contracts/inbound.ts';
import type { InboundFact } from '../../contracts/inbound-messages.ts';
import { TEXT_CHARACTERS_MAX } from '../../contracts/limits.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { AppEnv } from '../app-env.ts';
import { Refused } from '../refused.ts';
import { malformed, parsed, textIn } from '../request/body.ts';
import { issuesOf } from '../request/issues.ts';

/** The facts of a body in any of its forms: our own JSON, or CloudEvents, one, many, or with its attributes as headers. */
export function factsIn(c: Context<AppEnv>, bytes: Uint8Array, source: SourceId): readonly InboundFact[] | Refused {
  const text = textIn(bytes);
  if (text instanceof Refused) return text;
  const sent = parsed(text);
  if (sent instanceof Refused) return sent;
  const [type = ''] = (c.req.header('content-type') ?? '').split(';', 1);
  switch (type.trim().toLowerCase()) {
    case 'application/cloudevents+json':
      return factsOf([sent], cloudEventsIn([sent], ''), source);
    case 'application/cloudevents-batch+json':
      if (!Array.isArray(sent)) return new Refused('invalid_request', 'a batch of CloudEvents is a JSON array');
      return factsOf(sent, cloudEventsIn(sent, 'each'), source);
  }
  if (c.req.header('ce-specversion') === undefined) return ownFacts(sent, source);
  const event = binaryEvent(c, sent);
  return event instanceof Refused ? event : factsOf([event], cloudEventsIn([event], ''), source);
}

function ownFacts(sent: unknown, source: SourceId): readonly InboundFact[] | Refused {
  const read = inboundEnvelope.safeParse(sent);
  if (!read.success) return malformed(issuesOf(read.error));
  const { orders = [], movements = [], counts = [] } = read.data;
  // An order comes before the movements that name it (R30c).
  return [
    ...orders.map((fact) => ({ kind: 'order', fact: withSource(fact, source) }) as const),
    ...movements.map((fact) => ({ kind: 'movement', fact: withSource(fact, source) }) as const),
    ...counts.map((fact) => ({ kind: 'count', fact: withSource(fact, source) }) as const),
  ];
}

function withSource(fact: unknown, source: SourceId): unknown {
  return isObject(fact) ? { source, ...fact } : fact;
}

/** HTTP's binary mode: attributes are headers, percent-encoded, and the body is the data. */
function binaryEvent(c: Context<AppEnv>, data: unknown): unknown {
  const attributes: Record<string, string> = {};
  for (const name of ['specversion', 'id', 'source', 'type', 'time']) {
    const written = c.req.header(`ce-${name}`);
    if (written === undefined) continue;
    const value = percentDecoded(written);
    if (value === null) return new Refused('invalid_request', `ce-${name}: has a percent sign that encodes nothing`);
    attributes[name] = value;
  }
  const type = c.req.header('content-type');
  return { ...attributes, ...(type === undefined ? {} : { datacontenttype: type }), data };
}

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function cloudEventsIn(sent: readonly unknown[], which: '' | 'each'): readonly CloudEvent[] | Refused {
  const read = which === 'each' ? cloudEvents.safeParse(sent) : cloudEvent.safeParse(sent[0]);
  if (!read.success) return malformed(issuesOf(read.error));
  return Array.isArray(read.data) ? read.data : [read.data];
}

/** All or none: a sender of events that we cannot read hears of it, before anything is taken. */
function factsOf(
  sent: readonly unknown[],
  events: readonly CloudEvent[] | Refused,
  source: SourceId,
): readonly InboundFact[] | Refused {
  if (events instanceof Refused) return events;
  const facts: InboundFact[] = [];
  for (const [index, event] of events.entries()) {
    const fact = factOf(event, source);
    if (fact instanceof Refused) {
      return new Refused('invalid_request', sent.length === 1 ? fact.detail : `[${index}]: ${fact.detail}`);
    }
    facts.push(fact);
  }
  return facts.toSorted((a, b) => Number(b.kind === 'order') - Number(a.kind === 'order'));
}

const TIMES = { movement: 'occurred_at', count: 'as_of', order: 'placed_at' } as const;

function factOf(event: CloudEvent, source: SourceId): InboundFact | Refused {
  const kind = kindOf(event.type);
  const data = dataOf(event);
  if (!isObject(data)) return new Refused('invalid_request', `data: must be the ${kind} as a JSON object`);
  if ('id' in data || 'source' in data)
    return new Refused('invalid_request', 'data: id and source are those of the event, and stand there alone');
  // What the sender calls its source is part of the identity, unless it is what we call it.
  const id = event.source === source ? event.id : `${event.source} ${event.id}`;
  if (id.length > TEXT_CHARACTERS_MAX)
    return new Refused('invalid_request', `id: source and id together may have ${TEXT_CHARACTERS_MAX - 1} characters`);
  const { time } = event;
  return { kind, fact: { id, source, ...(typeof time === 'string' ? { [TIMES[kind]]: time } : {}), ...data } };
}

function kindOf(type: string): keyof typeof TIMES {
  const bare = type.replace(/\.v1$/, '');
  if (bare.endsWith('movement')) return 'movement';
  return bare.endsWith('count') ? 'count' : 'order';
}

function dataOf({ data, data_base64: encoded }: CloudEvent): unknown {
  if (typeof encoded !== 'string') return data;
  const text = textIn(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)));
  const read = text instanceof Refused ? text : parsed(text);
  return read instanceof Refused ? undefined : read;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
