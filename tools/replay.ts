import { replayOptions } from './replay/options.ts';
import { SCREEN } from './replay/progress.ts';
import { replay } from './replay/replay.ts';
import { ReplayStopped } from './replay/replay-stopped.ts';

try {
  const { text, agrees } = await replay(replayOptions(process.argv.slice(2)), SCREEN);
  console.log(text);
  process.exitCode = agrees ? 0 : 1;
} catch (error) {
  if (!(error instanceof ReplayStopped)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
