import * as z from 'zod';
import { luaShelf } from './redis/lua-shelf.ts';
import { serve } from './serve.ts';

// A process of its own: node bench/rivals/fastify-redis.ts '{"socket": …}'
const { socket } = z.strictObject({ socket: z.string() }).parse(JSON.parse(process.argv[2] ?? ''));
await serve(luaShelf(socket));
