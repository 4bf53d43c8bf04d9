import type { SourceId } from '../../domain/ids.ts';

/**
 * The one ERP that a deployment is connected to: the name of its lane, of the source under which it states its facts, and of
 * the system whose words are in its aliases.
 */
export const ERP_CONNECTION = 'erp' as SourceId;
