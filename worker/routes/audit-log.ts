import { Hono } from 'hono';
import { auditLogQuery, type AuditEntry } from '../../contracts/audit-log.ts';
import type { AppEnv } from '../app-env.ts';
import type { AuditLog, AuditRow } from '../audit/audit-log.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { stateInOurWords } from '../replies/audited-state.ts';
import { written } from '../replies/written.ts';
import { queryOf } from '../request/body.ts';

export interface AuditLogDeps {
  readonly allow: Allow;
  readonly audit: Pick<AuditLog, 'list'>;
}

export function auditLogRoutes({ allow, audit }: AuditLogDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/v1/audit-log', allow('admin'), async (c) => {
    const query = queryOf(c, auditLogQuery);
    if (query instanceof Refused) return problem(c, query);
    const { after, actor = null, target = null, limit } = query;
    const rows = await audit.list({ after, actor, target, limit: limit + 1 });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return c.json({
      items: rows.slice(0, limit).map(entryOf),
      next_cursor: last === undefined ? null : String(last.id),
    });
  });
}

function entryOf({ id, atMs, actor, actorName, action, target, before, after, version, correlationId }: AuditRow): AuditEntry {
  return {
    id,
    at: written(atMs),
    actor,
    actor_name: actorName,
    action,
    target,
    before: stateInOurWords(before),
    after: stateInOurWords(after),
    version,
    correlation_id: correlationId,
  };
}
