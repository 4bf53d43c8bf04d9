import { TEA } from '../shop.ts';
import { CALLERS, type Asked, type Caller, type World } from './authorisation-world.ts';

/**
 * `in`: answered as asked. `scope`, `channel`, `source`: 403, the key may not do this, not for this channel, not speak for
 * this source or place. `hidden`: answered as if there were nothing. Whoever is no caller at all gets 401 everywhere.
 */
export type Verdict = 'in' | 'scope' | 'channel' | 'source' | 'hidden';

export interface Row {
  readonly operation: string;
  /** Which of several rows of one call. */
  readonly where?: string;
  readonly ask: (world: World) => Promise<Omit<Asked, 'method'>> | Omit<Asked, 'method'>;
  readonly verdicts: Readonly<Record<Caller, Verdict>>;
  /** A refusal with which whoever is let in is answered here. */
  readonly answered?: string;
  readonly isOpen?: true;
}

/** Whoever is not named may not. */
function only(named: Partial<Record<Caller, Verdict>>): Row['verdicts'] {
  return Object.fromEntries(CALLERS.map((caller) => [caller, named[caller] ?? 'scope'])) as Row['verdicts'];
}

const ADMIN = only({ admin: 'in' });
const EVERYBODY = only(Object.fromEntries(CALLERS.map((caller) => [caller, 'in'])));
/** Numbers of `web`. */
const READS_WEB = only({ reader: 'in', web: 'in', app: 'channel', admin: 'in' });
/** A reservation of `web`. */
const SELLS_WEB = only({ web: 'in', app: 'hidden', admin: 'in' });
const SELLS_OR_SHIPS_WEB = only({ web: 'in', app: 'hidden', stock: 'in', stock_all: 'in', wms_dc: 'in', admin: 'in' });
/** A fact of `wms`, at `dc` where it has a place. */
const STATES = only({ stock: 'in', stock_all: 'in', wms_dc: 'in', admin: 'in' });
/** A fact of another source, or at another place, than `wms_dc` may speak for. */
const STATES_ELSEWHERE = only({ stock: 'in', stock_all: 'in', wms_dc: 'source', admin: 'in' });

const facts = (
  name: string,
  fact: (world: World, source: string, place: string) => object,
  path = `/v1/${name}`,
): readonly Row[] => {
  const operation = path.startsWith('/v1/inbound') ? 'receiveFacts' : `state${name[0]?.toUpperCase()}${name.slice(1)}`;
  const row = (where: string, source: string, place: string, verdicts: Row['verdicts']): Row => ({
    operation,
    where,
    ask: (world) => ({ path: path.replace('{source}', source), body: { [name]: [fact(world, source, place)] } }),
    verdicts,
  });
  const ofOthers = row(`${name} of another source`, 'erp', 'dc', STATES_ELSEWHERE);
  // An order names no place: it takes units wherever its channel finds them.
  const elsewhere = name === 'orders' ? [] : [row(`${name} at another place`, 'wms', 'store', STATES_ELSEWHERE)];
  return [row(name, 'wms', 'dc', STATES), ofOthers, ...elsewhere];
};
const change = (operation: string, name: string, body: object, order: boolean, verdicts = SELLS_WEB): Row => ({
  operation,
  ask: async (world) => {
    const id = await world.reservation(order ? world.fresh('ORDER') : undefined);
    return { path: `/v1/reservations/${id}/${name}`, body };
  },
  verdicts,
});

const catalogue = (what: string, path: string, body: object): readonly Row[] => [
  { operation: `put${what}`, ask: () => ({ path, body }), verdicts: ADMIN },
  { operation: `get${what}`, ask: () => ({ path }), verdicts: ADMIN },
];

const admin = (operation: string, ask: Row['ask'], answered?: string): Row => ({
  operation,
  ask,
  verdicts: ADMIN,
  ...(answered === undefined ? {} : { answered }),
});
const open = (operation: string, path: string): Row => ({ operation, ask: () => ({ path }), verdicts: EVERYBODY, isOpen: true });

