import { createHmac } from 'node:crypto';
import type { Dice } from '../model/dice.ts';

/** One webhook as it arrives; `right` says whether its signature is. */
export interface Delivery {
  readonly what: string;
  readonly right: boolean;
  readonly source: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Secrets by what became of them. */
export interface SigningSecrets {
  readonly current: string;
  /** A newer one came, and both count for a while. */
  readonly older: string;
  readonly expired: string;
  readonly revoked: string;
  readonly ofAnotherSource: string;
  readonly unknown: string;
}

interface Unsigned {
  readonly id: string;
  readonly type: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

type Kind = readonly [what: string, make: (unsigned: Unsigned, dice: Dice) => Partial<Signing>];

interface Signing {
  /** What signs, in the order in which the signatures stand. */
  readonly secrets: readonly string[];
  readonly offSeconds: number;
  readonly source: string;
  /** After it was signed. */
  readonly sent: Partial<Unsigned> & { readonly timestamp?: string; readonly signature?: (right: string) => string };
}

/** A body, signed in one of the ways that are right, or that are wrong (F40). */
export function delivered(unsigned: Unsigned, right: boolean, secrets: SigningSecrets, nowMs: number, dice: Dice): Delivery {
  const kinds = right ? rightWays(secrets) : wrongWays(secrets);
  const [what, make] = dice.pick(kinds) ?? NOTHING;
  const { secrets: signers = [secrets.current], offSeconds = 0, source = 'wms', sent = {} } = make(unsigned, dice);
  const timestamp = String(Math.floor(nowMs / 1_000) + offSeconds);
  const signatures = signers.map((secret) => signed(secret, unsigned.id, timestamp, unsigned.body)).join(' ');
  return {
    what,
    right,
    source,
    body: sent.body ?? unsigned.body,
    headers: {
      ...unsigned.type,
      'webhook-id': sent.id ?? unsigned.id,
      'webhook-timestamp': sent.timestamp ?? timestamp,
      'webhook-signature': (sent.signature ?? ((one) => one))(signatures),
    },
  };
}

const NOTHING: Kind = ['nothing', () => ({})];

function rightWays({ current, older, unknown }: SigningSecrets): readonly Kind[] {
  return [
    ['the newest secret', () => ({ secrets: [current] })],
    ['the secret before it', () => ({ secrets: [older] })],
    ['both secrets', () => ({ secrets: [older, current] })],
    ['the tenth of ten signatures', () => ({ secrets: [...Array<string>(9).fill(unknown), current] })],
    ['a signature of another version beside it', () => ({ sent: { signature: (one) => `v1a,AAAA ${one}` } })],
    ['as old as it may be', () => ({ offSeconds: -300 })],
    ['as far ahead as it may be', () => ({ offSeconds: 300 })],
  ];
}

function wrongWays(secrets: SigningSecrets): readonly Kind[] {
  const { current, expired, revoked, ofAnotherSource, unknown } = secrets;
  const signature = (what: string, change: (right: string) => string): Kind => [what, () => ({ sent: { signature: change } })];
  return [
    ['a body changed after signing', ({ body }, dice) => ({ sent: { body: changed(body, dice) } })],
    ['a byte more after signing', ({ body }) => ({ sent: { body: new Uint8Array([...body, 0x20]) } })],
    [
      'a body gone after signing',
      ({ body }) => ({ sent: { body: body.length > 0 ? new Uint8Array() : new Uint8Array([0x20]) } }),
    ],
    ['another id after signing', ({ id }) => ({ sent: { id: `${id}x` } })],
    ['no id', () => ({ sent: { id: '' } })],
    ['an id too long', () => ({ sent: { id: 'x'.repeat(256) } })],
    ['an id in which the dot moved', ({ id }) => ({ sent: { id: `${id}.1` } })],
    ['another time after signing', () => ({ sent: { timestamp: '1795000000' } })],
    ...['', 'now', '1e9', '-1', '9'.repeat(13), '1795000000.5', ' '].map((timestamp): Kind => [
      `the time ${JSON.stringify(timestamp)}`,
      () => ({ sent: { timestamp } }),
    ]),
    ['a second too old', () => ({ offSeconds: -301 })],
    ['a second too far ahead', () => ({ offSeconds: 301 })],
    ['a year old', () => ({ offSeconds: -31_536_000 })],
    ['a secret that expired', () => ({ secrets: [expired] })],
    ['a secret that was revoked', () => ({ secrets: [revoked], source: 'pos' })],
    ['the secret of another source', () => ({ secrets: [ofAnotherSource] })],
    ['a secret of this source for another', () => ({ secrets: [current], source: 'erp' })],
    ['a source that is not there', () => ({ secrets: [current], source: 'moon' })],
    ['a secret that nobody has', () => ({ secrets: [unknown] })],
    ['the eleventh of eleven signatures', () => ({ secrets: [...Array<string>(10).fill(unknown), current] })],
    signature('a signature cut short', (one) => one.slice(0, -4)),
    signature('a signature of another version', (one) => one.replace('v1,', 'v1a,')),
    signature('a signature without its version', (one) => one.slice('v1,'.length)),
    signature('a signature in capitals', (one) => one.toUpperCase()),
    signature('commas for spaces', (one) => `v1,AAAA,${one}`),
    signature('an empty signature', () => ''),
    signature('a signature that is no base64', () => 'v1,%%%'),
    signature('a signature of nothing', () => 'v1,'),
  ];
}

function changed(body: Uint8Array<ArrayBuffer>, dice: Dice): Uint8Array<ArrayBuffer> {
  const at = dice.roll(0, Math.max(0, body.length - 1));
  return body.length === 0 ? new Uint8Array([0x7b]) : body.map((byte, index) => (index === at ? byte ^ 1 : byte));
}

/** As Standard Webhooks signs; shares no code with what verifies. */
function signed(secret: string, id: string, timestamp: string, body: Uint8Array): string {
  const hmac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'));
  return `v1,${hmac.update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}
