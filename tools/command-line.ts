import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

export type Values<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ readonly options: Options }>
>['values'];

/** Something that the person at the keyboard put wrongly; the stack of it would only hide what it is. */
export class WrongOption extends Error {}

/** What shells say of a command that was called wrongly. */
const WRONG_USAGE = 2;

/** What the command line asks for. Help and complaints are printed, and end the process before it has begun anything. */
export function asked<const Options extends ParseArgsOptionsConfig, T>(
  usage: string,
  options: Options,
  read: (values: Values<Options>) => T,
): T {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return read(parsed(options));
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exit(WRONG_USAGE);
  }
}

/** `--name` as a whole number; "1e3" or "0x10" is none that a person means. */
export function whole(name: string, text: string, least = 1): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least)
    throw new WrongOption(`--${name} is a whole number of at least ${least}, not "${text}"`);
  return number;
}

function parsed<const Options extends ParseArgsOptionsConfig>(options: Options): Values<Options> {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new WrongOption(error instanceof Error ? error.message : String(error));
  }
}
