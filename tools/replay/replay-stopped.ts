/** Why the replay cannot go on, told to the person who started it. */
export class ReplayStopped extends Error {
  override readonly name = 'ReplayStopped';
}
