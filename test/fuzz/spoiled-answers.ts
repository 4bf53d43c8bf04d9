import type { Dice } from '../model/dice.ts';

/** Nobody can read what came: `no answer`. It can be read and something in it is wrong: `damaged`. It lacks something, or says it twice: `untrue`. */
export type Spoilage = 'no answer' | 'damaged' | 'untrue';

export interface Spoiled {
  readonly what: string;
  readonly kind: Spoilage;
}

/** A way to an ERP on which one answer comes otherwise than it was given (F16, F14). */
export class Spoiler {
  /** What became of that answer; null: it has not come yet. */
  spoiled: Spoiled | null = null;
  /** Of an answer without end. */
  bytesRead = 0;
  readonly #dice: Dice;
  #left = -1;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** So many answers come as they are, then one that does not. */
  arm(after: number): void {
    this.#left = after;
    this.spoiled = null;
    this.bytesRead = 0;
  }

  heal(): void {
    this.#left = -1;
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    const response = await fetch(request);
    request.signal.throwIfAborted();
    this.#left -= 1;
    if (this.#left !== -1) return response;
    const text = await response.text();
    const [what, kind, spoil] = this.#dice.pick(this.#ways(text)) ?? NOTHING;
    this.spoiled = { what, kind };
    return spoil();
  };

  #ways(text: string): readonly Way[] {
    const with200 = (body: BodyInit | null, type = 'application/json'): Response =>
      new Response(body, { headers: { 'content-type': type } });
    const said = (what: string, body: BodyInit | null, type?: string): Way => [what, 'no answer', () => with200(body, type)];
    const answered = (status: number, headers: Record<string, string> = {}): Way => [
      `${status}`,
      'no answer',
      () => new Response([204, 304].includes(status) ? null : text, { status, headers }),
    ];
    return [
      said('a page for people', '<!doctype html><h1>Maintenance</h1>', 'text/html'),
      said('an error inside 200', '{"error":"database is locked"}'),
      said('nothing', ''),
      said('cut short', text.slice(0, this.#dice.roll(0, Math.max(0, text.length - 1)))),
      said('UTF-16', new Uint8Array(Buffer.from(text, 'utf16le')), 'application/json; charset=utf-16'),
      said('two answers', `${text}${text}`),
      said('a comma at the end', `${text.slice(0, -1)},${text.slice(-1)}`),
      ...[201, 204, 401, 403, 404, 500, 502, 503].map((status) => answered(status)),
      answered(302, { location: 'http://127.0.0.1:9/' }),
      answered(307, { location: '/elsewhere' }),
      ['a connection that breaks', 'no answer', () => with200(broken(text))],
      ['a body without end', 'no answer', () => with200(this.#endless())],
      ['a body that stops half-way', 'no answer', () => with200(stuck(text))],
      ['a network that fails', 'no answer', () => Promise.reject(new TypeError('fetch failed'))],
      ...this.#inJson(text, with200),
    ];
  }

  #inJson(text: string, with200: (body: string) => Response): readonly Way[] {
    const json = parsed(text);
    if (json === undefined) return [];
    const leaves = pathsIn(json, (value) => typeof value !== 'object' || value === null);
    const rows = pathsIn(json, (value, inList) => inList && typeof value === 'object' && value !== null);
    const [leaf, row] = [this.#dice.pick(leaves), this.#dice.pick(rows)];
    const wrong = leaf === undefined ? null : this.#dice.pick(otherThan(at(json, leaf)));
    return [
      // Most answers have a hundred places for this and one for each of the others.
      ...Array.from({ length: leaf === undefined || wrong === undefined ? 0 : 12 }, (): Way => {
        const put = JSON.stringify(changedAt(json, leaf ?? [], () => [MARK])).replace(`"${MARK}"`, wrong ?? 'null');
        return [`${(leaf ?? []).join('.')}: ${wrong}`, 'damaged', () => with200(put)];
      }),
      ...(row === undefined
        ? []
        : ([
            [`${row.join('.')} is missing`, 'untrue', () => with200(JSON.stringify(changedAt(json, row, () => [])))],
            [
              `${row.join('.')} is there twice`,
              'untrue',
              () => with200(JSON.stringify(changedAt(json, row, (one) => [one, one]))),
            ],
            [
              `${row.join('.')} is there twice, otherwise`,
              'untrue',
              () => with200(JSON.stringify(changedAt(json, row, (one) => [contradicted(one), one]))),
            ],
            [
              `${row.join('.')} is there twice, and then otherwise`,
              'untrue',
              () => with200(JSON.stringify(changedAt(json, row, (one) => [one, contradicted(one)]))),
            ],
          ] as const satisfies readonly Way[])),
    ];
  }

  #endless(): ReadableStream<Uint8Array> {
    const chunk = new Uint8Array(262_144).fill(0x20);
    return new ReadableStream({
      pull: (controller) => {
        this.bytesRead += chunk.length;
        controller.enqueue(chunk);
      },
    });
  }
}

type Way = readonly [what: string, kind: Spoilage, spoil: () => Response | Promise<Response>];
type Path = readonly (string | number)[];

const NOTHING: Way = ['nothing', 'untrue', () => new Response()];
const MARK = 'what is put here instead';

/** As JSON, for some of it nobody can write otherwise. */
function otherThan(value: unknown): readonly string[] {
  const all = ['null', 'true', '{}', '[]', '[[1]]', '1e309', '-1e309', '9007199254740993', '"7"', '"\\ud800"', '1.5'];
  const own = JSON.stringify(value);
  // Text for text may be a true answer of somebody else; so may yes for no, and a whole number for a number.
  const alike = (one: string): boolean =>
    typeof value === 'string' ? one.startsWith('"') : typeof value === 'boolean' ? one === 'true' : one === own;
  return all.filter((one) => !alike(one));
}

/** The same row with another meaning. */
function contradicted(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row;
  const other: Readonly<Record<string, unknown>> = { outcome: 'refused', found: false, state: 'cancel', quantity: 1, on_hand: 1 };
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, other[name] ?? value]));
}

function pathsIn(value: unknown, wanted: (value: unknown, inList: boolean) => boolean, path: Path = [], inList = false): Path[] {
  const here = wanted(value, inList) ? [path] : [];
  if (Array.isArray(value)) return [...here, ...value.flatMap((one, index) => pathsIn(one, wanted, [...path, index], true))];
  if (typeof value !== 'object' || value === null) return here;
  return [...here, ...Object.entries(value).flatMap(([name, one]) => pathsIn(one, wanted, [...path, name]))];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((inner, name) => (inner as Readonly<Record<string | number, unknown>>)[name], value);
}

/** `change` says what stands there instead; in a list that may be several things, or none. */
function changedAt(value: unknown, path: Path, change: (value: unknown) => readonly unknown[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return change(value)[0];
  if (Array.isArray(value))
    return value.flatMap((one: unknown, index) =>
      index !== name ? [one] : rest.length === 0 ? change(one) : [changedAt(one, rest, change)],
    );
  const fields = value as Readonly<Record<string, unknown>>;
  return { ...fields, [name]: changedAt(fields[name], rest, change) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function half(text: string): Uint8Array {
  return new TextEncoder().encode(text.slice(0, text.length / 2));
}

function broken(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(half(text)),
    pull: (controller) => controller.error(new TypeError('terminated')),
  });
}

function stuck(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(half(text)), pull: () => new Promise(() => undefined) });
}
