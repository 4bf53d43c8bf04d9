import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { InboundMessage } from '../../contracts/inbound-messages.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { AppEnv } from '../app-env.ts';
import type { Names } from '../catalogue/names.ts';
import { refusalToState } from '../inbound/may-state.ts';
import { messagesOf } from '../inbound/messages.ts';
import { factsIn } from '../inbound/read-facts.ts';
import { speakerOf } from '../inbound/state-any.ts';
import { verifySignature } from '../inbound/verify-signature.ts';
import type { WebhookSecrets } from '../inbound/webhook-secrets.ts';
import { guards, type Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { bytesOf } from '../request/body.ts';
import { sourceInPath } from '../request/path-names.ts';

export interface InboundDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly webhookSecrets: WebhookSecrets;
  readonly webhookIds: {
    readonly wasSeen: (source: SourceId, id: string) => Promise<boolean>;
    readonly noteSeen: (source: SourceId, id: string) => Promise<void>;
  };
  /** When it returns, they are safely written. */
  readonly sendInbound: (messages: readonly InboundMessage[]) => Promise<void>;
  readonly now: () => number;
}

export function inboundRoutes({ allow, names, webhookSecrets, webhookIds, sendInbound, now }: InboundDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().post('/v1/inbound/:source', signedOr(allow('stock:write')), async (c) => {
    const source = sourceInPath(c.req.param('source'));
    if (source instanceof Refused) return problem(c, source);
    c.var.noted.source = source;
    const bytes = await bytesOf(c.req.raw);
    if (bytes instanceof Refused) return problem(c, bytes);
    const webhookId = await signedIdOf(c, source, bytes);
    if (webhookId instanceof Refused) return problem(c, webhookId);
    const known = await names.source(source);
    if (known instanceof Refused) return problem(c, new Refused('not_found', known.detail));
    if (webhookId !== null && (await webhookIds.wasSeen(source, webhookId))) return c.json({ accepted: 0, duplicate: true }, 202);

    const facts = factsIn(c, bytes, source);
    if (facts instanceof Refused) return problem(c, facts);
    const refused = await refusalToState(facts, source, webhookId === null ? c.var.principal : speakerOf(source), names);
    if (refused !== null) return problem(c, refused);
    const common = { source, correlationId: c.var.trace.traceId, receivedAtMs: now(), putOff: 0 };
    const messages = messagesOf(facts, common);
    if (messages instanceof Refused) return problem(c, messages);
    await sendInbound(messages);
    if (webhookId !== null) await webhookIds.noteSeen(source, webhookId);
    c.var.noted.items = facts.length;
    return c.json({ accepted: facts.length, duplicate: false }, 202);
  });

  /** The id of a webhook whose signature is right; null: no signature, so an API key has let it in. */
  async function signedIdOf(
    c: Context<AppEnv>,
    source: SourceId,
    body: Uint8Array<ArrayBuffer>,
  ): Promise<string | null | Refused> {
    if (!isSigned(c)) return null;
    const id = c.req.header('webhook-id') ?? '';
    const signed = {
      id,
      timestamp: c.req.header('webhook-timestamp') ?? '',
      signatures: c.req.header('webhook-signature') ?? '',
      body,
    };
    return (await verifySignature(signed, await webhookSecrets.readable(source), now())) ?? id;
  }
}

function isSigned(c: Context<AppEnv>): boolean {
  return c.req.header('webhook-signature') !== undefined;
}

/** A signature lets in by itself, which takes the body to see; whoever sends none is asked for an API key. */
function signedOr(guard: MiddlewareHandler<AppEnv>): MiddlewareHandler<AppEnv> {
  const either = createMiddleware<AppEnv>(async (c, next) => (isSigned(c) ? next() : guard(c, next)));
  guards.set(either, guards.get(guard) ?? []);
  return either;
}
