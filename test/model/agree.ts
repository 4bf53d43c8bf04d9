import { inspect } from 'node:util';

/** What an `expect` would say, which takes most of the time when it is asked where all is well. */
export function agree(core: unknown, naive: unknown): void {
  if (!same(core, naive)) throw new Error(`the core says\n${shown(core)}\nand the naive model\n${shown(naive)}`);
}

function shown(value: unknown): string {
  return inspect(value, { depth: Infinity });
}

/** Of plain values, as they are met here: what the runtime's own comparison does besides takes longer than all the rest. */
function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one))
    return Array.isArray(other) && one.length === other.length && one.every((item, index) => same(item, other[index]));
  if (one instanceof Map)
    return other instanceof Map && one.size === other.size && [...one].every(([key, value]) => same(value, other.get(key)));
  const [names, others] = [Object.keys(one), Object.keys(other)];
  return names.length === others.length && names.every((name) => same(Reflect.get(one, name), Reflect.get(other, name)));
}
