import { SourceMap } from 'node:module';
import path from 'node:path';
import { bundleWithMap } from '../start/bundle.ts';
import { FRONT } from '../start/workers.ts';

type Bundle = Awaited<ReturnType<typeof bundleWithMap>>;

/** A stack as the log has it, with our files and lines in place of the script's, whose functions bear no names (ADR 38). */
export async function readStack(text: string): Promise<string> {
  return withOurLines(text, await bundleWithMap(FRONT.config));
}

export function withOurLines(text: string, { map, root }: Pick<Bundle, 'map' | 'root'>): string {
  const lines = new SourceMap(JSON.parse(map));
  return text.replaceAll(/(?:[\w+.]*:\/\/)?[\w./-]*\bindex\.js:(\d+):(\d+)/g, (place: string, line: string, column: string) => {
    const found = lines.findEntry(Number(line) - 1, Number(column) - 1);
    return 'originalSource' in found ? `${path.relative(root, found.originalSource)}:${found.originalLine + 1}` : place;
  });
}
