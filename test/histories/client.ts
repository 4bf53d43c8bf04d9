// A client as a process of its own, so that it can be killed like the server: run-histories.ts starts some. It is told
// what to buy and when somebody serves, and tells when it was answered.
import * as z from 'zod';
import { Dice } from '../model/dice.ts';
import { Buying, type Shelf } from './buying.ts';
import { httpNetwork } from './http-network.ts';
import { Recorder, type Records } from './record.ts';

const shelf = z.object({ hot: z.string(), others: z.array(z.string()), plenty: z.array(z.string()) });

const clientOptions = z.object({
  name: z.string(),
  seed: z.number(),
  connections: z.number(),
  url: z.string(),
  keys: z.object({ sales: z.string(), stock: z.string() }),
  file: z.string(),
  shelf,
});
export type ClientOptions = z.infer<typeof clientOptions>;

export type ToClient =
  | { readonly tell: 'down' }
  | { readonly tell: 'up' }
  | { readonly tell: 'stop' }
  | { readonly tell: 'shelf'; readonly shelf: Shelf };

/** In a hundred. */
const THROWN_AWAY = 10;
const LEFT = 3;
/** Between two lives: several engineers share one machine, and a busy client is no better one. */
const REST_MS = [0, 30] as const;

async function main(): Promise<void> {
  const options = clientOptions.parse(JSON.parse(process.argv[2] ?? ''));
  let at: Shelf = options.shelf;
  let stopped = false;
  let up = Promise.withResolvers<void>();
  up.resolve();
  process.on('message', (message: ToClient) => {
    if (message.tell === 'down') up = Promise.withResolvers();
    if (message.tell === 'up') up.resolve();
    if (message.tell === 'stop') stopped = true;
    if (message.tell === 'shelf') at = message.shelf;
  });
  // Whoever started it is gone.
  const orphaned = (): never => process.exit(1);
  process.on('disconnect', orphaned);
  const told = new Recorder(options.file);
  const recorder: Records = {
    asks: told.asks.bind(told),
    hears: (answered) => {
      told.hears(answered);
      process.send?.('answered');
    },
  };
  const network = httpNetwork(options, { thrownAway: THROWN_AWAY, left: LEFT }, () => up.promise);
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
  await Promise.all(
    Array.from({ length: options.connections }, async (_, n) => {
      const dice = new Dice(options.seed * 100 + n);
      const buying = new Buying({ name: `${options.name}.${n}`, dice, network, recorder, wait });
      while (!stopped) {
        await buying.once(at);
        await wait(dice.roll(...REST_MS));
      }
    }),
  );
  process.off('disconnect', orphaned);
  process.disconnect();
}

if (import.meta.main) await main();