/** Every call × every kind of key. A call without a row fails the test. */
export const TABLE: readonly Row[] = [
  { operation: 'getAvailability', ask: () => ({ path: `/v1/availability/${TEA}?channel=web` }), verdicts: READS_WEB },
  {
    operation: 'getAvailability',
    where: 'as a reservation of another channel',
    ask: async (world) => ({ path: `/v1/availability/${TEA}?channel=app&as_reservation=${await world.reservation()}` }),
    verdicts: only({ reader: 'hidden', web: 'channel', app: 'hidden', admin: 'in' }),
  },
  {
    operation: 'queryAvailability',
    ask: () => ({ path: '/v1/availability/query', body: { channel: 'web', skus: [TEA] } }),
    verdicts: READS_WEB,
  },
  { operation: 'explainAvailability', ask: () => ({ path: `/v1/availability/${TEA}/explain?channel=web` }), verdicts: READS_WEB },
  {
    operation: 'reserve',
    ask: () => ({ path: '/v1/reservations', body: { channel: 'web', lines: [{ sku: TEA, quantity: 1 }] } }),
    verdicts: only({ web: 'in', app: 'channel', admin: 'in' }),
  },
  {
    operation: 'listReservations',
    ask: async (world) => {
      const order = world.fresh('ORDER');
      await world.reservation(order);
      return { path: `/v1/reservations?order_ref=${order}` };
    },
    verdicts: SELLS_WEB,
  },
  {
    operation: 'getReservation',
    ask: async (world) => ({ path: `/v1/reservations/${await world.reservation()}` }),
    verdicts: SELLS_WEB,
  },
  change('extendReservation', 'extend', { ttl_seconds: 1_000 }, false),
  change('resizeReservation', 'resize', { lines: [{ line: 1, quantity: 1 }] }, false),
  change('pinReservation', 'pin', {}, false),
  change('commitReservation', 'commit', { order_ref: 'ORDER-X' }, false),
  change('releaseReservation', 'release', {}, false),
  change('fulfillReservation', 'fulfill', {}, true, SELLS_OR_SHIPS_WEB),
  change('cancelReservation', 'cancel', {}, true, SELLS_OR_SHIPS_WEB),
  change('handOverReservation', 'hand-over', { reference: 'CART-2' }, false),
  ...facts('movements', (world, source, place) => world.fact(source, place)),
  ...facts('counts', (world, source, place) => world.count(source, place)),
  ...facts('orders', (world, source) => world.order(source)),
  ...facts('movements', (world, source, place) => world.fact(source, place), '/v1/inbound/{source}'),
  ...facts('counts', (world, source, place) => world.count(source, place), '/v1/inbound/{source}'),
  ...facts('orders', (world, source) => world.order(source), '/v1/inbound/{source}'),
  admin('putOutlet', () => ({ path: '/v1/channels/web/outlet', body: { adapter: 'memory' } })),
  admin('getOutlet', () => ({ path: '/v1/channels/web/outlet' })),
  admin('putOutletCredentials', () => ({ path: '/v1/channels/web/outlet/credentials', body: {} })),
  admin('listOutletLevels', () => ({ path: '/v1/channels/web/outlet/levels' })),
  admin('readBackOutlet', () => ({ path: '/v1/channels/web/outlet/read-back', body: {} })),
  admin('addWebhookSecret', () => ({ path: '/v1/sources/wms/webhook-secret', body: {} })),
  admin('listWebhookSecrets', () => ({ path: '/v1/sources/wms/webhook-secret' })),
  admin('revokeWebhookSecrets', () => ({ path: '/v1/sources/wms/webhook-secret/revoke' })),
  {
    operation: 'beginImport',
    ask: () => ({ path: '/v1/imports?kind=movements&source=wms&format=ndjson', body: '{"id":"1"}\n' }),
    verdicts: STATES,
  },
  {
    operation: 'beginImport',
    where: 'of another source',
    ask: () => ({ path: '/v1/imports?kind=movements&source=erp&format=ndjson', body: '{"id":"1"}\n' }),
    verdicts: STATES_ELSEWHERE,
  },
  { operation: 'beginImport', where: 'from the ERP', ask: () => ({ path: '/v1/imports?kind=erp' }), verdicts: ADMIN },
  {
    operation: 'listImports',
    where: 'of another source',
    ask: async (world) => {
      await world.importOf('erp');
      return { path: '/v1/imports' };
    },
    verdicts: only({ stock: 'in', stock_all: 'in', wms_dc: 'hidden', admin: 'in' }),
  },
  ...(['getImport', 'listImportRows', 'cancelImport'] as const).map((operation): Row => {
    const more = { getImport: '', listImportRows: '/rows', cancelImport: '/cancel' }[operation];
    return {
      operation,
      where: 'of another source',
      ask: async (world) => ({ path: `/v1/imports/${await world.importOf('erp')}${more}` }),
      verdicts: only({ stock: 'in', stock_all: 'in', wms_dc: 'hidden', admin: 'in' }),
    };
  }),
  ...catalogue('Item', `/v1/items/${TEA}`, { status: 'active' }),
  ...catalogue('Policy', `/v1/items/${TEA}/policy`, {}),
  ...catalogue('Receipts', `/v1/items/${TEA}/receipts`, { receipts: [] }),
  ...catalogue('Location', '/v1/locations/dc', { type: 'dc' }),
  ...catalogue('Channel', '/v1/channels/web', {}),
  admin('listListings', () => ({ path: '/v1/channels/web/listings' })),
  ...catalogue('Source', '/v1/sources/wms', { books: 'front' }),
  admin('createKey', () => ({ path: '/v1/keys', body: { name: 'new', scopes: ['feeds:read'] } })),
  admin('listKeys', () => ({ path: '/v1/keys' })),
  admin('rotateKey', async (world) => ({ path: `/v1/keys/${await world.keyId()}/rotate` })),
  admin('revokeKey', async (world) => ({ path: `/v1/keys/${await world.keyId()}/revoke` })),
  admin('beginReconciliation', () => ({ path: '/v1/reconciliations', body: {} })),
  admin('listReconciliations', () => ({ path: '/v1/reconciliations' })),
  admin('getReconciliation', async (world) => ({ path: `/v1/reconciliations/${await world.run()}` })),
  admin('listReconciliationLines', async (world) => ({ path: `/v1/reconciliations/${await world.run()}/lines` })),
  admin('listPostings', () => ({ path: '/v1/postings' })),
  admin('replayPostings', () => ({ path: '/v1/postings/replay', body: {} })),
  admin('replayPosting', () => ({ path: `/v1/postings/${TEA}/1/replay`, body: {} }), 'not_found'),
  admin('getTrace', () => ({ path: `/v1/trace/${'a'.repeat(32)}` }), 'not_found'),
  admin('listCases', () => ({ path: '/v1/cases' })),
  admin('changeCase', () => ({ path: '/v1/cases/nope', body: { owner: 'anna' } }), 'not_found'),
  admin('approveCase', () => ({ path: '/v1/cases/nope/approve', body: {} }), 'not_found'),
  admin('resolveCase', () => ({ path: '/v1/cases/nope/resolve', body: { reason: 'so' } }), 'not_found'),
  admin('replayCase', () => ({ path: '/v1/cases/nope/replay', body: {} }), 'not_found'),
  admin('replayCases', () => ({ path: '/v1/cases/replay', body: {} })),
  admin('auditItem', () => ({ path: `/v1/items/${TEA}/audit` })),
  admin('readAuditLog', () => ({ path: '/v1/audit-log' })),
  { operation: 'listEvents', ask: () => ({ path: '/v1/events' }), verdicts: only({ feeds: 'in', web_feeds: 'in', admin: 'in' }) },
  admin('createWebhook', () => ({ path: '/v1/webhooks', body: { url: 'https://hooks.shop.com/in' } })),
  admin('listWebhooks', () => ({ path: '/v1/webhooks' })),
  admin('getWebhook', async (world) => ({ path: `/v1/webhooks/${await world.webhook()}` })),
  ...(['verify', 'rotate', 'disable', 'enable'] as const).map((call) =>
    admin(`${call}Webhook`, async (world) => ({ path: `/v1/webhooks/${await world.webhook()}/${call}`, body: {} })),
  ),
  admin('replayWebhook', () => ({ path: '/v1/webhooks/nope/replay', body: { from_at: '2026-11-20T12:00:00Z' } }), 'not_found'),
  ...['web', 'app'].flatMap((channel): readonly Row[] => {
    const verdicts = only({ feeds: 'in', web_feeds: channel === 'web' ? 'in' : 'channel', admin: 'in' });
    const where = `of ${channel}`;
    return [
      { operation: 'readFeed', where, ask: () => ({ path: `/v1/feeds/${channel}` }), verdicts },
      { operation: 'signFeed', where, ask: () => ({ path: `/v1/feeds/${channel}/links`, body: {} }), verdicts },
    ];
  }),
  admin('getMetrics', () => ({ path: '/metrics' })),
  open('getOpenapi', '/v1/openapi.json'),
  open('getDocs', '/v1/docs'),
  open('getHealth', '/healthz'),
  open('getReadiness', '/readyz'),
];
