import type { Asked, Part } from './parts.ts';

/** A process of a part, as it is started. */
export interface Job {
  readonly part: string;
  /** The part, and which of its processes it is where there are several. */
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly cores: number;
  readonly limitMs: number;
  /** What to type to have this part once more. */
  readonly again: string;
}

export function jobsOf(parts: readonly Part[], asked: Asked): readonly Job[] {
  return parts.flatMap((part) => {
    const processes = part.processes(asked);
    return processes.map(({ args, cores, secondsMax }, index) => ({
      part: part.name,
      name: processes.length === 1 ? part.name : `${part.name} ${index + 1}/${processes.length}`,
      script: part.script,
      args,
      cores,
      limitMs: secondsMax * 1_000,
      again: againOf(part, asked),
    }));
  });
}

export function againOf({ name }: Part, { form, seed, seeds }: Asked): string {
  return [
    `npm run prove -- --only ${name} --seed ${seed}`,
    ...(form === 'quick' ? ['--quick'] : []),
    ...(seeds === null ? [] : [`--seeds ${seeds}`]),
  ].join(' ');
}
