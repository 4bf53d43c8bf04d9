// `npm run stack`: reads an `error` of the log from standard input and says which of our lines it names. The script is made anew from
// the files that are checked out, so these have to be the ones that were deployed.
import { text } from 'node:stream/consumers';
import { readStack } from './stack/read-stack.ts';

console.log(await readStack((await text(process.stdin)).replaceAll(String.raw`\n`, '\n')));
