import { FRONT } from '../../../tools/start/workers.ts';
import type { WorkerBundle } from '../../../tools/start/bundle.ts';

const SECRETS = { ERP_TOKEN: 'start', BUYER_HASH_SECRET: 'start', SECRETS_KEY: 'start' };

/** One Worker for the runtime alone, with the bindings that the front declares: nothing of them is asked before the first answer. */
export function startConfig({ modules }: WorkerBundle, isEmpty: boolean, port: number): string {
  const listed = modules.map(
    ({ type, path }) => `(name = ${quoted(path)}, ${type === 'ESModule' ? 'esModule' : 'text'} = embed ${quoted(path)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "front", worker = (
    modules = [${listed.join(', ')}],
    compatibilityDate = ${quoted(FRONT.options().compatibilityDate)},
    ${isEmpty ? '' : bindings()}
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "front")]
);
`;
}

function bindings(): string {
  const { bindings: given, d1Databases, r2Buckets, queueProducers, durableObjects } = FRONT.options();
  const texts = Object.entries({ ...given, ...SECRETS }).map(
    ([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`,
  );
  // A database, a bucket or a queue is a service of its own, which would have to start as well; an object stands in its place.
  const idle = [d1Databases, r2Buckets, queueProducers].flatMap((one) => Object.keys(one));
  const placeholders = idle.map((name) => `(name = ${quoted(name)}, json = "{}")`);
  const classes = Object.entries(durableObjects).map(([name, { className }]) => ({ name, className: quoted(className) }));
  const objects = classes.map(
    ({ name, className }) => `(name = ${quoted(name)}, durableObjectNamespace = (className = ${className}))`,
  );
  const namespaces = classes.map(({ className }) => `(className = ${className}, uniqueKey = ${className}, enableSql = true)`);
  return `bindings = [${[...texts, ...placeholders, ...objects].join(', ')}],
    durableObjectNamespaces = [${namespaces.join(', ')}],
    durableObjectStorage = (inMemory = void)`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
