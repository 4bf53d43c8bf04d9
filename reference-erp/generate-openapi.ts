import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openapiDocument } from './openapi-document.ts';

const file = path.join(import.meta.dirname, 'openapi.json');
await writeFile(file, `${JSON.stringify(openapiDocument(), null, 2)}\n`);
