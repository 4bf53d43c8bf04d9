import { expect, test } from 'vitest';
import { DOCUMENT, type Schema } from './document.ts';

/**
 * [F41] Fields in which somebody may register an address that we call, each with the test that tries private, link-local and
 * metadata addresses, their IPv6 forms, rebinding names, redirects and other ports on it. What calls the ERP takes its address
 * from the deployment.
 */
const TRIED: Readonly<Record<string, string>> = { 'createWebhook.url': 'worker/routes/webhooks.test.ts' };

/** Texts that name something and are never called. */
const NOT_CALLED: readonly string[] = [];

test('[F41] no address that we would call is taken from a caller without a test that tries the dangerous ones', () => {
  const found = requestSchemas().flatMap(([where, schema]) => addressesIn(schema, where));
  expect(found.filter((where) => !(where in TRIED) && !NOT_CALLED.includes(where))).toEqual([]);
});

test('[F41] the guard sees an address by its format and by its name, however deep it stands', () => {
  const url: Schema = {
    type: 'object',
    properties: { targets: { type: 'array', items: { anyOf: [{ type: 'string', format: 'uri' }] } } },
  };
  const named: Schema = {
    type: 'object',
    properties: { callback_url: { type: 'string' }, webhook_endpoint: { type: 'string' }, curl: { type: 'string' } },
  };
  expect([addressesIn(url, 'url'), addressesIn(named, 'named')]).toEqual([
    ['url.targets'],
    ['named.callback_url', 'named.webhook_endpoint'],
  ]);
});

function requestSchemas(): readonly (readonly [string, Schema])[] {
  return Object.values(DOCUMENT.paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ operationId, parameters = [], requestBody }) => [
      ...parameters.map(({ name, schema }) => [`${operationId}.${name}`, { properties: { [name]: schema } }] as const),
      ...Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
        schema === undefined ? [] : [[operationId, schema] as const],
      ),
    ]),
  );
}

const ADDRESS_FORMATS = ['uri', 'uri-reference', 'iri', 'url', 'hostname', 'ipv4', 'ipv6'];
const ADDRESS_NAME = /(?:^|_)(?:url|uri|href|endpoint|callback|host|hostname|address|target_url)$/;

/** Where in it an address stands. */
function addressesIn(schema: Schema, where: string): readonly string[] {
  const name = /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  const followed = name === undefined ? schema : (DOCUMENT.components.schemas[name] ?? {});
  const { format = '', properties = {}, items, anyOf = [] } = followed;
  return [
    ...(ADDRESS_FORMATS.includes(format) ? [where] : []),
    ...Object.entries(properties).flatMap(([field, one]) =>
      ADDRESS_NAME.test(field) ? [`${where}.${field}`] : addressesIn(one, `${where}.${field}`),
    ),
    ...(items === undefined ? [] : addressesIn(items, where)),
    ...anyOf.flatMap((one) => addressesIn(one, where)),
  ];
}
