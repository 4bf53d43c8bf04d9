import { env } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { parseEnv } from './env.ts';

export default createApp(parseEnv(env));
