import { html, raw } from 'hono/html';

type Schema = { readonly [word: string]: unknown };

interface Content {
  readonly $ref?: string;
  readonly content?: { readonly [type: string]: { readonly schema?: Schema } };
  readonly description?: string;
}

interface Call {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
    readonly description?: string;
  }[];
  readonly requestBody?: Content;
  readonly responses: { readonly [status: string]: Content };
}

export interface OpenapiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: { readonly [path: string]: { readonly [method: string]: Call } };
  readonly components?: {
    readonly schemas?: { readonly [name: string]: Schema };
    readonly responses?: { readonly [name: string]: Content };
  };
}

/** The contract as one page: nothing is loaded from elsewhere and no script runs. */
export function documentationPage({ info, paths, components }: OpenapiDocument) {
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]) => ({ path, method, call })),
  );
  const shared = components?.responses ?? {};
  const tags = [...new Set(calls.flatMap(({ call }) => call.tags ?? []))];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${info.title} API</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <h1>${info.title} API</h1>
        <p>${info.description ?? ''} Version ${info.version}; for machines: <a href="/v1/openapi.json">openapi.json</a>.</p>
        <nav>${tags.map((tag) => html`<a href="#${tag}">${tag}</a> `)}<a href="#schemas">Schemas</a></nav>
        ${tags.map(
          (tag) =>
            html`<h2 id="${tag}">${tag}</h2>
              ${calls.filter(({ call }) => call.tags?.includes(tag)).map((one) => section(one, shared))}`,
        )}
        <h2 id="schemas">Schemas</h2>
        ${Object.entries(components?.schemas ?? {}).map(
          ([name, schema]) =>
            html`<h3 id="${name}">${name}</h3>
              ${shown(schema)}`,
        )}
      </body>
    </html>`;
}

function section(
  { path, method, call }: { readonly path: string; readonly method: string; readonly call: Call },
  shared: { readonly [name: string]: Content },
) {
  return html`<details>
    <summary>
      <code><b>${method.toUpperCase()}</b> ${path}</code> ${call.summary ?? ''}
    </summary>
    <p>${call.description ?? ''}</p>
    ${(call.parameters ?? []).map((one) => html`<p><code>${one.name}</code> (${one.in}${one.required ? ', required' : ''}) ${one.description ?? ''}</p>`)}
    ${
      call.requestBody === undefined
        ? ''
        : html`<h4>Body</h4>
            ${bodyOf(call.requestBody)}`
    }
    ${Object.entries(call.responses).map(([status, reply]) => {
      const said = shared[reply.$ref?.split('/').at(-1) ?? ''] ?? reply;
      return html`<h4>${status}</h4>
        <p>${said.description ?? ''}</p>
        ${bodyOf(said)}`;
    })}
  </details>`;
}

function bodyOf({ content }: Content) {
  const schema = Object.values(content ?? {})[0]?.schema;
  return schema === undefined ? '' : shown(schema);
}

/** A schema by its name where it has one, else as it is written. */
function shown(schema: Schema) {
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
  return name === undefined ? html`<pre>${JSON.stringify(schema, null, 2)}</pre>` : html`<p><a href="#${name}">${name}</a></p>`;
}

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }
  code, pre { font: 14px/1.4 ui-monospace, monospace; }
  pre { background: #f5f5f3; padding: .75rem; overflow-x: auto; border-radius: .25rem; }
  details { border-bottom: 1px solid #ddd; padding: .4rem 0; }
  summary { cursor: pointer; }
  nav a { margin-right: 1rem; }
  @media (prefers-color-scheme: dark) { body { color: #eee; background: #161616; } pre { background: #222; } a { color: #9cf; } details { border-color: #444; } }
`;
